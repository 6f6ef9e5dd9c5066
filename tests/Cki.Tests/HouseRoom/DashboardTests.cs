using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.HouseRooms;

/// <summary>Dashboards and alert rules ask for metrics, tags and values that exist.</summary>
public sealed partial class DashboardTests
{
    /// <summary>Of the runtime (meter System.Runtime), as OpenTelemetry's exporter names them, and Prometheus' own.</summary>
    private static readonly string[] s_ofOthers =
    [
        "dotnet_process_memory_working_set_bytes", "dotnet_gc_last_collection_heap_size_bytes", "dotnet_gc_pause_time_seconds_total", "dotnet_process_cpu_time_seconds_total", "up",
    ];

    public static TheoryData<string> Boards => [.. Checkout.Files("infra/dashboards/grafana", "*.json")];

    [Theory]
    [MemberData(nameof(Boards))]
    public void A_dashboard_asks_for_what_there_is(string file)
    {
        JsonNode board = JsonNode.Parse(File.ReadAllText(Checkout.Path(file)))!;
        if (file.EndsWith("/cloudwatch.json", StringComparison.Ordinal))
        {
            AssertOnCloudWatch(board);
            return;
        }
        string[] asked = [.. Expressions(board)];
        Assert.NotEmpty(asked);
        Assert.All(asked, ask => Assert.Equal([], Unknown(ask)));
    }

    [Fact]
    public void Alert_rules_ask_for_what_there_is()
    {
        string rules = string.Join('\n', File.ReadLines(Checkout.Path("infra/dashboards/prometheus/cki-alerts.yaml"))
            .Where(l => !l.TrimStart().StartsWith('#') && !l.Contains("runbook:", StringComparison.Ordinal) && !l.Contains("summary:", StringComparison.Ordinal)));
        Assert.Equal([], Unknown(rules));
        Assert.NotEqual([], Unknown("sum(cki_no_such_total)"));
        Assert.NotEqual([], Unknown("cki_deliveries_total{outcome=\"nonsense\"}"));
    }

    /// <summary>Panels lie beside each other, and each says what it shows.</summary>
    [Theory]
    [MemberData(nameof(Boards))]
    public void Panels_have_titles_and_do_not_overlap(string file)
    {
        JsonArray panels = JsonNode.Parse(File.ReadAllText(Checkout.Path(file)))!["panels"]!.AsArray();
        var taken = new HashSet<(int, int)>();
        foreach (JsonNode? panel in panels)
        {
            Assert.NotEqual("", (string)panel!["title"]!);
            JsonNode at = panel["gridPos"]!;
            for (int x = (int)at["x"]!; x < (int)at["x"]! + (int)at["w"]!; x++)
            {
                Assert.InRange(x, 0, 23);
                for (int y = (int)at["y"]!; y < (int)at["y"]! + (int)at["h"]!; y++)
                    Assert.True(taken.Add((x, y)), $"{panel["title"]} overlaps");
            }
        }
    }

    /// <summary>By all of its dimensions, with values that it can have: CloudWatch shows nothing for any other.</summary>
    private static void AssertOnCloudWatch(JsonNode board)
    {
        JsonNode[] ours = [.. board["panels"]!.AsArray().SelectMany(p => p!["targets"]?.AsArray() ?? []).Where(t => (string)t!["namespace"]! == "CKI")!];
        Assert.NotEmpty(ours);
        foreach (JsonNode target in ours)
        {
            MetricInfo metric = SuiteMetrics.Find((string)target["metricName"]!) ?? throw new InvalidOperationException($"there is no metric {target["metricName"]}");
            MetricTag[] dimensions = [.. metric.Tags.Where(t => t.Dimension.Count > 0)];
            JsonObject asked = target["dimensions"]!.AsObject();
            Assert.Equal(dimensions.Select(d => d.Name).Append("stack").Order(StringComparer.Ordinal), asked.Select(a => a.Key).Order(StringComparer.Ordinal));
            Assert.All(dimensions, d => Assert.Contains((string)asked[d.Name]![0]!, d.Dimension.Append(MetricTag.Other)));
        }
    }

    private static IEnumerable<string> Expressions(JsonNode board) =>
    [
        .. board["panels"]!.AsArray().SelectMany(p => p!["targets"]?.AsArray() ?? []).Select(t => (string?)t!["expr"]).OfType<string>(),
        .. board["templating"]!["list"]!.AsArray().Select(v => (string?)v!["definition"]).OfType<string>(),
    ];

    private static IEnumerable<string> Unknown(string text)
    {
        foreach (Match found in Selector().Matches(text))
        {
            string name = found.Groups["name"].Value;
            if (s_ofOthers.Contains(name))
                continue;
            MetricInfo? metric = SuiteMetrics.Catalogue.FirstOrDefault(m => Names(m).Contains(name));
            if (metric is null)
                yield return name;
            else
                foreach (Match tag in Tag().Matches(found.Groups["tags"].Value))
                    foreach (string wrong in Wrong(metric, tag.Groups["tag"].Value, tag.Groups["value"].Value))
                        yield return $"{name}: {wrong}";
        }
    }

    private static IEnumerable<string> Wrong(MetricInfo metric, string tag, string values)
    {
        if (tag is "le" or "job")
            yield break;
        if (metric.Tags.FirstOrDefault(t => t.Name == tag) is not { } known)
            yield return tag;
        else if (known.Values.Count > 0)
            foreach (string value in values.Split('|').Where(v => !v.StartsWith('$') && !known.Values.Contains(v)))
                yield return $"{tag}={value}";
    }

    private static IEnumerable<string> Names(MetricInfo metric) => metric.Kind switch
    {
        MetricKind.Counter => [$"{metric.Name}_total"],
        MetricKind.Histogram => [$"{metric.Name}_bucket", $"{metric.Name}_sum", $"{metric.Name}_count"],
        _ => [metric.Name],
    };

    [GeneratedRegex(@"\b(?<name>(?:cki|dotnet|process)_[a-z0-9_]+)(?:\{(?<tags>[^}]*)\})?")]
    private static partial Regex Selector();

    [GeneratedRegex(@"(?<tag>[a-z_]+)\s*=~?\s*""(?<value>[^""]*)""")]
    private static partial Regex Tag();
}
