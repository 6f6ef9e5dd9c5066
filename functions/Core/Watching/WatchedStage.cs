using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Cki;

/// <summary>Measures what a stage does: each piece of work is counted by how it ended, timed, and a span of the trace that its <see cref="Trail"/> names.</summary>
public static class WatchedStage
{
    /// <summary>Spans; nobody listens unless traces are exported.</summary>
    public static readonly ActivitySource Spans = new(SuiteMetrics.MeterName);

    /// <param name="stage">e.g. <c>job-herding</c>.</param>
    public static StageEndpoints Watched(this StageEndpoints endpoints, string stage, TimeProvider clock) => new(
        endpoints.Queues.ToDictionary(queue => queue.Key, queue => Watched(queue.Value, stage, clock)),
        endpoints.Tasks.ToDictionary(task => task.Key, task => Watched(task.Key, task.Value, stage, clock)));

    private static MessageHandler Watched(MessageHandler handler, string stage, TimeProvider clock) => async (message, cancellationToken) =>
    {
        using IDisposable? trail = Trail.Current is null ? Trail.Begin(TrailReading.Of(message)) : null;
        SuiteMetrics.MessageAge.Record(Math.Max(0, (clock.GetUtcNow() - message.FirstSent).TotalSeconds), new KeyValuePair<string, object?>("queue", message.Queue));
        await RunAsync(new Work(stage, Trail.Current?.Kind ?? "unreadable", clock), async () =>
        {
            await handler(message, cancellationToken);
            return null;
        });
    };

    private static FlowTask Watched(string name, FlowTask task, string stage, TimeProvider clock) => (input, cancellationToken) =>
        RunAsync(new Work(stage, name, clock), () => task(input, cancellationToken));

    private static async Task<JsonNode?> RunAsync(Work work, Func<Task<JsonNode?>> run)
    {
        long begun = work.Clock.GetTimestamp();
        using Activity? span = Span(work);
        string outcome = "failed";
        try
        {
            JsonNode? answer = await run();
            outcome = "done";
            return answer;
        }
        catch (FlowTaskException e)
        {
            // A named "no" is an answer to the flow.
            outcome = "refused";
            span?.SetStatus(ActivityStatusCode.Error, e.ErrorName);
            throw;
        }
        finally
        {
            var tags = new TagList { { "stage", work.Stage }, { "kind", work.Kind }, { "outcome", outcome } };
            SuiteMetrics.Handled.Add(1, tags);
            SuiteMetrics.HandledSeconds.Record(work.Clock.GetElapsedTime(begun).TotalSeconds, tags);
            if (outcome == "failed")
                span?.SetStatus(ActivityStatusCode.Error);
        }
    }

    private static Activity? Span(Work work)
    {
        if (!Spans.HasListeners() || Trail.Current is not { } trail)
            return null;
        Activity? span = Spans.StartActivity($"{work.Stage} {work.Kind}", ActivityKind.Consumer, TraceOf(trail.Correlation));
        foreach ((string key, string value) in trail.Facts())
            span?.SetTag(key, value);
        return span?.SetTag("correlation_id", trail.Correlation);
    }

    /// <summary>One trace per correlation, whichever stage, process or day: no message needs to carry a trace's id beside.</summary>
    public static ActivityContext TraceOf(string correlation)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(correlation));
        return new ActivityContext(
            ActivityTraceId.CreateFromBytes(hash.AsSpan(0, 16)), ActivitySpanId.CreateFromBytes(hash.AsSpan(16, 8)), ActivityTraceFlags.Recorded, isRemote: true);
    }

    private sealed record Work(string Stage, string Kind, TimeProvider Clock);
}
