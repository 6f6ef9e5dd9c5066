using Microsoft.Extensions.Logging;

namespace Cki.Watch;

/// <summary>Asks for a look at each tree whose interval has passed.</summary>
internal sealed class PollSweep(SuitePorts ports, SetAside aside, ILogger log)
{
    private readonly Post _post = ports.PostFrom("watch");

    public Task SweepAsync(CancellationToken cancellationToken) =>
        Sweeping.EachAsync(ports.Config.Current.Trees, tree => SweepAsync(tree, cancellationToken));

    private async Task SweepAsync(TreeConfig tree, CancellationToken cancellationToken)
    {
        string key = TreeHeads.Key(tree.Name);
        try
        {
            TreeHeads? heads = (await ports.Documents.GetAsync(key, DocumentJson.Default.TreeHeads, cancellationToken))?.Value;
            if (!PollPlan.IsDue(tree, heads, ports.Clock.GetUtcNow()))
                return;
            WatchLog.PollDue(log, tree.Name);
            await _post.SendAsync(new PollRequested(tree.Name, PollPlan.Scheduled), cancellationToken);
        }
        catch (UnreadableDocumentException e)
        {
            // Not moved: without it the tree would have a new baseline, and what came in between would go untested.
            await aside.TellAsync(key, $"{e.Message}\nTree {tree.Name} is not polled until it is mended.", cancellationToken);
        }
    }
}
