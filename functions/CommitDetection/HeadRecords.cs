using Microsoft.Extensions.Logging;

namespace Cki.CommitDetection;

/// <summary>Records of heads that are not tested, or not yet, or not by themselves. What is under test already stays so.</summary>
internal sealed class HeadRecords(SuitePorts ports, ILogger log)
{
    private readonly Post _post = ports.PostFrom("commit-detection");

    public async Task<RunDetection?> FindAsync(RunId run, CancellationToken cancellationToken) =>
        (await ports.Documents.GetAsync(RunIds.DetectionKey(run), DocumentJson.Default.RunDetection, cancellationToken))?.Value;

    /// <summary>A commit that a push announced and that is no longer the head: covered by the newer head's run, or skipped, with the reason.</summary>
    public async Task PassAsync(TreeConfig tree, HeadDecision.Passed head, Finding finding, CancellationToken cancellationToken)
    {
        RunId? newer = head.Newer is { } sha ? RunIds.Of(tree.Name, head.Branch, sha) : null;
        RunDetection? covering = newer is { } id ? await FindAsync(id, cancellationToken) : null;
        RunDetection passed = Record(tree, head.Branch, head.Sha, finding.By) with
        {
            State = covering is null ? DetectionState.Skipped : DetectionState.Covered,
            CoveredBy = covering?.Run,
            Reason = Reason(head, covering is not null),
            Title = head.Title,
            Delivery = finding.Delivery,
        };
        await CloseAsync(passed, cancellationToken);
    }

    private static string Reason(HeadDecision.Passed head, bool isCovered)
    {
        if (head.Newer is not { } newer)
            return "The branch was gone when the push was handled.";
        return isCovered
            ? $"{newer.Short} was the head when the push was handled."
            : $"The head was {newer.Short} when the push was handled, which is known since the tree's first sight.";
    }

    /// <summary>Written once: at each poll that still finds it waiting.</summary>
    public async Task WaitAsync(TreeConfig tree, HeadDecision.Wait head, FoundBy foundBy, string? delivery, CancellationToken cancellationToken)
    {
        RunDetection waiting = Record(tree, head.Branch, head.Sha, foundBy) with
        {
            State = DetectionState.Waiting, Reason = $"It waits: {head.Reason}.", Previous = head.Previous, Title = head.Title, Delivery = delivery,
        };
        if (await FindAsync(waiting.Run, cancellationToken) is null
            && await ports.Documents.CreateAsync(RunIds.DetectionKey(waiting.Run), waiting, DocumentJson.Default.RunDetection, cancellationToken))
        {
            DetectionLog.Waits(log, tree.Name, head.Branch, head.Sha, head.Reason);
            await _post.SendAsync(new RunChanged(waiting.Run), cancellationToken);
        }
    }

    /// <param name="by">The run that stands for it; null: it is skipped.</param>
    public async Task CloseAsync(TreeConfig tree, HeadDecision.Test head, RunId? by, string reason, FoundBy foundBy, string? delivery, CancellationToken cancellationToken)
    {
        RunDetection closed = Record(tree, head.Branch, head.Sha, foundBy) with
        {
            State = by is null ? DetectionState.Skipped : DetectionState.Covered,
            CoveredBy = by, Reason = reason, Previous = head.Previous, Title = head.Title, Delivery = delivery,
        };
        await CloseAsync(closed, cancellationToken);
        DetectionLog.Closed(log, tree.Name, head.Branch, head.Sha, closed.State, reason);
    }

    /// <summary>Heads that waited on a branch, once it is settled what stands for them.</summary>
    public async Task CloseWaitingAsync(
        TreeConfig tree, string branch, IEnumerable<WaitingHead> waiting, RunId? by, string reason, CancellationToken cancellationToken)
    {
        foreach (WaitingHead head in waiting)
        {
            RunId run = RunIds.Of(tree.Name, branch, head.Sha);
            if (run != by)
                await CloseAsync(tree, new HeadDecision.Test(branch, head.Sha, null, head.Title), by, reason, FoundBy.Poll, null, cancellationToken);
        }
    }

    /// <summary>What the run of a tip stands for besides the tip.</summary>
    public async Task CoverAsync(RunId run, CommitRange range, CancellationToken cancellationToken)
    {
        if (range is { Covered.Count: 0, Unknown: null })
            return;
        await ports.Documents.UpdateAsync(RunIds.DetectionKey(run), DocumentJson.Default.RunDetection, existing => existing is { Covers: null }
            ? existing with { Covers = [.. range.Covered.Take(RunDetection.CoversMost)], CoversCount = range.Covered.Count, CoversUnknown = range.Unknown }
            : null, cancellationToken);
    }

    private async Task CloseAsync(RunDetection closed, CancellationToken cancellationToken)
    {
        RunDetection? stands = await ports.Documents.UpdateAsync(RunIds.DetectionKey(closed.Run), DocumentJson.Default.RunDetection, existing => existing switch
        {
            null => closed,
            { State: DetectionState.Waiting } => existing with { State = closed.State, CoveredBy = closed.CoveredBy, Reason = closed.Reason },
            _ => null,
        }, cancellationToken);
        if (stands?.State == closed.State)
            await _post.SendAsync(new RunChanged(closed.Run), cancellationToken);
    }

    private RunDetection Record(TreeConfig tree, string branch, CommitSha sha, FoundBy foundBy) =>
        new(RunIds.Of(tree.Name, branch, sha), tree.Name, branch, sha, foundBy, ports.Clock.GetUtcNow()) { ConfigHash = ports.Config.Current.Hash };
}
