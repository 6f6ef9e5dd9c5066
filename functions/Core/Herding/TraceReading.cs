namespace Cki;

/// <summary>What ended a job, as its trace tells.</summary>
public enum JobEnd
{
    /// <summary>No end mark.</summary>
    Unknown,
    Succeeded,

    /// <summary>A command returned non-zero.</summary>
    ScriptExit,

    /// <summary>Runner, pod, image or node.</summary>
    SystemFailure,
    TimedOut,
    Canceled,

    /// <summary><c>Job's log exceeded limit</c>: nothing follows, no end mark will come.</summary>
    LogLimit,
}

/// <summary>A line near the end. <see cref="IsUnexplained"/>: an error in words that are not known as trouble of infrastructure.</summary>
public readonly record struct EndingLine(TraceLine Line, bool IsUnexplained);

/// <summary>What a trace says, in bounded memory whatever its size.</summary>
public sealed record TraceReading
{
    public static readonly TraceReading Empty = new();

    public int LineCount { get; init; }

    public IReadOnlyList<TraceLine> Head { get; init; } = [];

    public IReadOnlyList<TraceLine> Tail { get; init; } = [];

    /// <summary>In order of line: what counts under the reading rules of herding.md, expected findings included.</summary>
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    public JobEnd End { get; init; }

    /// <summary>Where the job ended: the section whose failure failed it.</summary>
    public TraceSection Section { get; init; }

    /// <summary>
    /// Lines that explain the end: the runner's epilogue and the last command's own errors. Infrastructure is looked for here and nowhere else.
    /// </summary>
    public IReadOnlyList<TraceLine> Explaining { get; init; } = [];

    /// <summary>The same with what stands between, newest first: the epilogue, then up to 12 lines of the last command.</summary>
    public IReadOnlyList<EndingLine> Ending { get; init; } = [];

    /// <summary>The command that ran last, as echoed; null where none was.</summary>
    public string? LastCommand { get; init; }

    /// <summary>An end mark was seen, or none can come (<see cref="JobEnd.LogLimit"/>).</summary>
    public bool IsComplete { get; init; }

    /// <summary>The tests' own summary says that some ran and none failed.</summary>
    public bool TestsPassed { get; init; }

    /// <summary>The line that says that nothing was tested; null where none does.</summary>
    public string? MissedTests { get; init; }

    /// <summary>Firmware started again and again and no kernel was ever started.</summary>
    public bool NeverReachedKernel { get; init; }

    /// <summary>No words of anybody.</summary>
    public bool IsEmpty => LineCount == 0;
}
