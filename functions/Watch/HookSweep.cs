using Cki.Adapters;

namespace Cki.Watch;

/// <summary>Asks for a look at each webhook that the configuration wants.</summary>
internal sealed class HookSweep(SuitePorts ports)
{
    private readonly Post _post = ports.PostFrom("watch");

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        // Which hook is ours is told by its address alone.
        if (ports.FrontDoor is null)
            return;
        DateTimeOffset now = ports.Clock.GetUtcNow();
        await Sweeping.EachAsync(HookPlan.Wanted(ports.Config.Current), wanted => _post.SendAsync(new LookAtHook(wanted.Project, now), cancellationToken));
    }
}
