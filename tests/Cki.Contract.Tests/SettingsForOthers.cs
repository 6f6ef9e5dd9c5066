using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cki.Adapters;
using Cki.Tool.Telemetry;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Cki.Contract.Tests;

/// <summary>infra/telegraf.conf and infra/loki: read by parsers of their languages, and held against what the suite really says.</summary>
public sealed class SettingsForOthers
{
    private static readonly string[] s_ids = ["run_id", "tree", "sha", "pipeline", "job", "delivery", "announced_by", "correlation_id"];

    [Fact]
    public async Task Telegraf_takes_what_the_suite_measures_to_influxdb()
    {
        JsonNode telegraf = (await ReadAsync())["telegraf"]!;
        JsonNode input = Assert.Single(telegraf["inputs"]!["prometheus"]!.AsArray())!;
        Assert.EndsWith("/metrics", (string)input["urls"]![0]!, StringComparison.Ordinal);
        string[] taken = [.. input["fieldinclude"]!.AsArray().Select(f => ((string)f!).TrimEnd('*'))];
        Assert.All(SuiteMetrics.Catalogue, metric => Assert.Contains(taken, prefix => metric.Name.StartsWith(prefix, StringComparison.Ordinal)));
        JsonNode output = Assert.Single(telegraf["outputs"]!["influxdb_v2"]!.AsArray())!;
        Assert.Equal("${INFLUX_TOKEN}", (string)output["token"]!);
    }

    [Fact]
    public async Task Loki_has_few_labels_and_a_retention_and_no_id_is_a_label()
    {
        JsonNode loki = (await ReadAsync())["loki"]!;
        JsonNode limits = loki["limits_config"]!;
        Assert.True((bool)loki["compactor"]!["retention_enabled"]!);
        Assert.Equal(("720h", "2160h"), ((string)limits["retention_period"]!, (string)limits["retention_stream"]![0]!["period"]!));
        Assert.Equal(
            ["service.name", "stack"], limits["otlp_config"]!["resource_attributes"]!["attributes_config"]![0]!["attributes"]!.AsArray().Select(a => (string)a!));
    }

    [Fact]
    public async Task Promtail_takes_a_line_apart_as_it_was_written()
    {
        JsonArray stages = (await ReadAsync())["promtail"]!["scrape_configs"]![0]!["pipeline_stages"]!.AsArray();
        // Go's named groups.
        var expression = new Regex(((string)stages[0]!["regex"]!["expression"]!).Replace("?P<", "?<", StringComparison.Ordinal));
        using IDisposable trail = Trail.Begin(new Trail("d-1") { Run = "r-1", Tree = "linux", Sha = "aaa", Pipeline = "h/p/1", Job = "h/j/1", Delivery = "d-1", AnnouncedBy = "d-0" });
        string line = HumanLine.Of(new JsonLogLine.Event(DateTimeOffset.UnixEpoch, LogLevel.Warning, "cki.watch", "two\nlines", null) { Trail = Trail.Current }).Format(t => t);
        Match match = expression.Match(line);
        Assert.Equal(
            ("1970-01-01T00:00:00.000Z", "WARN", "cki.watch", "two\\nlines"),
            (match.Groups["time"].Value, match.Groups["level"].Value, match.Groups["logger"].Value, match.Groups["message"].Value));
        Assert.All(s_ids, id => Assert.Contains($"{id}=", match.Groups["ids"].Value, StringComparison.Ordinal));
        Assert.Equal(["level", "logger"], stages[2]!["labels"]!.AsObject().Select(l => l.Key));
        foreach (JsonNode? ids in (JsonNode?[])[stages[3]!["logfmt"]!["mapping"], stages[4]!["structured_metadata"]])
            Assert.Equal(s_ids.Order(StringComparer.Ordinal), ids!.AsObject().Select(l => l.Key).Order(StringComparer.Ordinal));
    }

    private static Task<JsonNode> ReadAsync() => PeerScript.PythonAsync("settings.py", new JsonObject { ["infra"] = Path.Combine(PeerScript.Root, "infra") });
}
