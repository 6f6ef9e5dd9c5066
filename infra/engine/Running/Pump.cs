using Microsoft.Extensions.Logging;

namespace Cki.Engine;

/// <summary>Takes messages from one queue and hands them on, so many at once; never polls.</summary>
internal sealed class Pump
{
    private readonly QueueSettings settings;
    private readonly EngineQueues queues;
    private readonly TimeProvider clock;
    private readonly Func<Reception, Task> handle;
    private readonly Sleeper sleeper;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int running;

    /// <param name="handle">What it does not settle comes back when its visibility expires.</param>
    public Pump(EmbeddedEngine engine, QueueSettings settings, DispatchOptions options, Func<Reception, Task> handle)
    {
        this.settings = settings;
        this.handle = handle;
        queues = engine.Queues;
        logger = options.Logger;
        clock = engine.Clock;
        sleeper = new Sleeper(settings.Name, engine.Bell.Listen(settings.Name), clock, options.Logger);
    }

    public Task RunAsync() => sleeper.RunAsync(WorkAsync);

    /// <summary>Takes nothing more; done when the last handler is.</summary>
    public Task DrainAsync()
    {
        sleeper.Stop();
        lock (gate)
        {
            if (running == 0)
                idle.TrySetResult();
        }
        return idle.Task;
    }

    private async Task<DateTimeOffset?> WorkAsync()
    {
        int free = settings.ConcurrencyMax - Volatile.Read(ref running);
        // A handler that ends wakes the pump.
        if (free == 0)
            return null;
        // Looking costs no transaction.
        DateTimeOffset? due = queues.NextDue(settings.Name);
        if (due is null || due > clock.GetUtcNow())
            return due;
        IReadOnlyList<Reception> receptions = await queues.ReceiveAsync(settings.Name, free, settings.Hidden, settings.ReceivesMax);
        foreach (Reception reception in receptions)
        {
            // Received while the drain began: nobody runs it here any more.
            if (!Begin(reception))
                await queues.GiveBackAsync(reception, TimeSpan.Zero);
        }
        return clock.GetUtcNow();
    }

    private bool Begin(Reception reception)
    {
        lock (gate)
        {
            if (sleeper.IsStopping)
                return false;
            running++;
        }
        _ = RunOneAsync(reception);
        return true;
    }

    private async Task RunOneAsync(Reception reception)
    {
        // The pump goes on with the next message, whatever the handler does before its first wait.
        await Task.Yield();
        try
        {
            await handle(reception);
        }
#pragma warning disable CA1031 // The dispatcher is one of the house's catch-alls: a slot lost for ever would be a silent failure.
        catch (Exception e)
#pragma warning restore CA1031
        {
            EngineLog.NotSettled(logger, e, settings.Name, reception.Message.Id);
        }
        lock (gate)
        {
            if (--running == 0 && sleeper.IsStopping)
                idle.TrySetResult();
        }
        sleeper.Wake();
    }
}
