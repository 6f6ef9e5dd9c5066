namespace Cki;

/// <summary>Which heads are new and wanted. A webhook is a hint; what a server shows is the truth.</summary>
public static class Detection
{
    private const string HeadsPrefix = "refs/heads/";
    private const string TagsPrefix = "refs/tags/";

    /// <summary>All heads of a tree as seen at once.</summary>
    /// <param name="known">As it stood before <paramref name="seen"/> was read; null at first sight.</param>
    /// <returns>In ordinal order of branch.</returns>
    public static IReadOnlyList<HeadDecision> OfLook(TreeConfig tree, TreeHeads? known, IReadOnlyList<SeenHead> seen)
    {
        bool isFirstSight = known?.FirstSeenAt is null;
        var decisions = new List<HeadDecision>();
        foreach (SeenHead head in seen)
        {
            CommitSha? was = Known(known, head.Branch);
            HeadDecision decision = OfHead(tree, head, was);
            // A branch that a push announced before the first look is known already, and tested.
            bool isBaseline = isFirstSight && was is null && !tree.TestOnFirstSight && (known?.WaitingOn(head.Branch).Count ?? 0) == 0;
            decisions.Add(decision is HeadDecision.Test && isBaseline ? new HeadDecision.Baseline(head.Branch, head.Sha) : decision);
        }
        HashSet<string> shown = [.. seen.Select(h => h.Branch)];
        if (known is not null)
        {
            decisions.AddRange(known.Branches.Where(b => !shown.Contains(b.Key)).Select(b => new HeadDecision.Removed(b.Key, b.Value.Sha)));
            // New branches that went before their time came.
            decisions.AddRange((known.Waiting ?? []).Where(w => !shown.Contains(w.Key) && !known.Branches.ContainsKey(w.Key))
                .Select(w => new HeadDecision.Removed(w.Key, w.Value[^1].Sha)));
        }
        return [.. decisions.OrderBy(d => d.Branch, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Null when a look can be believed. A server that suddenly shows no branch at all is broken more likely than empty, and believing it
    /// would make every branch new when it recovers.
    /// </summary>
    public static string? Implausible(TreeHeads? known, IReadOnlyList<SeenHead> seen) =>
        seen.Count == 0 && known is { Branches.Count: > 0 } ? $"the server shows none of the {known.Branches.Count} known branches and tags" : null;

    /// <summary>A push, by itself.</summary>
    /// <param name="isRunKnown">There is a record of the pushed commit on that branch: then the push may be an old one come again.</param>
    public static PushDecision OfPush(TreeConfig tree, TreeHeads? known, PushReceived push, bool isRunKnown)
    {
        if (BranchOf(push.Ref) is not { } branch)
            return Settled(new HeadDecision.NotWanted(push.Ref, "neither a branch nor a tag"));
        if (!IsWanted(tree, branch))
            return Settled(new HeadDecision.NotWanted(branch, NoGlob));
        CommitSha? was = Known(known, branch);
        if (push.After is not { } after)
            return OfDeletion(branch, was, push);
        if (was == after)
            return Settled(new HeadDecision.AlreadyKnown(branch, after));
        if (isRunKnown)
            return new PushDecision.LookFirst(branch, "this commit was seen on this branch before");
        CommitSha? newest = known?.WaitingOn(branch) is [.., var waiting] ? waiting.Sha : was;
        return newest is null || newest == push.Before
            ? Settled(new HeadDecision.Test(branch, after, was, push.Title))
            : new PushDecision.LookFirst(branch, $"the push starts from {push.Before?.Short ?? "nothing"}, we know {newest.Value.Short}");
    }

    /// <summary>A push, once the branch was read as it is.</summary>
    /// <param name="now">Null when the branch is gone.</param>
    public static IReadOnlyList<HeadDecision> OfPushAfterLook(TreeConfig tree, TreeHeads? known, PushReceived push, string branch, SeenHead? now)
    {
        CommitSha? was = Known(known, branch);
        HeadDecision head = now is not null
            ? OfHead(tree, now with { Title = now.Title ?? (now.Sha == push.After ? push.Title : null) }, was)
            : was is { } gone ? new HeadDecision.Removed(branch, gone) : new HeadDecision.NotWanted(branch, "the branch is gone");
        return push.After is { } after && after != now?.Sha
            ? [head, new HeadDecision.Passed(branch, after, now?.Sha, push.Title)]
            : [head];
    }

    /// <summary>As in <see cref="TreeHeads.Branches"/>; null for any other ref.</summary>
    public static string? BranchOf(string fullRef)
    {
        if (fullRef.StartsWith(HeadsPrefix, StringComparison.Ordinal) && fullRef.Length > HeadsPrefix.Length)
            return fullRef[HeadsPrefix.Length..];
        return fullRef.StartsWith(TagsPrefix, StringComparison.Ordinal) && fullRef.Length > TagsPrefix.Length
            ? "tags/" + fullRef[TagsPrefix.Length..]
            : null;
    }

    private const string NoGlob = "no glob of the tree matches it";

    private static PushDecision OfDeletion(string branch, CommitSha? was, PushReceived push)
    {
        if (was is null)
            return Settled(new HeadDecision.NotWanted(branch, "deleted, and not known"));
        return was == push.Before
            ? Settled(new HeadDecision.Removed(branch, was.Value))
            : new PushDecision.LookFirst(branch, $"{push.Before?.Short ?? "nothing"} was deleted, we know {was.Value.Short}");
    }

    private static HeadDecision OfHead(TreeConfig tree, SeenHead head, CommitSha? was)
    {
        if (!IsWanted(tree, head.Branch))
            return new HeadDecision.NotWanted(head.Branch, NoGlob);
        return was == head.Sha
            ? new HeadDecision.AlreadyKnown(head.Branch, head.Sha)
            : new HeadDecision.Test(head.Branch, head.Sha, was, head.Title);
    }

    private static bool IsWanted(TreeConfig tree, string branch) =>
        branch.StartsWith("tags/", StringComparison.Ordinal)
            ? new RefGlobs(tree.Tags).Matches(branch["tags/".Length..])
            : new RefGlobs(tree.Branches).Matches(branch);

    private static CommitSha? Known(TreeHeads? known, string branch) =>
        known is not null && known.Branches.TryGetValue(branch, out Head? head) ? head.Sha : null;

    private static PushDecision.Settled Settled(HeadDecision head) => new(head);
}
