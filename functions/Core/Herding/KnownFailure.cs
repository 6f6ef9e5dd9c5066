namespace Cki;

/// <summary>
/// <c>failures/{signature}/{tree}/{run}.json</c>, owned by JobHerding: one run saw a failure of this signature. One small object per event; nobody
/// rewrites another's.
/// </summary>
/// <param name="Since">When it was first seen, as far as this event's forebears tell.</param>
public sealed record KnownFailure(string Signature, TreeName Tree, string Branch, RunId Run, CommitSha Sha, string Job, string Line, DateTimeOffset At, DateTimeOffset Since)
{
    /// <summary>What other trees saw longer ago may be mended there.</summary>
    public static readonly TimeSpan OtherTreesWithin = TimeSpan.FromDays(14);

    public int V { get; init; } = 1;

    public static string Prefix(string signature) => $"failures/{signature}/";

    public static string Key(string signature, TreeName tree, RunId run) => $"{Prefix(signature)}{tree}/{run}.json";
}

/// <summary>Where a failure was before, and since when.</summary>
/// <param name="Where">In words: <c>the parent 0c9f72ab5d18</c>, <c>the base branch main</c>, <c>tree stable</c>.</param>
public sealed record KnownBefore(string Where, CommitSha Sha, DateTimeOffset Since);

/// <summary>Is a failure the commit's, or was it there before?</summary>
public static class KnownFailures
{
    /// <summary>Only a failure that the trace proves has a signature worth comparing; weak ones are compared by re-runs.</summary>
    public static string? SignatureOf(HerdDecision made) => made.Finding == JobFinding.Failed ? FailureSignature.Of(made.Quote) : null;

    /// <summary>The event that makes the failure a known one, the oldest that counts; null: it is new as far as we know.</summary>
    /// <param name="seen">Events of the signature.</param>
    /// <param name="baseBranch">The tree's base branch, where it has one.</param>
    public static KnownFailure? Of(RunDetection run, string? baseBranch, IReadOnlyList<KnownFailure> seen, DateTimeOffset now) => seen
        .Where(f => f.Sha != run.Sha && f.Run != run.Run)
        .Where(f => f.Tree == run.Tree
            ? f.Sha == run.Previous || (f.Branch == baseBranch && run.Branch != baseBranch && now - f.At <= KnownFailure.OtherTreesWithin)
            : now - f.At <= KnownFailure.OtherTreesWithin)
        .OrderBy(f => f.Since).ThenBy(f => f.Run.Value, StringComparer.Ordinal).FirstOrDefault();

    /// <summary>The decision, which no longer blames the commit.</summary>
    public static HerdDecision Judge(HerdDecision made, RunDetection run, KnownFailure known)
    {
        string where = known.Tree != run.Tree ? $"tree {known.Tree}" : known.Sha == run.Previous ? $"the parent {known.Sha.Short}" : $"the base branch {known.Branch}";
        return made with { Finding = JobFinding.Known, Known = new KnownBefore(where, known.Sha, known.Since), Reason = $"{made.Reason}; known since {known.Since:yyyy-MM-dd HH:mm} UTC on {where}" };
    }
}
