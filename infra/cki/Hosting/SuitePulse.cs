using System.Diagnostics.Metrics;
using Cki.Engine;

namespace Cki.Tool;

/// <summary>
/// What <c>/healthz</c> of <c>cki up</c> says, and two gauges beside the engine's: a disk that takes nothing, and a Watch that is not run. Nobody else in
/// the process could tell of either, since notices travel through both.
/// </summary>
internal sealed class SuitePulse(SuiteOptions options, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan s_silentLeast = TimeSpan.FromMinutes(5);

    private readonly Meter meter = new(SuiteMetricsPage.EngineMeter);
    private readonly DateTimeOffset startedAt = clock.GetUtcNow();
    private EmbeddedEngine? engine;
    private long watchedTicks = clock.GetUtcNow().UtcTicks;

    /// <summary>Null: all is well.</summary>
    public string? Trouble() => engine?.Trouble is { } trouble
        ? $"Since {trouble.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC nothing can be written. {trouble.Why}"
        : Silent > Limit ? $"Watch has done nothing since {new DateTimeOffset(Volatile.Read(ref watchedTicks), TimeSpan.Zero):yyyy-MM-dd HH:mm:ss} UTC: what is due is not looked at. Look at the log of cki.watch." : null;

    /// <summary>Messages that Watch has handled count, not those that it was given.</summary>
    public async Task InvokeAsync(string name, Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        await run(cancellationToken);
        if (name == QueueNames.Watch)
            Volatile.Write(ref watchedTicks, clock.GetUtcNow().UtcTicks);
    }

    /// <summary>Operators hear of it by notice once that is possible: one per time, for it is over when it is told.</summary>
    public static OutgoingMessage Notice(EngineTrouble trouble, DateTimeOffset until, Dice dice)
    {
        string text = $"From {trouble.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss} to {until.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC deliveries were answered 503 and nothing moved.\n{trouble.Why}";
        var raised = new NoticeRaised($"engine-storage-{trouble.Since.UtcDateTime:yyyyMMddHHmmss}", "The engine could not write to its disk", text) { Once = true };
        return new OutgoingMessage(NoticeRaised.QueueName, CloudEvent.Of(raised, dice.Id("engine.trouble"), "/cki/engine", until).ToJson(), raised.GetGroup());
    }

    public void Watch(EmbeddedEngine watched)
    {
        engine = watched;
        Measure(SuiteMetrics.EngineRefusing, () => watched.Trouble is null ? 0 : 1);
        Measure(SuiteMetrics.WatchSilent, () => Silent.TotalSeconds);
    }

    public void Dispose() => meter.Dispose();

    private void Measure(MetricInfo what, Func<double> now) => meter.CreateObservableGauge(what.Name, now, what.Unit, what.Description);

    private TimeSpan Silent => clock.GetUtcNow() - new DateTimeOffset(Math.Max(Volatile.Read(ref watchedTicks), startedAt.UtcTicks), TimeSpan.Zero);

    private TimeSpan Limit => options.Tick * 3 > s_silentLeast ? options.Tick * 3 : s_silentLeast;
}
