using Cki.Tests.Doubles;
using Cki.Tests.TemplateRooms;
using Xunit;

namespace Cki.Tests.HouseRooms;

/// <summary>Every alarm, alert rule and notice has its entry in infra/runbook.md, and every entry something that leads to it.</summary>
public sealed class RunbookTests
{
    private static readonly string[] s_lines = File.ReadAllLines(Checkout.Path("infra/runbook.md"));

    [Fact]
    public void Every_alarm_has_an_entry_and_every_entry_of_an_alarm_its_alarm() =>
        Assert.Equal(
            SamTemplate.OfType("AWS::CloudWatch::Alarm").Concat(SamTemplate.OfType("AWS::CloudWatch::CompositeAlarm")).Select(a => a.Id).Order(StringComparer.Ordinal),
            Headings().Where(h => h.EndsWith("Alarm", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_alert_rule_has_an_entry_and_every_entry_of_a_rule_its_rule()
    {
        string[] rules = [.. File.ReadLines(Checkout.Path("infra/dashboards/prometheus/cki-alerts.yaml")).Select(l => l.Trim()).Where(l => l.StartsWith("- alert: ", StringComparison.Ordinal)).Select(l => l["- alert: ".Length..])];
        Assert.Equal(rules.Order(StringComparer.Ordinal), Headings().Where(h => h.StartsWith("Cki", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        string[] tried = [.. File.ReadLines(Checkout.Path("infra/dashboards/prometheus/cki-alerts.test.yaml")).Select(l => l.Trim()).Where(l => l.StartsWith("alertname: ", StringComparison.Ordinal)).Select(l => l["alertname: ".Length..]).Distinct()];
        Assert.Equal(rules.Order(StringComparer.Ordinal), tried.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_notice_has_an_entry_and_every_entry_of_a_notice_its_notice() =>
        Assert.Equal(
            Runbook.Notices, Headings().Where(h => h.StartsWith("notice ", StringComparison.Ordinal)).Select(h => h["notice ".Length..]).Order(StringComparer.Ordinal));

    /// <summary>The queue of the tests refuses a notice without an entry (<see cref="MemoryQueue"/>); here the other way round.</summary>
    [Fact]
    public void Every_beginning_of_a_notice_s_key_is_one_that_the_code_makes()
    {
        string code = string.Join('\n', Checkout.Files("functions", "*.cs").Concat(Checkout.Files("infra", "*.cs"))
            .Where(f => Path.GetFileName(f) != "Runbook.cs").Select(f => File.ReadAllText(Checkout.Path(f))));
        Assert.All(Runbook.Notices.Where(n => n != "budgets-"), n => Assert.Contains($"\"{n}", code, StringComparison.Ordinal));
        Assert.Contains("budgets/", code, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_entry_says_what_it_means_where_to_look_and_what_to_do()
    {
        string[] entries = string.Join('\n', s_lines).Split("\n### ")[1..];
        Assert.NotEmpty(entries);
        Assert.All(entries, e => Assert.All(new[] { "**Means**", "**Look**", "**Do**" }, word => Assert.Contains(word, e, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_longest_beginning_names_the_entry()
    {
        Assert.Equal("unreadable-delivery-", Runbook.EntryOf("unreadable-delivery-gitlab"));
        Assert.Equal("unreadable-", Runbook.EntryOf("unreadable-runs/x/detection.json"));
        Assert.Null(Runbook.EntryOf("something-else"));
    }

    private static IEnumerable<string> Headings() => s_lines.Where(l => l.StartsWith("### ", StringComparison.Ordinal)).Select(l => l["### ".Length..]);
}
