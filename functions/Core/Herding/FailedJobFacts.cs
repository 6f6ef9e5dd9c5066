namespace Cki;

/// <summary>All that the decision on one ended job rests on.</summary>
/// <param name="Job">As GitLab shows it; <see cref="PipelineJob.Name"/> is its own name, without bridges.</param>
public sealed record FailedJobFacts(PipelineJob Job, TraceReading Trace)
{
    /// <summary>Jobs of the same name before this one, whoever started them: each counts against the limits.</summary>
    public int EarlierAttempts { get; init; }

    /// <summary>No more is to come: size stable on two reads, or the job's final state older than 10 minutes.</summary>
    public bool IsTraceFinal { get; init; }

    /// <summary>GitLab cancelled it because a sibling failed for a system reason (<c>on_job_failure: all</c>).</summary>
    public bool CanceledBySibling { get; init; }

    /// <summary>From JUnit and the like among the artefacts; null where none were read. They beat the trace's text.</summary>
    public TestResults? Results { get; init; }

    /// <summary>Failure classes that hit many pipelines now.</summary>
    public IReadOnlyList<string> ClassesInOutage { get; init; } = [];
}

/// <summary>Structured test results of a job: counts, and the failed tests' names in the file's order.</summary>
public sealed record TestResults(int Passed, IReadOnlyList<string> Failed);
