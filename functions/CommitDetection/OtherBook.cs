namespace Cki.CommitDetection;

/// <summary><c>heads/{tree}/others.json</c>, by compare-and-swap.</summary>
internal sealed class OtherBook(SuitePorts ports)
{
    public async Task<TreeOthers?> ReadAsync(TreeName tree, CancellationToken cancellationToken) =>
        (await ports.Documents.GetAsync(TreeOthers.Key(tree), DocumentJson.Default.TreeOthers, cancellationToken))?.Value;

    public Task<TreeOthers?> ChangeAsync(TreeName tree, Func<TreeOthers, TreeOthers> change, CancellationToken cancellationToken) =>
        ports.Documents.UpdateAsync(TreeOthers.Key(tree), DocumentJson.Default.TreeOthers, standing => change(standing ?? new TreeOthers(tree)), cancellationToken);

    /// <summary>False when another changed the entry meanwhile: then the merge request must be looked at anew.</summary>
    public async Task<bool> ApplyAsync(TreeName tree, long iid, (KnownMergeRequest? Was, KnownMergeRequest? Wanted) entry, CancellationToken cancellationToken)
    {
        bool isOurs = false;
        await ChangeAsync(tree, standing =>
        {
            KnownMergeRequest? stands = standing.Of(iid);
            isOurs = IsSame(stands, entry.Was);
            return !isOurs || ReferenceEquals(entry.Was, entry.Wanted) ? standing : standing.With(iid, entry.Wanted);
        }, cancellationToken);
        return isOurs;
    }

    /// <summary>The document as it stands once the lease is ours; null while another looks, or where it is too early.</summary>
    public async Task<TreeOthers?> LeaseAsync(TreeConfig tree, bool isScheduled, CancellationToken cancellationToken)
    {
        DateTimeOffset now = ports.Clock.GetUtcNow();
        bool isOurs = false;
        TreeOthers? stands = await ChangeAsync(tree.Name, standing =>
        {
            bool isEarly = isScheduled && standing.PolledAt + tree.PollInterval > now;
            isOurs = !isEarly && !(standing.PollLeaseUntil > now);
            return isOurs ? standing with { PollLeaseUntil = now + PollPlan.Lease } : standing;
        }, cancellationToken);
        return isOurs ? stands : null;
    }

    // Runs that were added meanwhile are no contradiction, but must not be lost: then it is looked at anew.
    private static bool IsSame(KnownMergeRequest? a, KnownMergeRequest? b) =>
        a is null || b is null ? a is null && b is null : a with { Runs = [] } == b with { Runs = [] } && a.Runs.SequenceEqual(b.Runs);
}
