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
public sealed record FailedJob(string Name, string Stage, long JobId, string WebUrl, IReadOnlyList<string> Lines, string Reason)
{
    /// <summary>As in the matrix; null in results of earlier releases.</summary>
    public string? Architecture { get; init; }

    /// <summary>The same job on the parent commit; null: nobody looked.</summary>
    public ParentJob? Parent { get; init; }

    /// <summary>Where it failed like this before; null: it is not known, or by the parent's job alone.</summary>
    public KnownBefore? Known { get; init; }

    public BuildFacts? Build { get; init; }

    /// <summary>Runners of the attempts that failed like this, in order.</summary>
    public IReadOnlyList<string> Runners { get => field ?? []; init; } = [];

    /// <summary>Attempts in all; 0 in results of earlier releases.</summary>
    public int Attempts { get; init; }

    /// <summary>Of these, how many failed with evidence against the commit.</summary>
    public int FailedAttempts { get; init; }

    /// <summary>Its latest attempt passed: the evidence stands, and it fails sometimes.</summary>
    public bool PassedLater { get; init; }
}

/// <summary>A job that was run again, when and why, and how that ended.</summary>
public sealed record RerunJob(string Name, long FirstJobId, long LastJobId, string Matcher, string Reason, string Outcome)
{
    /// <summary>When the re-run was due; null in results of earlier releases.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The runner's section that the attempt before ended in (<see cref="HerdDecision.Section"/>).</summary>
    public string? Section { get; init; }
}

/// <summary>A finding in a job that passed.</summary>
/// <param name="Name">What it is: <c>kernel warning</c>.</param>
public sealed record PassedWithWarning(string Job, long JobId, string WebUrl, string Name, string Line)
{
    /// <summary>Whether the parent's job printed it too; <see cref="ParentResult.Passed"/>: it did not. Null: nobody looked.</summary>
    public ParentJob? Parent { get; init; }
}

/// <summary>The result of a settled attempt; reports are made of it.</summary>
public sealed record RunResult(Verdict Verdict, string Reason)
{
    public IReadOnlyList<ResultCell> Cells { get; init; } = [];

    /// <summary>Jobs with evidence against the commit.</summary>
    public IReadOnlyList<FailedJob> Failures { get; init; } = [];

    /// <summary>Failed jobs that say nothing about the commit, or whose cause is unknown.</summary>
    public IReadOnlyList<FailedJob> Others { get; init; } = [];

    /// <summary>Gating jobs that fail as they did before this commit.</summary>
    public IReadOnlyList<FailedJob> Known { get => field ?? []; init; } = [];

    public IReadOnlyList<RerunJob> Reruns { get; init; } = [];

    /// <summary>Findings in jobs that passed.</summary>
    public IReadOnlyList<PassedWithWarning> PassedWith { get => field ?? []; init; } = [];

    /// <summary>E.g. failed jobs that may fail, jobs that passed at a second try.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
