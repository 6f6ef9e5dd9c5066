using System.Globalization;
using System.Text.Json.Serialization;

namespace Cki;

/// <summary>
/// <c>board/entries/{reverse time}-{runId}.json</c>: a run in one line. The reverse time (of detection) makes the newest sort first, so that the newest
/// of all, or those of one day, are found by listing a bounded number of keys.
/// </summary>
public sealed record BoardEntry(RunId Run, TreeName Tree, string Branch, CommitSha Sha, DateTimeOffset DetectedAt)
{
    public const string Prefix = "board/entries/";

    private const int ReasonMax = 160;
    private const int TitleMax = 100;
    private const long LastMillisecond = 9_999_999_999_999;

    public string? Title { get; init; }

    /// <summary>Null: under test (entries of older releases say nothing else).</summary>
    public DetectionState? State { get; init; }

    /// <summary>The run that stands for it.</summary>
    public RunId? CoveredBy { get; init; }

    /// <summary>Commits that it stands for beside its own.</summary>
    public int Covers { get; init; }

    /// <summary>Null until settled.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>Of the verdict, or why it is not tested.</summary>
    public string? Reason { get; init; }

    public DateTimeOffset? SettledAt { get; init; }

    public int Attempts { get; init; }

    /// <summary>Jobs that were run again.</summary>
    public int Reruns { get; init; }

    public int CellsNotRun { get; init; }

    /// <summary>The service levels that it missed so far.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public LevelsMissed Missed { get; init; }

    public int V { get; init; } = 1;

    [JsonIgnore]
    public string Key => $"{After(DetectedAt)}-{Run}.json";

    /// <summary>False: covered, skipped or waiting.</summary>
    [JsonIgnore]
    public bool IsTested => State is null or DetectionState.Detected;

    /// <summary>UTC day of detection, <c>2026-11-22</c>: it never changes.</summary>
    [JsonIgnore]
    public string Day => DayOf(DetectedAt);

    public static string DayOf(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Keys behind this one are of runs that were detected at <paramref name="at"/> or before.</summary>
    public static string After(DateTimeOffset at) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{LastMillisecond - at.ToUnixTimeMilliseconds():D13}");

    public static BoardEntry Of(BoardRun run)
    {
        RunDetection found = run.Detection;
        RunAttempt? latest = run.Pipeline is { Attempts.Count: > 0 } pipeline ? pipeline.Latest : null;
        RunResult? result = latest?.Result is null ? null : ReportModel.Clean(latest.Result);
        string? reason = result?.Reason ?? (found.State == DetectionState.Detected ? null : found.Reason);
        return new BoardEntry(found.Run, found.Tree, SafeText.Line(found.Branch, TitleMax), found.Sha, run.FirstSeenAt ?? found.DetectedAt)
        {
            Title = found.Title is null ? null : SafeText.Line(found.Title, TitleMax),
            State = found.State == DetectionState.Detected ? null : found.State,
            CoveredBy = found.CoveredBy,
            Covers = found.CoversCount ?? 0,
            Verdict = result?.Verdict,
            Reason = reason is null ? null : SafeText.Line(reason, ReasonMax),
            SettledAt = latest?.SettledAt,
            Attempts = latest?.Number ?? 0,
            Reruns = result?.Reruns.Count ?? 0,
            CellsNotRun = result?.Cells.Count(c => c.Result == CellResult.NotRun) ?? 0,
            Missed = ServiceLevels.MissedBy(run),
        };
    }
}

/// <summary>
/// <c>board/changed/{kind}/{subject}/{id}</c>: the next rewrite of the indexes takes the subject up. Placed after what it tells of was written, deleted
/// after that was folded, and each has a key of its own: none is lost, whoever crashes.
/// </summary>
/// <param name="Key">What to read.</param>
public sealed record BoardChange(string Key, int V = 1)
{
    public const string Prefix = "board/changed/";

    public const string Runs = $"{Prefix}runs/";

    public const string Notices = $"{Prefix}notices/";
}
