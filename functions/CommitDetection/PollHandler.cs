using Microsoft.Extensions.Logging;

namespace Cki.CommitDetection;

/// <summary>Looks at all heads of a tree: finds what no webhook announced.</summary>
internal sealed class PollHandler(SuitePorts ports, TreeSight sight, ILogger log)
{
    /// <summary>More new heads than this wait for the next poll: one invocation has minutes, not hours.</summary>
    private const int TestsMax = 100;

    private readonly KnownHeads _heads = new(ports);
    private readonly RunOpening _runs = new(ports, log);
    private readonly Post _post = ports.PostFrom("commit-detection");

    public async Task HandleAsync(PollRequested request, CancellationToken cancellationToken)
    {
        if (ports.Config.Current.Tree(request.Tree) is not { } tree)
        {
            DetectionLog.NotPolled(log, request.Tree, "the configuration has no such tree any more");
            return;
        }
        TreeHeads? standing = await _heads.ReadAsync(tree.Name, cancellationToken);
        if (request.Why == PollPlan.Scheduled && !PollPlan.IsDue(tree, standing, ports.Clock.GetUtcNow()))
        {
            DetectionLog.NotPolled(log, tree.Name, "it was polled since, or is being polled");
            return;
        }
        TreeHeads? known = await _heads.LeaseAsync(tree.Name, cancellationToken);
        if (known is null)
        {
            DetectionLog.NotPolled(log, tree.Name, "it is being polled");
            return;
        }
        await PollAsync(tree, known, request.Why == PollPlan.Reconciliation ? FoundBy.Reconciliation : FoundBy.Poll, cancellationToken);
    }

    private async Task PollAsync(TreeConfig tree, TreeHeads known, FoundBy foundBy, CancellationToken cancellationToken)
    {
        IReadOnlyList<SeenHead> seen;
        try
        {
            seen = await sight.LookAsync(tree, cancellationToken);
        }
        catch (Exception e) when (TreeSight.IsTrouble(e))
        {
            // A server that is down for a day is no dead letter: the next poll is the retry, and operators hear of it.
            await FailAsync(tree, known, e.Message, cancellationToken);
            return;
        }
        if (Detection.Implausible(known, seen) is { } why)
            await FailAsync(tree, known, why, cancellationToken);
        else
            await TakeAsync(tree, known, seen, foundBy, cancellationToken);
    }

    private async Task TakeAsync(TreeConfig tree, TreeHeads known, IReadOnlyList<SeenHead> seen, FoundBy foundBy, CancellationToken cancellationToken)
    {
        var done = new List<HeadDecision>();
        int tests = 0;
        foreach (HeadDecision decision in Detection.OfLook(tree, known, seen))
        {
            if (decision is not HeadDecision.AlreadyKnown)
                DetectionLog.Decided(log, tree.Name, decision.Branch, decision);
            if (decision is not HeadDecision.Test test || (++tests <= TestsMax && await TryOpenAsync(tree, test, foundBy, cancellationToken)))
                done.Add(decision);
        }
        DateTimeOffset now = ports.Clock.GetUtcNow();
        if (PollPlan.IsNoticeable(tree, known.PollFailingSince, now))
            await _post.SendAsync(new NoticeRaised(NoticeKey(tree), $"Tree {tree.Name} can be polled again", "", Recovered: true), cancellationToken);
        await _heads.ApplyAsync(tree.Name, known, done, heads => heads with
        {
            FirstSeenAt = heads.FirstSeenAt ?? now, PolledAt = now, PollLeaseUntil = null, PollError = null, PollFailingSince = null,
        }, cancellationToken);
    }

    /// <summary>False when the run's record cannot be read: that head waits, the others go on.</summary>
    private async Task<bool> TryOpenAsync(TreeConfig tree, HeadDecision.Test test, FoundBy foundBy, CancellationToken cancellationToken)
    {
        try
        {
            await _runs.OpenAsync(tree, test, foundBy, null, cancellationToken);
            return true;
        }
        catch (UnreadableDocumentException e)
        {
            DetectionLog.SetAside(log, tree.Name, test.Branch, e.Message);
            await _post.SendAsync(
                new NoticeRaised($"unreadable-{e.Key}", $"{e.Key} cannot be read", $"{e.Message}\nThe head {test.Sha} of {tree.Name} {test.Branch} waits until it is mended or removed."),
                cancellationToken);
            return false;
        }
    }

    private async Task FailAsync(TreeConfig tree, TreeHeads known, string why, CancellationToken cancellationToken)
    {
        DetectionLog.PollFailed(log, tree.Name, why);
        DateTimeOffset now = ports.Clock.GetUtcNow();
        DateTimeOffset since = known.PollFailingSince ?? now;
        if (PollPlan.IsNoticeable(tree, since, now))
        {
            string text = $"Since {since:yyyy-MM-dd HH:mm} UTC no poll succeeded: {why}\nWebhooks still count, but what they miss is found only when polling works again.";
            await _post.SendAsync(new NoticeRaised(NoticeKey(tree), $"Tree {tree.Name} cannot be polled", text), cancellationToken);
        }
        await _heads.ApplyAsync(
            tree.Name, known, [], heads => heads with { PolledAt = now, PollLeaseUntil = null, PollError = why, PollFailingSince = since }, cancellationToken);
    }

    private static string NoticeKey(TreeConfig tree) => $"poll-{tree.Name}";
}
