using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.Watch;

public static class WatchStage
{
    /// <summary>Ticks that waited longer are void: a fresh one does their work.</summary>
    private static readonly TimeSpan TickIsOldAfter = TimeSpan.FromMinutes(10);

    /// <summary>Queue <c>watch</c>, and the dead letters of every queue as <c>{queue}-dead</c>.</summary>
    public static StageEndpoints Compose(SuitePorts ports, HttpClient http, ILoggerFactory logs)
    {
        ILogger log = logs.CreateLogger("cki.watch");
        var aside = new SetAside(ports, log);
        var letters = new DeadLetterFile(ports, aside, log);
        var hooks = new HookDesk(ports, new GitLabClient(http, ports.Config, ports.Secrets, new GitLabRetries(ports.Clock, ports.Dice)), aside, log);
        Func<CancellationToken, Task>[] sweeps =
        [
            new SpillSweep(ports, aside, log).SweepAsync,
            new PollSweep(ports, aside, log).SweepAsync,
            new DueSweep(ports, aside, log).SweepAsync,
            new CompareSweep(ports, aside, log).SweepAsync,
            new HookSweep(ports).SweepAsync,
            new ProbeSweep(ports).SweepAsync,
        ];
        var queues = new Dictionary<string, MessageHandler>
        {
            [QueueNames.Watch] = (message, ct) =>
            {
                CloudEvent happened = CloudEvent.Parse(message.Body);
                return happened.Type switch
                {
                    MessageTypes.Tick => TickAsync(happened.Read<Tick>(), sweeps, ports.Clock, log, ct),
                    MessageTypes.FlowDied => DiedAsync(happened.Read<FlowDied>(), ports, log, ct),
                    MessageTypes.LookAtHook => hooks.LookAsync(happened.Read<LookAtHook>(), ct),
                    MessageTypes.DeadLetterDue => letters.ReturnAsync(happened.Read<DeadLetterDue>(), message, ct),
                    _ => throw new UnreadableMessageException($"Watch knows no messages of type {happened.Type}"),
                };
            },
        };
        foreach (string queue in QueueNames.All)
            queues[queue + DeadLetterFile.QueueSuffix] = (message, ct) => IsTick(message) ? TellAsync(ports, ct) : letters.FileAsync(message, ct);
        return new StageEndpoints(queues, new Dictionary<string, FlowTask>()).Watched("watch", ports.Clock);
    }

    private static async Task TickAsync(
        Tick tick, IReadOnlyList<Func<CancellationToken, Task>> sweeps, TimeProvider clock, ILogger log, CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() - tick.Now > TickIsOldAfter)
        {
            WatchLog.OldTick(log, tick.Now);
            return;
        }
        await Sweeping.EachAsync(sweeps, sweep => sweep(cancellationToken), failuresMax: sweeps.Count);
    }

    /// <summary>The attempt is looked at right away: its flow may get a successor. An execution that a person started under another name is theirs.</summary>
    private static Task DiedAsync(FlowDied died, SuitePorts ports, ILogger log, CancellationToken cancellationToken)
    {
        if (RunIds.OfExecution(died.Name) is not { } whose)
        {
            WatchLog.StrangerDied(log, died.Name, died.Status);
            return Task.CompletedTask;
        }
        WatchLog.FlowDied(log, died.Name, died.Status);
        return ports.PostFrom("watch").SendAsync(new RunOverdue(whose.Run, whose.Attempt), cancellationToken);
    }

    /// <summary>A dead tick is not filed: its minute is over.</summary>
    private static bool IsTick(ReceivedMessage message)
    {
        try
        {
            return CloudEvent.Parse(message.Body).Type == MessageTypes.Tick;
        }
        catch (UnreadableMessageException)
        {
            return false;
        }
    }

    private static Task TellAsync(SuitePorts ports, CancellationToken cancellationToken) =>
        ports.PostFrom("watch").SendAsync(WatchNotices.FailingTicks, cancellationToken);
}
