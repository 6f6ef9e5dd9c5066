using System.Text.Json.Serialization;

namespace Cki;

/// <summary>Everything that a run's page shows; also the JSON beside it.</summary>
public sealed record BoardRun(RunDetection Detection)
{
    /// <summary>When the board first showed it: its place in the indexes. Null: when it was detected.</summary>
    public DateTimeOffset? FirstSeenAt { get; init; }

    /// <summary>Null until PipelineTrigger took it up.</summary>
    public RunPipeline? Pipeline { get; init; }

    /// <summary>The herder's records of the attempts' pipelines, in order of job name.</summary>
    public IReadOnlyList<JobRecord> Jobs { get; init; } = [];

    /// <summary>In order of channel and kind.</summary>
    public IReadOnlyList<ReportDelivery> Deliveries { get; init; } = [];

    public int V { get; init; } = 1;

    public static string PageKey(RunId run) => $"board/runs/{run}.html";

    public static string JsonKey(RunId run) => $"board/runs/{run}.json";
}

/// <summary><c>board/index.json</c>: the trees, the newest runs of all, newest first, and the notices.</summary>
public sealed record BoardIndexed(IReadOnlyList<BoardEntry> Runs, IReadOnlyList<NoticeState> Notices, int V = BoardIndexed.Current)
{
    /// <summary>Older ones know no trees: the indexes are built anew from the newest entries.</summary>
    public const int Current = 2;

    public const string Page = "board/index.html";

    public const string Json = "board/index.json";

    public IReadOnlyList<BoardTreeLine> Trees { get => field ?? []; init; } = [];

    /// <summary>Null: from earlier releases.</summary>
    public BoardLevels? Levels { get; init; }
}

/// <summary>A tree on the front page.</summary>
/// <param name="Branches">Those with the newest runs, the newest first; empty where there are too many trees.</param>
public sealed record BoardTreeLine(TreeName Tree, DateTimeOffset LastAt, IReadOnlyList<BoardBranch> Branches);

/// <summary>A branch's newest runs under test, newest first.</summary>
public sealed record BoardBranch(string Name, DateTimeOffset LastAt, IReadOnlyList<BoardMark> Marks);

/// <summary>One cell of a strip.</summary>
/// <param name="Verdict">Null: not settled.</param>
public sealed record BoardMark(RunId Run, CommitSha Sha, DateTimeOffset At, Verdict? Verdict);

/// <summary><c>board/trees/{tree}/{yyyy-MM-dd}.json</c>: the runs of a tree that were detected on one day, newest first.</summary>
public sealed record BoardDay(TreeName Tree, string Day, IReadOnlyList<BoardEntry> Runs, int V = 1)
{
    /// <summary>It had more: the oldest have their own pages only.</summary>
    public bool IsCut { get; init; }

    public static string Prefix(TreeName tree) => $"board/trees/{tree}/";

    public static string PageKey(TreeName tree, string day) => $"{Prefix(tree)}{day}.html";

    public static string JsonKey(TreeName tree, string day) => $"{Prefix(tree)}{day}.json";
}

/// <summary><c>board/trees/{tree}.json</c>: a tree's page.</summary>
/// <param name="Newest">Newest runs of all branches, tested or not.</param>
/// <param name="Days">Newest first.</param>
public sealed record BoardTree(TreeName Tree, IReadOnlyList<BoardEntry> Newest, IReadOnlyList<BoardBranch> Branches, IReadOnlyList<BoardDayCount> Days, int V = 1)
{
    public const string Prefix = "board/trees/";

    public BoardTreeHealth? Health { get; init; }

    public static string PageKey(TreeName tree) => $"{Prefix}{tree}.html";

    public static string JsonKey(TreeName tree) => $"{Prefix}{tree}.json";

    public static string FeedKey(TreeName tree) => $"{Prefix}{tree}.xml";
}

/// <summary>How runs of a day stand.</summary>
/// <param name="NotTested">Covered, skipped or waiting.</param>
/// <param name="Other">Settled with any other verdict.</param>
public sealed record BoardDayCount(
    TreeName Tree, string Day, int Passed, int Failed, int Infrastructure, int Undetermined, int Other, int Running, int NotTested)
{
    /// <summary>What else of them counts for the service levels; null: every run kept them all.</summary>
    public BoardMissed? Missed { get; init; }

    [JsonIgnore]
    public int Settled => Passed + Failed + Infrastructure + Undetermined + Other;

    [JsonIgnore]
    public int All => Settled + Running + NotTested;
}

/// <summary>How a tree is heard of.</summary>
/// <param name="PollFailingSince">Null: it can be polled.</param>
/// <param name="HookDownSince">Null: its webhook works, as far as is known.</param>
public sealed record BoardTreeHealth(DateTimeOffset? PolledAt, DateTimeOffset? PollFailingSince, string? PollError, DateTimeOffset? HookDownSince, string? HookTrouble)
{
    /// <summary>Heads that wait for their turn.</summary>
    public int Waiting { get; init; }

    public int Branches { get; init; }

    [JsonIgnore]
    public bool IsWell => PollFailingSince is null && HookDownSince is null;
}

/// <summary><c>board/history.json</c>: what days came to, newest day first, then by tree.</summary>
public sealed record BoardHistory(IReadOnlyList<BoardDayCount> Days, int V = 1)
{
    public const string Page = "board/history.html";

    public const string Json = "board/history.json";
}

/// <summary><c>board/.index-pending</c>: a rewrite of the index is on its way, so that a thousand changes a minute make one.</summary>
public sealed record BoardIndexPending(DateTimeOffset DueAt, int V = 1)
{
    public const string Key = "board/.index-pending";
}
