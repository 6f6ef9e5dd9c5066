using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json.Nodes;
using Cki.Adapters;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.TelemetryRooms;

/// <summary>Each test has a meter of its own; those of the suite are heard by all tests of the process.</summary>
public sealed class EmfTests : IDisposable
{
    private static readonly DateTimeOffset s_noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private readonly MemoryStream _written = new();
    private readonly FakeTimeProvider _clock = new(s_noon);
    private readonly Meter _meter = new("emf-" + Guid.NewGuid());
    private readonly EmfMetrics _emf;

    public EmfTests() => _emf = Of(_meter.Name);

    private string[] Lines => Encoding.UTF8.GetString(_written.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Dispose()
    {
        _emf.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void A_histogram_s_values_are_an_array_in_the_order_they_came()
    {
        Histogram<double> took = _meter.CreateHistogram<double>("took", "s");
        took.Record(0.5);
        took.Record(2);
        _emf.Flush();
        Assert.Equal(
            ["""{"_aws":{"Timestamp":1795348800000,"CloudWatchMetrics":[{"Namespace":"CKI","Dimensions":[["stack"]],"Metrics":[{"Name":"took","Unit":"Seconds"}]}]},"stack":"cki-test","service":"watch","took":[0.5,2]}"""],
            Lines);
    }

    [Fact]
    public void More_values_than_a_document_takes_go_into_several_and_none_is_lost()
    {
        Histogram<double> took = _meter.CreateHistogram<double>("took", "s");
        for (int n = 0; n < 250; n++)
            took.Record(n);
        _emf.Flush();
        Assert.All(Lines, line => Assert.Empty(EmfRules.Broken(line, s_noon)));
        Assert.Equal([100, 100, 50], Lines.Select(line => JsonNode.Parse(line)!["took"]!.AsArray().Count));
    }

    [Fact]
    public void More_metrics_than_a_document_takes_go_into_several()
    {
        for (int n = 0; n < 130; n++)
            _meter.CreateCounter<long>($"counter_{n}", "{thing}").Add(1);
        _emf.Flush();
        Assert.All(Lines, line => Assert.Empty(EmfRules.Broken(line, s_noon)));
        Assert.Equal([100, 30], Lines.Select(line => JsonNode.Parse(line)!["_aws"]!["CloudWatchMetrics"]![0]!["Metrics"]!.AsArray().Count));
    }

    [Fact]
    public void What_is_no_number_is_not_written()
    {
        Histogram<double> took = _meter.CreateHistogram<double>("took", "s");
        took.Record(double.NaN);
        took.Record(double.PositiveInfinity);
        _emf.Flush();
        Assert.Empty(Lines);
    }

    [Fact]
    public void Nothing_is_written_twice_and_nothing_where_nothing_was()
    {
        _meter.CreateCounter<long>("counter").Add(1);
        _emf.Flush();
        _emf.Flush();
        Assert.Single(Lines);
    }

    [Fact]
    public void Each_metric_of_the_catalogue_is_valid_with_any_tag_and_has_the_catalogue_s_dimensions_alone()
    {
        using EmfMetrics suite = Of(SuiteMetrics.MeterName);
        string own = "emf-" + Guid.NewGuid();
        foreach (string outcome in (string[])["accepted", "too-deep", "", new string('x', 2000)])
            SuiteMetrics.Deliveries.Add(1, new("source", own), new("outcome", outcome));
        SuiteMetrics.ApiCalls.Add(1, new("host", own), new("method", "GET"), new("outcome", "5xx"), new("run_id", "r-1"));
        SuiteMetrics.ApiSeconds.Record(0.2, new("host", own), new("method", "GET"));
        suite.Flush();
        JsonObject[] lines = [.. Lines.Select(l => JsonNode.Parse(l)!.AsObject()).Where(l => (string?)l["source"] == own || (string?)l["host"] == own)];
        Assert.All(lines, line => Assert.Empty(EmfRules.Broken(line.ToJsonString(), s_noon)));
        Assert.Equal(
            [("cki_api_calls", "5xx"), ("cki_api_seconds", ""), ("cki_deliveries", "accepted"), ("cki_deliveries", "other")],
            lines.Select(l => ((string)l["_aws"]!["CloudWatchMetrics"]![0]!["Metrics"]![0]!["Name"]!, (string?)l["outcome"] ?? "")).Distinct().Order());
        Assert.Equal(
            ["""["stack","outcome"]""", """["stack"]"""],
            lines.Select(l => l["_aws"]!["CloudWatchMetrics"]![0]!["Dimensions"]![0]!.ToJsonString()).Distinct().Order());
    }

    private EmfMetrics Of(string meter) => new(new LineOutput(_written), new FunctionIdentity("watch", "f", "cki-test", null), _clock, meter);
}
