using Microsoft.Extensions.Logging;

namespace Cki.Engine;

/// <summary>
/// A loop that works while there is work and otherwise sleeps until it is rung or its alarm goes. Work says when it is due next:
/// null for not by itself, the past for at once.
/// </summary>
internal sealed class Sleeper(string name, Signal signal, TimeProvider clock, ILogger logger)
{
    /// <summary>After the database refused, say: long enough not to fill the log, short enough to go on soon after.</summary>
    private static readonly TimeSpan FailurePause = TimeSpan.FromSeconds(5);

    /// <summary>A disk that is full for a night is told a hundred times, not ten thousand.</summary>
    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(10);

    /// <summary>Timers take no more than 49 days; a sleeper wakes earlier, finds nothing and sleeps on.</summary>
    private static readonly TimeSpan SleepMax = TimeSpan.FromDays(1);

    private DateTimeOffset? toldAt;
    private int failures;
    private volatile bool isStopping;

    public bool IsStopping => isStopping;

    public void Wake() => signal.Set();

    public void Stop()
    {
        isStopping = true;
        signal.Set();
    }

    public async Task RunAsync(Func<Task<DateTimeOffset?>> work)
    {
        using ITimer alarm = clock.CreateTimer(_ => signal.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        while (!isStopping)
        {
            DateTimeOffset? due = await WorkAsync(work);
            TimeSpan sleep = due is { } at ? at - clock.GetUtcNow() : SleepMax;
            if (sleep <= TimeSpan.Zero || isStopping)
                continue;
            // A timer's resolution is a millisecond; less would spin.
            alarm.Change(TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling(sleep.TotalMilliseconds), SleepMax.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
            await signal.WaitAsync();
        }
    }

    private async Task<DateTimeOffset?> WorkAsync(Func<Task<DateTimeOffset?>> work)
    {
        try
        {
            DateTimeOffset? due = await work();
            if (failures > 0)
                EngineLog.WorksAgain(logger, name, failures);
            (failures, toldAt) = (0, null);
            return due;
        }
#pragma warning disable CA1031 // The dispatcher is one of the house's catch-alls: a loop that ended for ever would be a silent failure.
        catch (Exception e)
#pragma warning restore CA1031
        {
            DateTimeOffset now = clock.GetUtcNow();
            failures++;
            if (toldAt is null || now - toldAt >= TellEvery)
            {
                toldAt = now;
                EngineLog.Unavailable(logger, e, name, FailurePause, failures);
            }
            return now + FailurePause;
        }
    }
}
