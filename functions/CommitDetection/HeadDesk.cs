namespace Cki.CommitDetection;

/// <summary>What push and poll do with decisions: a new head is taken or waits; what waits and what is over is recorded once the heads say so.</summary>
internal sealed class HeadDesk(HeadTaking taking, HeadRecords records, TimeProvider clock)
{
    /// <summary>One push brings one head, but perhaps many commits.</summary>
    private const int CommitsOfPush = 50;

    /// <param name="pace">Of a poll; null for a push.</param>
    public async Task<HeadDecision> TakeAsync(
        TreeConfig tree, TreeHeads? known, HeadDecision.Test head, Finding finding, CancellationToken cancellationToken, Pace? pace = null)
    {
        // A head that has its run starts nothing. Where no rule could hold it, nobody needs to know.
        bool isFree = (tree.Rules.MayHold || pace is { Left: 0 }) && await taking.IsUnderTestAsync(tree, head, cancellationToken);
        if (!isFree && Admission.Of(tree, known, head, clock.GetUtcNow()) is HeadDecision.Wait wait)
            return wait;
        if (!isFree && pace is { Left: 0 })
            return pace.Hold(head);
        var order = new TakeOrder(head, isFree, finding, pace is null ? CommitsOfPush : Math.Max(1, pace.Left));
        Taken taken = await taking.TakeAsync(tree, known, order, cancellationToken);
        pace?.Take(taken.Count);
        return taken.Decision;
    }

    /// <summary>Before the heads are written: what waited and will be in no list any more gets its ending.</summary>
    public async Task CloseAsync(TreeConfig tree, TreeHeads? known, IReadOnlyList<HeadDecision> done, Finding finding, CancellationToken cancellationToken)
    {
        foreach (HeadDecision decision in known is null ? [] : done)
        {
            if (decision is HeadDecision.Wait wait)
                await records.CloseWaitingAsync(
                    tree, wait.Branch, WaitingHeads.Overflow(known, wait), RunIds.Of(tree.Name, wait.Branch, wait.Sha), "Too many heads waited.", cancellationToken);
            // A push may be an old one come again: only a look knows that a branch went back.
            else if (decision is HeadDecision.Removed || (finding.IsLook && decision is not (HeadDecision.Test or HeadDecision.Recorded or HeadDecision.Passed)))
                await LeaveAsync(tree, known!, decision, cancellationToken);
        }
    }

    /// <summary>After the heads were written: a crash in between is made good by the next look, which finds them waiting there.</summary>
    public async Task RecordAsync(TreeConfig tree, IReadOnlyList<HeadDecision> done, Finding finding, CancellationToken cancellationToken)
    {
        foreach (HeadDecision decision in done)
        {
            if (decision is HeadDecision.Wait wait)
                await records.WaitAsync(tree, wait, finding.By, finding.Delivery, cancellationToken);
            else if (decision is HeadDecision.Passed passed)
                await records.PassAsync(tree, passed, finding, cancellationToken);
        }
    }

    /// <summary>Heads that waited on a branch that is gone, or went back to where it was.</summary>
    private async Task LeaveAsync(TreeConfig tree, TreeHeads known, HeadDecision decision, CancellationToken cancellationToken)
    {
        if (known.WaitingOn(decision.Branch) is not { Count: > 0 } waiting)
            return;
        RunDetection? now = decision is HeadDecision.AlreadyKnown head
            ? await records.FindAsync(RunIds.Of(tree.Name, head.Branch, head.Sha), cancellationToken)
            : null;
        string reason = decision switch
        {
            HeadDecision.AlreadyKnown back => $"The branch went back to {back.Sha.Short} while it waited.",
            HeadDecision.Removed => "The branch was gone before its time came.",
            _ => "The tree does not want the branch any more.",
        };
        await records.CloseWaitingAsync(tree, decision.Branch, waiting, now is { State: DetectionState.Detected } ? now.Run : null, reason, cancellationToken);
    }
}

/// <summary>How many heads and commits one poll takes.</summary>
internal sealed class Pace(int atOnce)
{
    private int _taken;

    public int Left => Math.Max(0, atOnce - _taken);

    public int Held { get; private set; }

    public void Take(int count) => _taken += count;

    public HeadDecision.Wait Hold(HeadDecision.Test head)
    {
        Held++;
        return Admission.Pace(head, atOnce);
    }

    /// <summary>Operators hear of it, and how to say no; then that it is over.</summary>
    public async Task TellAsync(Post post, TreeConfig tree, TreeHeads known, CancellationToken cancellationToken)
    {
        string key = $"heads-{tree.Name}";
        if (Held > 0)
        {
            string text = $"One poll found {Held} new head(s) more than the {atOnce} that are tested at once. {atOnce} go on with each poll, every {ConfigDuration.Write(tree.PollInterval)}; the others wait.\n"
                + $"To hold them all: cki pause trigger --tree {tree.Name}. To take more at once: new_heads_at_once in trees.yaml. To leave some out: the tree's branches and tags.";
            await post.SendAsync(new NoticeRaised(key, $"Tree {tree.Name} has many new heads at once: go on?", text), cancellationToken);
        }
        else if (known.PacedSince is not null)
        {
            await post.SendAsync(new NoticeRaised(key, $"Tree {tree.Name} has no more heads that wait for their turn", "", Recovered: true), cancellationToken);
        }
    }
}
