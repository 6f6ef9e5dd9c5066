using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary>A real Alertmanager, with the settings we ship, tells operators through our own door.</summary>
public sealed class AlertmanagerTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task An_alert_reaches_operators_and_so_does_its_end()
    {
        using var scratch = new Scratch();
        new SuiteFiles(new Uri("http://127.0.0.1:9/"), "http://127.0.0.1:9/linux.git").Write(scratch);
        await File.AppendAllTextAsync(
            scratch.In("config/sources.yaml"), "\n  - {name: alertmanager, kind: bearer, token_secrets: [alertmanager-token], alerts: true}\n", TestContext.Current.CancellationToken);
        scratch.Write("secrets/alertmanager-token", "e2e-alert-token");
        await using CkiUp cki = await CkiUp.StartAsync(scratch);
        int port = MetricsTests.FreePort();
        await using var manager = new ChildProcess(
            "prometheus-alertmanager",
            [$"--config.file={Settings(scratch, cki)}", $"--storage.path={scratch.In("alertmanager")}", $"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="]);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };

        await Waiting.UntilAsync(() => RaiseAsync(http, endsAt: null), s_patience, () => manager.Output);
        await Waiting.UntilAsync(() => Told(scratch).Any(t => t.Contains("CkiTrial: Something stands", StringComparison.Ordinal)), s_patience, () => $"{manager.Output}\n{cki.Process.Output}");
        Assert.Contains(Told(scratch), t => t.Contains("infra/runbook.md", StringComparison.Ordinal) && t.Contains("Labels: severity=ticket", StringComparison.Ordinal));

        Assert.True(await RaiseAsync(http, DateTimeOffset.UtcNow));
        // Operators hear of the end after ten quiet minutes (NoticeDecision); here it is enough that Reporting does.
        await Waiting.UntilAsync(
            () => cki.Process.Output.Contains("alertmanager: resolved: CkiTrial: Something stands", StringComparison.Ordinal), s_patience, () => $"{manager.Output}\n{cki.Process.Output}");
    }

    private static string[] Told(Scratch scratch) =>
        Directory.Exists(scratch.In("notices")) ? [.. Directory.GetFiles(scratch.In("notices"), "*.txt", SearchOption.AllDirectories).Select(File.ReadAllText)] : [];

    /// <summary>As an operator would change them, and quicker.</summary>
    private static string Settings(Scratch scratch, CkiUp cki)
    {
        string shipped = File.ReadAllText(Path.Combine(Repository.Root, "infra", "dashboards", "prometheus", "alertmanager.yaml"));
        return scratch.Write(
            "alertmanager.yaml",
            shipped.Replace("127.0.0.1:8480", cki.Address.Authority, StringComparison.Ordinal)
                .Replace("/etc/prometheus/cki-token", scratch.In("secrets/alertmanager-token"), StringComparison.Ordinal)
                .Replace("group_wait: 30s", "group_wait: 1s", StringComparison.Ordinal)
                .Replace("group_interval: 5m", "group_interval: 1s", StringComparison.Ordinal));
    }

    private static async Task<bool> RaiseAsync(HttpClient http, DateTimeOffset? endsAt)
    {
        var alert = new JsonObject
        {
            ["labels"] = new JsonObject { ["alertname"] = "CkiTrial", ["severity"] = "ticket" },
            ["annotations"] = new JsonObject { ["summary"] = "Something stands", ["runbook"] = "infra/runbook.md" },
            ["generatorURL"] = "http://prometheus.example/graph",
        };
        if (endsAt is { } end)
            alert["endsAt"] = end.ToString("O");
        try
        {
            using HttpResponseMessage answer = await http.PostAsJsonAsync("api/v2/alerts", new JsonArray(alert), TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
