using System.Text.Json.Serialization;

namespace Cki;

/// <summary>What a settled attempt says. Only <see cref="Passed"/> and <see cref="Failed"/> go to developers.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
public enum Verdict
{
    /// <summary>Warnings and not-run cells are told.</summary>
    Passed,

    /// <summary>Evidence says that it is the commit.</summary>
    Failed,

    /// <summary>Cause unknown: operators.</summary>
    Undetermined,

    /// <summary>Ours: operators.</summary>
    Infrastructure,

    /// <summary>Pipeline, variables or kernel configuration wrong: operators.</summary>
    Configuration,

    /// <summary>A newer head took its place.</summary>
    Superseded,

    /// <summary>By a person.</summary>
    Canceled,

    /// <summary>Deadline; what was not run is named.</summary>
    Incomplete,

    /// <summary>The commit was gone from its repository before its pipeline started: skipped, nobody's fault.</summary>
    Vanished,
}

/// <summary>One cell of the result matrix.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CellResult>))]
public enum CellResult
{
    Pass,
    Fail,
    Known,
    Flaky,
    NotRun,
}

/// <summary>One cell: an architecture (or <c>-</c> where a job names none) and a stage as GitLab names it (build, boot, test).</summary>
/// <param name="Why">For <see cref="CellResult.NotRun"/> and <see cref="CellResult.Flaky"/>: the reason in words.</param>
public sealed record ResultCell(string Architecture, string Stage, CellResult Result, int JobsPassed, int JobsTotal, string? Why);

/// <summary>A failed job that the verdict rests on, with what to quote.</summary>
public sealed record FailedJob(string Name, string Stage, long JobId, string WebUrl, IReadOnlyList<string> Lines, string Reason);

/// <summary>A job that was run again, when and why, and how that ended.</summary>
public sealed record RerunJob(string Name, long FirstJobId, long LastJobId, string Matcher, string Reason, string Outcome);

/// <summary>The result of a settled attempt; reports are made of it.</summary>
public sealed record RunResult(Verdict Verdict, string Reason)
{
    public IReadOnlyList<ResultCell> Cells { get; init; } = [];

    /// <summary>Jobs with evidence against the commit.</summary>
    public IReadOnlyList<FailedJob> Failures { get; init; } = [];

    /// <summary>Failed jobs that say nothing about the commit, or whose cause is unknown.</summary>
    public IReadOnlyList<FailedJob> Others { get; init; } = [];

    public IReadOnlyList<RerunJob> Reruns { get; init; } = [];

    /// <summary>E.g. failed jobs that may fail, new warnings in passing jobs.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
