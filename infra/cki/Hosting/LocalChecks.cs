using Cki.Adapters;
using Cki.Engine;
using Cki.Watch;

namespace Cki.Tool;

/// <summary>What a process on a machine of our own can look at: everything.</summary>
internal static class LocalChecks
{
    public static WatchOptions Of(SuitePorts ports, EmbeddedEngine? engine) => new()
    {
        Probes = CheckProbes.With(CheckProbes.OverSockets(ports), CheckProbes.OnMachine(new StatChild()), CheckProbes.OnAws(Session, (queue, _) => Task.FromResult(Depth(engine, queue)))),
    };

    private static AwsSession Session(string? region) => new(Environment.GetEnvironmentVariable, TimeProvider.System, new SystemDice(), region);

    private static QueueSight Depth(EmbeddedEngine? engine, string queue)
    {
        QueueStanding? standing = engine?.Queues.Standings().FirstOrDefault(s => s.Queue == queue);
        return standing is null
            ? new QueueSight(0, null)
            : new QueueSight(standing.Ready + standing.Delayed, standing.OldestSent is { } sent ? TimeProvider.System.GetUtcNow() - sent : null);
    }
}
