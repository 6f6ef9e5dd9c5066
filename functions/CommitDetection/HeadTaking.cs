namespace Cki.CommitDetection;

/// <summary>Who found a head.</summary>
/// <param name="Delivery">Of the webhook that announced it, where one did.</param>
/// <param name="AppearedAt">See <see cref="RunDetection.AppearedAt"/>.</param>
internal sealed record Finding(FoundBy By, string? Delivery, DateTimeOffset? AppearedAt)
{
    /// <summary>Nobody announced it: all heads of the tree were looked at.</summary>
    public bool IsLook => Delivery is null;
}

/// <summary>
/// Takes a new head whose time has come: it is tested, each commit before it too where the tree wants that, or recorded as skipped or covered.
/// Idempotent; the head is advanced only afterwards, by the caller.
/// </summary>
internal sealed class HeadTaking(SuitePorts ports, RunOpening runs, HeadRecords records, CommitSight commits)
{
    /// <summary>What became of the head, to be applied: of many commits perhaps only the first ones were taken.</summary>
    public async Task<Taken> TakeAsync(TreeConfig tree, TreeHeads? known, TakeOrder order, CancellationToken cancellationToken)
    {
        HeadDecision.Test head = order.Head;
        IReadOnlyList<HeadDecision.Test> wanted = tree.Rules.EveryCommit ? await EachAsync(tree, head, cancellationToken) : [head];
        Settled? settled = null;
        int taken = 0;
        foreach (HeadDecision.Test commit in wanted)
        {
            bool isHead = commit.Sha == head.Sha;
            bool isUnderTest = isHead ? order.IsUnderTest : await IsUnderTestAsync(tree, commit, cancellationToken);
            if (isUnderTest && !isHead)
                continue;
            if (taken == order.Most && !isUnderTest)
                return new Taken(settled!.Decision, taken);
            settled = await TakeAsync(tree, commit, isUnderTest, order.Finding, cancellationToken);
            taken += isUnderTest ? 0 : 1;
        }
        if (known is not null)
            await records.CloseWaitingAsync(tree, head.Branch, known.WaitingOn(head.Branch).Where(w => w.Sha != head.Sha), settled!.By, settled.Reason, cancellationToken);
        return new Taken(settled!.Decision, taken);
    }

    /// <summary>True when the head has its run already: then nothing is started that a limit could hold.</summary>
    public async Task<bool> IsUnderTestAsync(TreeConfig tree, HeadDecision.Test head, CancellationToken cancellationToken) =>
        await records.FindAsync(RunIds.Of(tree.Name, head.Branch, head.Sha), cancellationToken) is { State: DetectionState.Detected };

    /// <summary>Oldest first; trouble is thrown, since a commit that is not listed would be missed.</summary>
    private async Task<IReadOnlyList<HeadDecision.Test>> EachAsync(TreeConfig tree, HeadDecision.Test head, CancellationToken cancellationToken)
    {
        CommitRange range = await commits.ReadAsync(tree, head.Previous, head.Sha, cancellationToken);
        var each = new List<HeadDecision.Test>();
        CommitSha? previous = head.Previous;
        foreach (CoveredCommit commit in range.Covered.Reverse())
        {
            each.Add(new HeadDecision.Test(head.Branch, commit.Sha, previous, commit.Title));
            previous = commit.Sha;
        }
        return [.. each, head with { Previous = previous }];
    }

    private async Task<Settled> TakeAsync(TreeConfig tree, HeadDecision.Test head, bool isUnderTest, Finding finding, CancellationToken cancellationToken)
    {
        if (!isUnderTest)
        {
            IReadOnlyList<string>? files = tree.Rules.Paths.Count == 0 ? null : await commits.ChangesAsync(tree, head.Previous, head.Sha, cancellationToken);
            if (ChangedPaths.WhySkipped(tree.Rules, files) is { } skipped)
                return await RecordAsync(tree, head, null, skipped, finding, cancellationToken);
            if (tree.Rules.OncePerTree && await OtherAsync(tree, head, cancellationToken) is { } other)
                return await RecordAsync(tree, head, other.Run, $"The commit is tested once per tree: on {SafeText.Line(other.Branch, 200)}.", finding, cancellationToken);
        }
        RunId run = await runs.OpenAsync(tree, head, finding, cancellationToken);
        // After the message is on its way: a slow GitLab delays no test.
        if (!tree.Rules.EveryCommit && head.Previous is not null)
            await records.CoverAsync(run, await commits.BetweenAsync(tree, head.Previous, head.Sha, cancellationToken), cancellationToken);
        return new Settled(head, run, $"{head.Sha.Short} was the head when its time came.");
    }

    private async Task<Settled> RecordAsync(TreeConfig tree, HeadDecision.Test head, RunId? by, string reason, Finding finding, CancellationToken cancellationToken)
    {
        await records.CloseAsync(tree, head, by, reason, finding.By, finding.Delivery, cancellationToken);
        return new Settled(new HeadDecision.Recorded(head.Branch, head.Sha, reason), by, by is null ? $"{head.Sha.Short} came after it. {reason}" : reason);
    }

    /// <summary>The claim on a commit of another branch's run; null once it is ours. One whose run is not under test is taken over.</summary>
    private async Task<CommitClaim?> OtherAsync(TreeConfig tree, HeadDecision.Test head, CancellationToken cancellationToken)
    {
        string key = CommitClaim.Key(tree.Name, head.Sha);
        var ours = new CommitClaim(head.Sha, RunIds.Of(tree.Name, head.Branch, head.Sha), head.Branch);
        if (await ports.Documents.CreateAsync(key, ours, DocumentJson.Default.CommitClaim, cancellationToken))
            return null;
        Document<CommitClaim>? standing = await ports.Documents.GetAsync(key, DocumentJson.Default.CommitClaim, cancellationToken);
        if (standing is null || standing.Value.Run == ours.Run)
            return null;
        if (await records.FindAsync(standing.Value.Run, cancellationToken) is { State: DetectionState.Detected })
            return standing.Value;
        return await ports.Documents.ReplaceAsync(key, ours, standing.Version, DocumentJson.Default.CommitClaim, cancellationToken) is not null
            ? null
            : throw new StoreContendedException($"{key}: another branch took the claim");
    }

    private sealed record Settled(HeadDecision Decision, RunId? By, string Reason);
}

/// <param name="IsUnderTest">The head has its run already, as far as anybody had to look.</param>
/// <param name="Most">Commits to take, at least 1.</param>
internal sealed record TakeOrder(HeadDecision.Test Head, bool IsUnderTest, Finding Finding, int Most);

/// <param name="Decision">To be applied to the known heads.</param>
/// <param name="Count">Commits that were taken and had no run before.</param>
internal sealed record Taken(HeadDecision Decision, int Count);
