using Microsoft.Extensions.Logging;

namespace Cki.CommitDetection;

/// <summary>Looks at all heads of a tree: finds what no webhook announced.</summary>
internal sealed class PollHandler(SuitePorts ports, TreeSight sight, HeadDesk desk, ILogger log)
{
    private readonly KnownHeads _heads = new(ports);
    private readonly Post _post = ports.PostFrom("commit-detection");
    private readonly HostTrouble _host = new(ports.PostFrom("commit-detection"));

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
        await PollAsync(tree, known, new Finding(request.Why == PollPlan.Reconciliation ? FoundBy.Reconciliation : FoundBy.Poll, null, known.LookedAt), cancellationToken);
    }

    private async Task PollAsync(TreeConfig tree, TreeHeads known, Finding found, CancellationToken cancellationToken)
    {
        IReadOnlyList<SeenHead> seen;
        try
        {
            seen = await sight.LookAsync(tree, cancellationToken);
        }
        catch (Exception e) when (TreeSight.IsTrouble(e))
        {
            // A server that is down for a day is no dead letter: the next poll is the retry, and operators hear of it.
            await FailAsync(tree, known, HostTrouble.Words(e), cancellationToken);
            return;
        }
        if (Detection.Implausible(known, seen) is { } why)
            await FailAsync(tree, known, why, cancellationToken);
        else
            await TakeAsync(tree, known, seen, found, cancellationToken);
    }

    private async Task TakeAsync(TreeConfig tree, TreeHeads known, IReadOnlyList<SeenHead> seen, Finding found, CancellationToken cancellationToken)
    {
        DateTimeOffset now = ports.Clock.GetUtcNow();
        var pace = new Pace(tree.Rules.AtOnce);
        var done = new List<HeadDecision>();
        foreach (HeadDecision decision in Admission.Ordered(Detection.OfLook(tree, known, seen), known))
        {
            if (decision is not HeadDecision.AlreadyKnown)
                DetectionLog.Decided(log, tree.Name, decision.Branch, decision);
            if (decision is not HeadDecision.Test head)
                done.Add(decision);
            else if (await TryTakeAsync((tree, known, found), head, pace, cancellationToken) is { } taken)
                done.Add(taken);
        }
        if (PollPlan.IsNoticeable(tree, known.PollFailingSince, now))
            await _post.SendAsync(new NoticeRaised(NoticeKey(tree), $"Tree {tree.Name} can be polled again", "", Recovered: true), cancellationToken);
        DateTimeOffset? clockOff = await _host.WorkedAsync(tree, known, (sight.ClockAhead, now), cancellationToken);
        await pace.TellAsync(_post, tree, known, cancellationToken);
        await desk.CloseAsync(tree, known, done, found, cancellationToken);
        await _heads.ApplyAsync(tree.Name, known, done, heads => heads with
        {
            FirstSeenAt = heads.FirstSeenAt ?? now, PolledAt = now, PollLeaseUntil = null, PollError = null, PollFailingSince = null, ClockOffSince = clockOff,
            PacedSince = pace.Held == 0 ? null : known.PacedSince ?? now,
        }, cancellationToken);
        await desk.RecordAsync(tree, done, found, cancellationToken);
    }

    /// <summary>Null when its run's record, or what lies before it, cannot be read: that head waits, the others go on.</summary>
    private async Task<HeadDecision?> TryTakeAsync((TreeConfig Tree, TreeHeads Known, Finding Found) of, HeadDecision.Test head, Pace pace, CancellationToken cancellationToken)
    {
        try
        {
            return await desk.TakeAsync(of.Tree, of.Known, head, of.Found, cancellationToken, pace);
        }
        catch (UnreadableDocumentException e)
        {
            DetectionLog.SetAside(log, of.Tree.Name, head.Branch, e.Message);
            await _post.SendAsync(
                new NoticeRaised($"unreadable-{e.Key}", $"{e.Key} cannot be read", $"{e.Message}\nThe head {head.Sha} of {of.Tree.Name} {head.Branch} waits until it is mended or removed.") { Fades = true },
                cancellationToken);
            return null;
        }
        catch (Exception e) when (TreeSight.IsTrouble(e))
        {
            DetectionLog.SetAside(log, of.Tree.Name, head.Branch, e.Message);
            return null;
        }
    }

    private async Task FailAsync(TreeConfig tree, TreeHeads known, string why, CancellationToken cancellationToken)
    {
        DetectionLog.PollFailed(log, tree.Name, why);
        await _host.FailedAsync(tree, known, why, cancellationToken);
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
