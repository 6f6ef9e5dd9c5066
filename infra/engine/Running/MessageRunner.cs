namespace Cki.Engine;

/// <summary>Calls a queue's handler: done means deleted, thrown means given back with a pause that grows with the receives.</summary>
internal sealed class MessageRunner(EmbeddedEngine engine, QueueSettings settings, DispatchOptions options, MessageHandler handler)
{
    public async Task HandleAsync(Reception reception)
    {
        ReceivedMessage message = reception.Message;
        using IDisposable trail = Trail.Begin(TrailReading.Of(message));
        Exception? error = await Invocations.RunAsync(
            engine.Clock, settings, limited => options.Invoke(settings.Name, token => handler(message, token), limited));
        try
        {
            if (error is null)
                await engine.Queues.DeleteAsync(reception);
            else
                await GiveBackAsync(reception, error);
        }
        catch (QueueUnavailableException e)
        {
            EngineLog.NotSettled(options.Logger, e, settings.Name, message.Id);
        }
    }

    private async Task GiveBackAsync(Reception reception, Exception error)
    {
        // No further message of a schedule is sent while one is there: were its pauses to grow, a schedule of a minute would stand still for an hour.
        bool isScheduled = reception.Message.Group.StartsWith(Dispatcher.ScheduleGroup, StringComparison.Ordinal);
        TimeSpan pause = engine.Dice.Jitter("engine.give-back", GiveBack.PauseAfter(isScheduled ? 1 : reception.Message.ReceiveCount));
        options.Report(new HandlerFailure(settings.Name, reception.Message, error, pause));
        await engine.Queues.GiveBackAsync(reception, pause);
    }
}

internal static class Invocations
{
    /// <summary>Runs a stage's code under its limit and returns what it threw. One that ignores its token is given up after the grace.</summary>
    public static async Task<Exception?> RunAsync(TimeProvider clock, QueueSettings settings, Func<CancellationToken, Task> invoke)
    {
        using var limit = new CancellationTokenSource(settings.HandlerLimit, clock);
        using var patience = new CancellationTokenSource(settings.HandlerLimit + QueueSettings.Grace, clock);
        try
        {
            await invoke(limit.Token).WaitAsync(patience.Token);
            return null;
        }
#pragma warning disable CA1031 // The dispatcher is one of the house's three catch-alls: whatever a stage throws gives its message back.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return limit.IsCancellationRequested && e is OperationCanceledException
                ? new TimeoutException($"It was not done within {settings.HandlerLimit}", e)
                : e;
        }
    }
}
