namespace Cki;

/// <summary>A branch (or <c>tags/NAME</c>) and its commit, as a git server or GitLab shows it.</summary>
/// <param name="Title">First line of the commit's message; null where unknown.</param>
public sealed record SeenHead(string Branch, CommitSha Sha, string? Title = null);

/// <summary>What becomes of one head. Every one that is not tested has its reason.</summary>
public abstract record HeadDecision(string Branch)
{
    /// <summary>A new head: it becomes a run, then the known head.</summary>
    /// <param name="Previous">The head that it follows, as we knew it; null when the branch is new.</param>
    public sealed record Test(string Branch, CommitSha Sha, CommitSha? Previous, string? Title) : HeadDecision(Branch);

    /// <summary>A new head whose time has not come; it is seen again at the next poll.</summary>
    public sealed record Wait(string Branch, CommitSha Sha, CommitSha? Previous, string? Title, string Reason) : HeadDecision(Branch);

    /// <summary>A new head that has a record but no run of its own: skipped, or covered by the run of the same commit elsewhere.</summary>
    public sealed record Recorded(string Branch, CommitSha Sha, string Reason) : HeadDecision(Branch);

    /// <summary>First sight of the tree: known from now on, not tested.</summary>
    public sealed record Baseline(string Branch, CommitSha Sha) : HeadDecision(Branch);

    public sealed record AlreadyKnown(string Branch, CommitSha Sha) : HeadDecision(Branch);

    public sealed record NotWanted(string Branch, string Reason) : HeadDecision(Branch);

    /// <summary>The branch is gone.</summary>
    public sealed record Removed(string Branch, CommitSha Was) : HeadDecision(Branch);

    /// <summary>Announced by a push, but no longer the head: covered by the run of <paramref name="Newer"/> where there is one.</summary>
    /// <param name="Newer">The head that took its place; null when the branch is gone.</param>
    public sealed record Passed(string Branch, CommitSha Sha, CommitSha? Newer, string? Title) : HeadDecision(Branch);
}

/// <summary>What to do with a push before anything else is read.</summary>
public abstract record PushDecision
{
    private PushDecision() { }

    /// <summary>Nothing contradicts it.</summary>
    public sealed record Settled(HeadDecision Head) : PushDecision;

    /// <summary>A duplicate, late or overtaken push perhaps: read the branch as it is now.</summary>
    public sealed record LookFirst(string Branch, string Reason) : PushDecision;
}
