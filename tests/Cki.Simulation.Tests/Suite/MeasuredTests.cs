using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Xunit;

namespace Cki.Simulation.Tests;

/// <summary>What the whole suite measures while it lives through troubles, against the catalogue.</summary>
[Collection("one pool thread")]
public sealed class MeasuredTests
{
    [Theory]
    [InlineData("up")]
    [InlineData("lambda")]
    public async Task Each_measurement_of_a_whole_life_has_the_catalogue_s_tags_and_values(string topology)
    {
        var measured = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        var wrong = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == SuiteMetrics.MeterName)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Check(instrument, tags, measured, wrong));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Check(instrument, tags, measured, wrong));
        listener.Start();

        await WorldRun.RunAsync(new WorldRequest("suite", 1, topology));

        Assert.Empty(wrong.Keys);
        string[] always =
        [
            "cki_handled", "cki_handled_seconds", "cki_message_age_seconds", "cki_deliveries", "cki_commits_detected", "cki_pipelines_created", "cki_push_to_pipeline_seconds",
            "cki_runs_settled", "cki_commit_to_verdict_seconds", "cki_channel_deliveries", "cki_api_calls", "cki_api_seconds", "cki_call_retries",
        ];
        Assert.Empty(always.Except(measured.Keys));
    }

    private static void Check(
        Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags, ConcurrentDictionary<string, bool> measured, ConcurrentDictionary<string, bool> wrong)
    {
        measured[instrument.Name] = true;
        MetricInfo? info = SuiteMetrics.Find(instrument.Name);
        var missing = new HashSet<string>(info?.Tags.Select(t => t.Name) ?? [], StringComparer.Ordinal);
        foreach ((string name, object? value) in tags)
        {
            string text = value?.ToString() ?? "";
            missing.Remove(name);
            if (info?.Tag(name) is not { } tag)
                wrong[$"{instrument.Name} has no tag {name}"] = true;
            else if (text.Length == 0 || tag.Values.Count > 0 && !tag.Values.Contains(text))
                wrong[$"{instrument.Name} {name} is '{text}'"] = true;
        }
        foreach (string name in missing)
            wrong[$"{instrument.Name} lacks {name}"] = true;
    }
}
