using System.Text.Json.Serialization;

namespace Cki;

/// <summary>How a head was found.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FoundBy>))]
public enum FoundBy
{
    Webhook,
    Poll,
    Reconciliation,
}

/// <summary>What became of a detected commit. Every head ends in one of these, with a reason where it was not tested itself.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DetectionState>))]
public enum DetectionState
{
    /// <summary>Under test.</summary>
    Detected,

    /// <summary>Another run stands for it (<see cref="RunDetection.CoveredBy"/>).</summary>
    Covered,

    /// <summary>Not tested, see <see cref="RunDetection.Reason"/>.</summary>
    Skipped,

    /// <summary>Not tested yet (a frequency limit, quiet hours, pacing): becomes the run's head, or is covered by a newer one's run.</summary>
    Waiting,
}

/// <summary>A commit that another one's run stands for.</summary>
public sealed record CoveredCommit(CommitSha Sha, string? Title);

/// <summary>
/// <c>runs/{runId}/detection.json</c>, owned by CommitDetection: the commit under test as it was pinned when detected.
/// </summary>
public sealed record RunDetection(
    RunId Run, TreeName Tree, string Branch, CommitSha Sha, FoundBy FoundBy, DateTimeOffset DetectedAt)
{
    /// <summary>The head of the branch before this one, as we knew it; null when the branch is new.</summary>
    public CommitSha? Previous { get; init; }

    public DetectionState State { get; init; } = DetectionState.Detected;

    public RunId? CoveredBy { get; init; }

    public string? Reason { get; init; }

    /// <summary>Commits since <see cref="Previous"/> that this run stands for, newest first, at most <see cref="CoversMost"/> of them.</summary>
    public IReadOnlyList<CoveredCommit>? Covers { get; init; }

    /// <summary>How many there are in all, as far as they were counted.</summary>
    public int? CoversCount { get; init; }

    /// <summary>Why <see cref="Covers"/> is missing or not whole; null where it is whole.</summary>
    public string? CoversUnknown { get; init; }

    /// <summary>First line of the commit message, where known.</summary>
    public string? Title { get; init; }

    /// <summary>The delivery that announced it, where one did.</summary>
    public string? Delivery { get; init; }

    /// <summary>
    /// When the commit came to the branch, as near as is known: when the webhook that announced it was taken; of what a look found, the last look that
    /// worked and did not see it. Null: not known, as of merge requests, and from earlier releases.
    /// </summary>
    public DateTimeOffset? AppearedAt { get; init; }

    /// <summary>Hash of the configuration bundle that was in force.</summary>
    public string? ConfigHash { get; init; }

    /// <summary>The merge request whose head it is; null: a branch's or a tag's.</summary>
    public MergeRequestRef? MergeRequest { get; init; }

    /// <summary>The pipeline that somebody else started and that is tested by; null: we start one.</summary>
    public AdoptedPipeline? Adopted { get; init; }

    /// <summary>Where <see cref="Previous"/> was tested, if not on <see cref="Branch"/>: a merge request is compared with its target branch.</summary>
    public string? PreviousBranch { get; init; }

    public int V { get; init; } = 1;

    public const int CoversMost = 200;
}

/// <summary>A branch's commit as seen.</summary>
public sealed record Head(CommitSha Sha, DateTimeOffset SeenAt);

/// <summary><c>heads/{tree}.json</c>, owned by CommitDetection.</summary>
public sealed record TreeHeads(TreeName Tree)
{
    /// <summary>By branch name without <c>refs/heads/</c>; tags as <c>tags/NAME</c>. Ordinal order.</summary>
    public SortedDictionary<string, Head> Branches { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Heads that were seen and not tested yet, by branch, oldest first; null for none.</summary>
    public SortedDictionary<string, IReadOnlyList<WaitingHead>>? Waiting { get; init; }

    /// <summary>When a branch was tested of late, where the tree limits that; null for none.</summary>
    public SortedDictionary<string, IReadOnlyList<DateTimeOffset>>? TestedAt { get; init; }

    /// <summary>Since when polls find more new heads than the tree takes at once; null when they do not.</summary>
    public DateTimeOffset? PacedSince { get; init; }

    /// <summary>Null until the first successful look: what is found then is the baseline.</summary>
    public DateTimeOffset? FirstSeenAt { get; init; }

    public DateTimeOffset? PolledAt { get; init; }

    /// <summary>Another poll of this tree may not start before.</summary>
    public DateTimeOffset? PollLeaseUntil { get; init; }

    /// <summary>Why the last poll failed; null after a good one.</summary>
    public string? PollError { get; init; }

    /// <summary>When the first of the failed polls in a row was; null after a good one.</summary>
    public DateTimeOffset? PollFailingSince { get; init; }

    /// <summary>Since when the clock of the tree's GitLab differs from ours; null: it does not.</summary>
    public DateTimeOffset? ClockOffSince { get; init; }

    public int V { get; init; } = 1;

    public const string Prefix = "heads/";

    public static string Key(TreeName tree) => $"{Prefix}{tree}.json";

    /// <summary>Below the prefix lie more: <see cref="CommitClaim"/> and <see cref="TreeOthers"/>.</summary>
    public static bool IsKey(string key) => key.StartsWith(Prefix, StringComparison.Ordinal) && !key[Prefix.Length..].Contains('/');

    /// <summary>When all heads were last seen, as near as is known: a look that failed saw none. Null: never.</summary>
    [JsonIgnore]
    public DateTimeOffset? LookedAt => FirstSeenAt is null ? null : PollFailingSince ?? PolledAt;

    public IReadOnlyList<WaitingHead> WaitingOn(string branch) => Waiting is not null && Waiting.TryGetValue(branch, out IReadOnlyList<WaitingHead>? waiting) ? waiting : [];
}

/// <summary>A head that was seen and not tested yet.</summary>
public sealed record WaitingHead(CommitSha Sha, DateTimeOffset Since, string? Title);

/// <summary><c>heads/{tree}/commits/{sha}.json</c>, where a tree wants a commit tested once: whose run that is.</summary>
public sealed record CommitClaim(CommitSha Sha, RunId Run, string Branch, int V = 1)
{
    public static string Key(TreeName tree, CommitSha sha) => $"heads/{tree}/commits/{sha}.json";
}
