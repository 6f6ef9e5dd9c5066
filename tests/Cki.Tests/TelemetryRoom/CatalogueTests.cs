using System.Diagnostics.Metrics;
using Xunit;

namespace Cki.Tests.TelemetryRooms;

public sealed class CatalogueTests
{
    [Fact]
    public void Each_instrument_is_in_the_catalogue_with_its_unit_and_description()
    {
        var seen = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == SuiteMetrics.MeterName)
                    seen.Add($"{instrument.Name}|{instrument.Unit}|{instrument.Description}|{Kind(instrument)}");
            },
        };
        Assert.NotEmpty(SuiteMetrics.Catalogue);
        listener.Start();
        Assert.Equal(
            // Those that an observer measures are cki up's own.
            SuiteMetrics.Catalogue.Where(m => m.Kind != MetricKind.Gauge || m.Name == SuiteMetrics.CheckStatus.Name).Select(m => $"{m.Name}|{m.Unit}|{m.Description}|{m.Kind}").Order(StringComparer.Ordinal),
            seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_installation_has_at_most_sixty_series_on_cloudwatch()
    {
        string each = string.Join('\n', SuiteMetrics.Catalogue.Select(m => $"{m.CloudWatchSeries} {m.Name}"));
        int series = SuiteMetrics.Catalogue.Sum(m => m.CloudWatchSeries);
        Assert.True(series <= SuiteMetrics.CloudWatchSeriesMax, $"{series} are possible: a tag that becomes a dimension multiplies.\n{each}");
    }

    [Fact]
    public void Names_are_unique_and_say_what_they_are()
    {
        Assert.Equal(SuiteMetrics.Catalogue.Count, SuiteMetrics.Catalogue.Select(m => m.Name).Distinct().Count());
        Assert.All(SuiteMetrics.Catalogue, m => Assert.Matches("^cki_[a-z_]+$", m.Name));
        Assert.All(SuiteMetrics.Catalogue.Where(m => m.Unit == "s"), m => Assert.EndsWith("_seconds", m.Name, StringComparison.Ordinal));
        Assert.All(SuiteMetrics.Catalogue, m => Assert.Matches(@"^(s|\{[a-z]+\})$", m.Unit));
    }

    [Fact]
    public void The_herder_s_metrics_have_cki_s_names() => Assert.Equal(
        ["cki_message_delayed", "cki_herder_problem_detected", "cki_herder_no_problem_detected", "cki_herder_problem_retries"],
        new Instrument[] { SuiteMetrics.MessageDelayed, SuiteMetrics.HerderProblemDetected, SuiteMetrics.HerderNoProblemDetected, SuiteMetrics.HerderProblemRetries }.Select(i => i.Name));

    [Fact]
    public void No_id_is_a_tag()
    {
        string[] ids = ["run", "run_id", "sha", "pipeline", "job", "delivery", "announced_by", "message", "correlation_id", "branch", "user", "url", "path"];
        Assert.Empty(SuiteMetrics.Catalogue.SelectMany(m => m.Tags).Select(t => t.Name).Intersect(ids));
    }

    [Fact]
    public void A_value_that_is_no_series_of_its_own_is_other_on_cloudwatch()
    {
        MetricTag outcome = SuiteMetrics.Find("cki_deliveries")!.Tag("outcome")!;
        Assert.Equal(("accepted", "other", "other"), (outcome.OnCloudWatch("accepted"), outcome.OnCloudWatch("too-deep"), outcome.OnCloudWatch("")));
        Assert.Equal(5, SuiteMetrics.Find("cki_deliveries")!.CloudWatchSeries);
        Assert.Equal(0, SuiteMetrics.QueueDepth.CloudWatchSeries);
    }

    [Fact]
    public void Dimensions_are_among_the_values() =>
        Assert.All(SuiteMetrics.Catalogue.SelectMany(m => m.Tags), t => Assert.Empty(t.Dimension.Except(t.Values)));

    private static MetricKind Kind(Instrument instrument) => instrument switch
    {
        Histogram<double> => MetricKind.Histogram,
        Gauge<long> => MetricKind.Gauge,
        _ => MetricKind.Counter,
    };
}
