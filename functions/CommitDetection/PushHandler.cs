using Microsoft.Extensions.Logging;

namespace Cki.CommitDetection;

/// <summary>A branch moved, says a webhook. It may be late, doubled or overtaken.</summary>
internal sealed class PushHandler(SuitePorts ports, TreeSight sight, HeadDesk desk, ILogger log)
{
    private const int TriesMax = 3;

    private readonly KnownHeads _heads = new(ports);

    /// <param name="announcedAt">When the delivery was taken.</param>
    public async Task HandleAsync(PushReceived push, DateTimeOffset announcedAt, CancellationToken cancellationToken)
    {
        TreeConfig[] trees = [.. ports.Config.Current.Trees.Where(t => t.Project == push.Project)];
        if (trees.Length == 0)
            DetectionLog.PushIgnored(log, push.Delivery, push.Project, push.Ref, "no tree has this project");
        foreach (TreeConfig tree in trees)
            await HandleAsync(tree, push, announcedAt, cancellationToken);
    }

    private async Task HandleAsync(TreeConfig tree, PushReceived push, DateTimeOffset announcedAt, CancellationToken cancellationToken)
    {
        for (int tries = 1; tries <= TriesMax; tries++)
        {
            if (await TryAsync(tree, push, announcedAt, cancellationToken))
                return;
        }
        throw new StoreContendedException($"{TreeHeads.Key(tree.Name)}: the head of {push.Ref} moved {TriesMax} times while push {push.Delivery} was handled");
    }

    /// <summary>False when another moved the head meanwhile: then the push must be judged anew.</summary>
    private async Task<bool> TryAsync(TreeConfig tree, PushReceived push, DateTimeOffset announcedAt, CancellationToken cancellationToken)
    {
        // Before the look: what is read later can only be newer.
        TreeHeads? known = await _heads.ReadAsync(tree.Name, cancellationToken);
        var finding = new Finding(push.FoundBy, push.Delivery, push.FoundBy == FoundBy.Webhook ? announcedAt : known?.LookedAt);
        IReadOnlyList<HeadDecision> decisions = await DecideAsync(tree, known, push, cancellationToken);
        var done = new List<HeadDecision>();
        foreach (HeadDecision decision in decisions)
        {
            DetectionLog.Decided(log, tree.Name, decision.Branch, decision);
            done.Add(decision is HeadDecision.Test head ? await desk.TakeAsync(tree, known, head, finding, cancellationToken) : decision);
        }
        await desk.CloseAsync(tree, known, done, finding, cancellationToken);
        if (done.Any(d => d is not (HeadDecision.AlreadyKnown or HeadDecision.NotWanted or HeadDecision.Passed))
            && !await _heads.ApplyAsync(tree.Name, known, done, null, cancellationToken))
            return false;
        await desk.RecordAsync(tree, done, finding, cancellationToken);
        return true;
    }

    private async Task<IReadOnlyList<HeadDecision>> DecideAsync(
        TreeConfig tree, TreeHeads? known, PushReceived push, CancellationToken cancellationToken)
    {
        bool isRunKnown = push.After is { } after && Detection.BranchOf(push.Ref) is { } name
            && await ports.Documents.GetAsync(
                RunIds.DetectionKey(RunIds.Of(tree.Name, name, after)), DocumentJson.Default.RunDetection, cancellationToken) is not null;
        switch (Detection.OfPush(tree, known, push, isRunKnown))
        {
            case PushDecision.Settled settled:
                return [settled.Head];
            case PushDecision.LookFirst look:
                DetectionLog.LooksFirst(log, tree.Name, look.Branch, look.Reason);
                IReadOnlyList<SeenHead> seen = await sight.LookAsync(tree, cancellationToken);
                return Detection.OfPushAfterLook(tree, known, push, look.Branch, seen.FirstOrDefault(h => h.Branch == look.Branch));
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
