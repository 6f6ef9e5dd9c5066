using Xunit;

namespace Cki.Contract.Tests;

/// <summary>infra/dashboards/prometheus as Prometheus' own tool reads and tries it.</summary>
public sealed class AlertRulesByPromtool
{
    private static readonly string s_folder = Path.Combine(PeerScript.Root, "infra", "dashboards", "prometheus");

    [Fact]
    public async Task Each_rule_rises_for_its_fault_and_stays_silent_beside_it()
    {
        (int exit, string said) = await PeerScript.ToolAsync("promtool", "test", "rules", Path.Combine(s_folder, "cki-alerts.test.yaml"));
        Assert.True(exit == 0, said);
    }

    [Fact]
    public async Task The_trial_finds_a_rule_that_never_rises()
    {
        string folder = Directory.CreateTempSubdirectory("cki-alerts").FullName;
        try
        {
            string rules = await File.ReadAllTextAsync(Path.Combine(s_folder, "cki-alerts.yaml"), TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "cki-alerts.yaml"), rules.Replace("> 900", "> 900000", StringComparison.Ordinal), TestContext.Current.CancellationToken);
            File.Copy(Path.Combine(s_folder, "cki-alerts.test.yaml"), Path.Combine(folder, "cki-alerts.test.yaml"));
            (int exit, string said) = await PeerScript.ToolAsync("promtool", "test", "rules", Path.Combine(folder, "cki-alerts.test.yaml"));
            Assert.NotEqual(0, exit);
            Assert.Contains("CkiWorkLate", said, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Alertmanager_s_settings_are_good_and_every_essential_alert_reaches_a_mailbox_without_us_too()
    {
        string settings = Path.Combine(s_folder, "alertmanager.yaml");
        (int exit, string said) = await PeerScript.ToolAsync("amtool", "check-config", settings);
        Assert.True(exit == 0, said);
        Assert.Equal((0, "mailbox,cki"), await RoutedAsync("tier=essential"));
        Assert.Equal((0, "cki"), await RoutedAsync("tier=optional"));

        async Task<(int, string)> RoutedAsync(string label)
        {
            (int code, string receivers) = await PeerScript.ToolAsync("amtool", "config", "routes", "test", $"--config.file={settings}", label);
            return (code, receivers.Split('\n')[0].Trim());
        }
    }
}
