namespace Cki.GitLabSimulator;

/// <summary>What a new pipeline is asked for; scripts choose by it.</summary>
/// <param name="Project">Path with namespace.</param>
/// <param name="Source">GitLab's pipeline source: api, trigger, push, parent_pipeline, pipeline.</param>
public sealed record PipelineRequest(
    string Project, string Ref, string Sha, string Source, IReadOnlyDictionary<string, string> Variables)
{
    /// <summary>Inputs as given, values in their JSON text.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>What a pipeline does: GitLab's YAML, already decided.</summary>
public sealed record PipelineScript(IReadOnlyList<JobScript> Jobs)
{
    /// <summary>Stages in order; default: in the order in which jobs name them.</summary>
    public IReadOnlyList<string> Stages { get; init; } = [.. Jobs.Select(job => job.Stage).Distinct(StringComparer.Ordinal)];

    /// <summary><c>workflow:name</c>.</summary>
    public string? Name { get; init; }

    /// <summary>When set, creating the pipeline is refused with this message.</summary>
    public string? Refusal { get; init; }

    /// <summary><c>workflow:auto_cancel:on_job_failure: all</c>.</summary>
    public bool CancelAllOnFailure { get; init; }
}

/// <summary>One job of a script.</summary>
public sealed record JobScript(string Name, string Stage)
{
    /// <summary>The outcome of the first try, of the first retry, and so on; the last repeats. Default: one success.</summary>
    public IReadOnlyList<JobAttempt> Attempts { get; init; } = [new()];
    public bool AllowFailure { get; init; }

    /// <summary>on_success, on_failure, always, manual, delayed.</summary>
    public string When { get; init; } = "on_success";
    public TimeSpan StartIn { get; init; } = TimeSpan.FromMinutes(1);
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Names of needed jobs; null orders by stages.</summary>
    public IReadOnlyList<string>? Needs { get; init; }

    /// <summary>GitLab's own <c>retry:</c>, at most 2 there.</summary>
    public int NativeRetries { get; init; }

    /// <summary>Makes this a bridge.</summary>
    public DownstreamScript? Trigger { get; init; }
}

/// <summary>What a bridge starts.</summary>
/// <param name="Project">Path of another project; null starts a child pipeline in the same one.</param>
public sealed record DownstreamScript(string? Project = null)
{
    /// <summary>Ref of the downstream project; null is its default branch, or the parent's ref for a child.</summary>
    public string? Ref { get; init; }

    /// <summary>What the child does; null asks the downstream project's script.</summary>
    public PipelineScript? Script { get; init; }

    /// <summary><c>strategy: depend</c>: the bridge takes the downstream's status.</summary>
    public bool Depend { get; init; } = true;
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>How one try of a job goes.</summary>
public sealed record JobAttempt
{
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>success or failed.</summary>
    public string Status { get; init; } = "success";

    /// <summary>GitLab's failure reason; only with failed.</summary>
    public string? FailureReason { get; init; }
    public JobTrace Trace { get; init; } = RunnerTraces.Success();

    /// <summary>Description of the runner that takes it, if it may; null takes the first free one.</summary>
    public string? Runner { get; init; }

    /// <summary>Path inside the archive to text.</summary>
    public IReadOnlyDictionary<string, string> Artifacts { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);
    public TimeSpan? ArtifactsExpireIn { get; init; }

    /// <summary>What the JUnit reports among the artifacts hold.</summary>
    public IReadOnlyList<TestCase> Tests { get; init; } = [];

    public static JobAttempt Failed(JobTrace trace, string reason = "script_failure") =>
        new() { Status = "failed", FailureReason = reason, Trace = trace };
}

/// <summary>One case of a JUnit report.</summary>
/// <param name="Status">success, failed, skipped or error.</param>
public sealed record TestCase(string Suite, string Name, string Status, string? Output = null);
