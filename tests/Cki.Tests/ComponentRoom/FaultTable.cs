using Cki.Simulation.Tests;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ComponentRooms;

/// <summary>infra/faults.md: a row per fault, held against notices, metrics, alarms, rules and tests that exist. That it comes true is shown by the simulation.</summary>
public sealed class FaultTable
{
    private static readonly IReadOnlyList<FaultRow> s_rows = FaultBook.Load(Checkout.Path("infra/faults.md"));

    private static readonly string s_rules = File.ReadAllText(Checkout.Path("infra/dashboards/prometheus/cki-alerts.yaml"));

    [Fact]
    public void Every_fault_of_the_list_has_a_row() => Assert.Equal(
        [
            "GitLab down", "token expired", "hook disabled", "SQS refusing", "S3 refusing", "SMTP down", "poison message", "bad configuration push", "Watch not running", "clock skewed",
            "disk full in cki up", "runner starvation", "dead letters", "stale NFS",
        ],
        s_rows.Select(row => row.Fault));

    [Fact]
    public void Whatever_a_row_names_exists()
    {
        var missing = new List<string>();
        foreach (FaultRow row in s_rows)
        {
            missing.AddRange(row.Metrics.Where(metric => !Code.Measures(metric.Split('{')[0])).Select(metric => $"{row.Fault}: {metric}"));
            missing.AddRange(row.Signs.Where(sign => !Exists(sign)).Select(sign => $"{row.Fault}: {sign.Name}"));
            missing.AddRange(row.Tests.Where(test => !Code.IsTested(test) && !IsWorld(test)).Select(test => $"{row.Fault}: no test {test}"));
        }
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_row_has_a_metric_an_alarm_with_its_time_and_but_for_a_Watch_that_does_not_run_a_notice()
    {
        Assert.All(s_rows, row => Assert.NotEmpty(row.Metrics));
        Assert.All(s_rows, row => Assert.Contains(row.Signs, sign => (sign.IsAlarm || sign.IsRule) && sign.Within is not null));
        Assert.Equal(["Watch not running"], s_rows.Where(row => !row.Notices.Any()).Select(row => row.Fault));
    }

    private static bool Exists(FaultSign sign) =>
        sign.IsPage || (sign.IsAlarm ? Code.Alarms(sign.Name) : sign.IsRule ? s_rules.Contains($"- alert: {sign.Name}\n", StringComparison.Ordinal) : Code.Tells(sign.Name));

    private static bool IsWorld(string test) => test.StartsWith("away:", StringComparison.Ordinal)
        && ComponentBook.Load(Checkout.Path("infra/config/components.yaml")).Any(c => $"away:{c.Name}" == test && c.ShownBy.Count == 0);
}
