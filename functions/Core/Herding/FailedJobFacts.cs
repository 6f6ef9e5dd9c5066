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

    /// <summary>That sibling has no decision yet: it may be retried, and then so is this job.</summary>
    public bool IsSiblingUndecided { get; init; }

    /// <summary>A failed job of an earlier stage that is run again; null for none. What broke for want of its output follows it.</summary>
    public string? RetriedProducer { get; init; }

    /// <summary>Decided attempts of the same name before this one.</summary>
    public IReadOnlyList<JobAttempt> Earlier { get; init; } = [];

    /// <summary>What the tree wants confirmed by a re-run.</summary>
    public ConfirmWhat Confirm { get; init; } = ConfirmWhat.Weak;

    /// <summary>The job of this name on the parent commit; null: not looked for yet.</summary>
    public ParentJob? Parent { get; init; }

    /// <summary>From JUnit and the like among the artefacts; null where none were read. They beat the trace's text.</summary>
    public TestResults? Results { get; init; }

    /// <summary>Failure classes that hit many pipelines now.</summary>
    public IReadOnlyList<string> ClassesInOutage { get; init; } = [];
}

/// <summary>Structured test results of a job: counts, and the failed tests' names in the file's order.</summary>
/// <param name="Skipped">Tests that did not run.</param>
public sealed record TestResults(int Passed, IReadOnlyList<string> Failed, int Skipped = 0)
{
    public TestResults And(TestResults other) => new(Passed + other.Passed, [.. Failed, .. other.Failed], Skipped + other.Skipped);
}
