namespace Cki.CommitDetection;

/// <summary><c>heads/{tree}.json</c>: read, leased, advanced by compare-and-swap.</summary>
internal sealed class KnownHeads(SuitePorts ports)
{
    public async Task<TreeHeads?> ReadAsync(TreeName tree, CancellationToken cancellationToken) =>
        (await ports.Documents.GetAsync(TreeHeads.Key(tree), DocumentJson.Default.TreeHeads, cancellationToken))?.Value;

    /// <summary>The heads as they stand, once the lease is ours; null while another polls.</summary>
    public async Task<TreeHeads?> LeaseAsync(TreeName tree, CancellationToken cancellationToken)
    {
        DateTimeOffset now = ports.Clock.GetUtcNow();
        bool isOurs = false;
        TreeHeads? heads = await ports.Documents.UpdateAsync(TreeHeads.Key(tree), DocumentJson.Default.TreeHeads, current =>
        {
            TreeHeads standing = current ?? new TreeHeads(tree);
            isOurs = !PollPlan.IsLeased(standing, now);
            return isOurs ? standing with { PollLeaseUntil = now + PollPlan.Lease } : standing;
        }, cancellationToken);
        return isOurs ? heads : null;
    }

    /// <summary>
    /// Applies decisions made on <paramref name="read"/>. A branch that another moved meanwhile is left as it is: whoever moved it knew more.
    /// </summary>
    /// <param name="further">What else changes in the document; null for nothing.</param>
    /// <returns>True when every decision was applied (or stood already).</returns>
    public async Task<bool> ApplyAsync(
        TreeName tree, TreeHeads? read, IReadOnlyList<HeadDecision> decisions, Func<TreeHeads, TreeHeads>? further, CancellationToken cancellationToken)
    {
        bool isWhole = true;
        await ports.Documents.UpdateAsync(TreeHeads.Key(tree), DocumentJson.Default.TreeHeads, current =>
        {
            TreeHeads standing = current ?? new TreeHeads(tree);
            var branches = new SortedDictionary<string, Head>(standing.Branches, StringComparer.Ordinal);
            isWhole = decisions.Aggregate(true, (whole, d) => Apply(d, read, branches) && whole);
            TreeHeads wanted = WaitingHeads.After(standing with { Branches = branches }, read, decisions, ports.Config.Current.Tree(tree)?.Rules, ports.Clock.GetUtcNow());
            return further is null ? wanted : further(wanted);
        }, cancellationToken);
        return isWhole;
    }

    private bool Apply(HeadDecision decision, TreeHeads? read, SortedDictionary<string, Head> branches)
    {
        CommitSha? wanted = decision switch
        {
            HeadDecision.Test test => test.Sha,
            HeadDecision.Baseline baseline => baseline.Sha,
            HeadDecision.Recorded recorded => recorded.Sha,
            _ => null,
        };
        if (decision is HeadDecision.Wait)
            return Sha(branches, decision.Branch) == Sha(read?.Branches, decision.Branch);
        if (wanted is null && decision is not HeadDecision.Removed)
            return true;
        CommitSha? standing = Sha(branches, decision.Branch);
        if (standing == wanted)
            return true;
        if (standing != Sha(read?.Branches, decision.Branch))
            return false;
        if (wanted is { } sha)
            branches[decision.Branch] = new Head(sha, ports.Clock.GetUtcNow());
        else
            branches.Remove(decision.Branch);
        return true;
    }

    private static CommitSha? Sha(SortedDictionary<string, Head>? branches, string branch) =>
        branches is not null && branches.TryGetValue(branch, out Head? head) ? head.Sha : null;
}
