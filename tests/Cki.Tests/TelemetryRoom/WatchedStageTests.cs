using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.TelemetryRooms;

/// <summary>Meters are heard by every test of the process: each of these has a stage name of its own.</summary>
public sealed class WatchedStageTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
    private readonly string _stage = "stage-" + Guid.NewGuid();
    private readonly List<string> _measured = [];
    private readonly MeterListener _listener = new();

    public WatchedStageTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // By name: the first to touch the suite's metrics hears of them before they have their fields.
            if (instrument.Meter.Name == SuiteMetrics.MeterName && instrument.Name is "cki_handled" or "cki_handled_seconds")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.Start();
    }

    private static ReceivedMessage Poll => new(
        "m-1", "detect", CloudEvent.Of(new PollRequested(new TreeName("mainline"), "schedule"), "e-1", "/cki/watch", default).ToJson(), "mainline", 1, default);

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_message_is_counted_and_timed_by_stage_kind_and_outcome()
    {
        StageEndpoints stage = Stage((_, _) =>
        {
            _clock.Advance(TimeSpan.FromSeconds(2));
            return Task.CompletedTask;
        });
        await stage.Queues["detect"](Poll, CancellationToken.None);
        Assert.Equal(["cki_handled 1 cki.poll.requested done", "cki_handled_seconds 2 cki.poll.requested done"], _measured);
    }

    [Fact]
    public async Task What_fails_is_counted_as_failed_and_still_thrown()
    {
        StageEndpoints stage = Stage((_, _) => throw new InvalidDataException());
        await Assert.ThrowsAsync<InvalidDataException>(() => stage.Queues["detect"](Poll, CancellationToken.None));
        Assert.Equal("cki_handled 1 cki.poll.requested failed", _measured[0]);
    }

    [Fact]
    public async Task A_task_s_named_no_is_refused_and_not_failed()
    {
        StageEndpoints stage = Stage((_, _) => Task.CompletedTask, (_, _) => throw new FlowTaskException(ErrorNames.Busy, "later"));
        await Assert.ThrowsAsync<FlowTaskException>(() => stage.Tasks["probe"](null, CancellationToken.None));
        Assert.Equal("cki_handled 1 probe refused", _measured[0]);
    }

    [Fact]
    public async Task The_handler_works_within_the_message_s_trail()
    {
        Trail? seen = null;
        await Stage((_, _) =>
        {
            seen = Trail.Current;
            return Task.CompletedTask;
        }).Queues["detect"](Poll, CancellationToken.None);
        Assert.Equal(("e-1", "mainline"), (seen?.Correlation, seen?.Tree));
        Assert.Null(Trail.Current);
    }

    [Fact]
    public async Task A_span_belongs_to_the_trace_that_the_correlation_names_and_says_what_it_is_about()
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source == WatchedStage.Spans,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                lock (spans)
                    spans.Add(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await Stage((_, _) => Task.CompletedTask).Queues["detect"](Poll, CancellationToken.None);
        Activity ours;
        lock (spans)
            ours = spans.Single(s => s.OperationName == $"{_stage} cki.poll.requested");
        Assert.Equal((WatchedStage.TraceOf("e-1").TraceId, "mainline", "e-1"), (ours.TraceId, ours.GetTagItem("tree"), ours.GetTagItem("correlation_id")));
        Assert.Equal(WatchedStage.TraceOf("e-1").SpanId, ours.ParentSpanId);
        Assert.NotEqual(WatchedStage.TraceOf("e-1").TraceId, WatchedStage.TraceOf("e-2").TraceId);
    }

    private StageEndpoints Stage(MessageHandler handler, FlowTask? task = null) => new StageEndpoints(
        new Dictionary<string, MessageHandler> { ["detect"] = handler },
        new Dictionary<string, FlowTask> { ["probe"] = task ?? ((_, _) => Task.FromResult<JsonNode?>(null)) }).Watched(_stage, _clock);

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var read = new Dictionary<string, string?>();
        foreach ((string key, object? tag) in tags)
            read[key] = tag?.ToString();
        if (read["stage"] == _stage)
            _measured.Add($"{instrument.Name} {value} {read["kind"]} {read["outcome"]}");
    }
}
