using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.Watch;

public static class WatchStage
{
    /// <summary>Ticks that waited longer are void: a fresh one does their work.</summary>
    private static readonly TimeSpan TickIsOldAfter = TimeSpan.FromMinutes(10);

    /// <summary>Queue <c>watch</c>, and the dead letters of every queue as <c>{queue}-dead</c>.</summary>
    public static StageEndpoints Compose(SuitePorts ports, HttpClient http, ILoggerFactory logs, WatchOptions? options = null)
    {
        ILogger log = logs.CreateLogger("cki.watch");
        var aside = new SetAside(ports, log);
        var told = new LetterNotices(ports, aside, log);
        var letters = new DeadLetterFile(ports, aside, told, log);
        var gitLab = new GitLabClient(http, ports.Config, ports.Secrets, new GitLabRetries(ports.Clock, ports.Dice));
        var hooks = new HookDesk(ports, gitLab, aside, log);
        var book = new CheckBook(ports, aside, log);
        var checks = new CheckDesk(ports, book, new CheckLooks(ports, CheckProbes.With(CheckProbes.OverHttp(http, ports, gitLab), options?.Probes), log), log);
        Func<CancellationToken, Task>[] sweeps =
        [
            new SpillSweep(ports, aside, log).SweepAsync,
            new PollSweep(ports, aside, log).SweepAsync,
            new DueSweep(ports, aside, log).SweepAsync,
            new CompareSweep(ports, aside, log).SweepAsync,
            new HookSweep(ports).SweepAsync,
            new CheckSweep(ports, book, log).SweepAsync,
            new ProbeSweep(ports).SweepAsync,
        ];
        var ticks = new TickNotices(ports);
        var queues = new Dictionary<string, MessageHandler>
        {
            [QueueNames.Watch] = (message, ct) =>
            {
                CloudEvent happened = CloudEvent.Parse(message.Body);
                return happened.Type switch
                {
                    MessageTypes.Tick => TickAsync(happened.Read<Tick>(), sweeps, ticks, ports.Clock, log, ct),
                    MessageTypes.FlowDied => DiedAsync(happened.Read<FlowDied>(), ports, log, ct),
                    MessageTypes.LookAtHook => hooks.LookAsync(happened.Read<LookAtHook>(), ct),
                    MessageTypes.LookAtCheck => checks.LookAsync(happened.Read<LookAtCheck>(), ct),
                    MessageTypes.HeartbeatReceived => checks.BeatAsync(happened.Read<HeartbeatReceived>(), ct),
                    MessageTypes.LookAtLetter => told.LookAsync(happened.Read<LookAtLetter>(), message, ct),
                    MessageTypes.DeadLetterDue => letters.ReturnAsync(happened.Read<DeadLetterDue>(), message, ct),
                    _ => throw new UnreadableMessageException($"Watch knows no messages of type {happened.Type}"),
                };
            },
        };
        foreach (string queue in QueueNames.All)
            queues[queue + DeadLetterFile.QueueSuffix] = (message, ct) => IsTick(message) ? ticks.FailedAsync(ct) : letters.FileAsync(message, ct);
        return new StageEndpoints(queues, new Dictionary<string, FlowTask>()).Watched("watch", ports.Clock);
    }

    private static async Task TickAsync(
        Tick tick, IReadOnlyList<Func<CancellationToken, Task>> sweeps, TickNotices ticks, TimeProvider clock, ILogger log, CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() - tick.Now > TickIsOldAfter)
        {
            WatchLog.OldTick(log, tick.Now);
            return;
        }
        await Sweeping.EachAsync(sweeps, sweep => sweep(cancellationToken), failuresMax: sweeps.Count);
        await ticks.DoneAsync(cancellationToken);
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
}
