namespace Cki.GitLabSimulator;

/// <summary>A pipeline with all its jobs, superseded ones included.</summary>
public sealed class GitLabPipeline
{
    public required long Id { get; init; }
    public required int Iid { get; init; }
    public required GitLabProject Project { get; init; }
    public required string Ref { get; init; }
    public required string Sha { get; init; }
    public required GitLabUser User { get; init; }
    public required PipelineScript Script { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public string Source { get; init; } = "api";
    public bool Tag { get; init; }
    public string BeforeSha { get; init; } = GitLabWorld.NoSha;
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);
    public GitLabMergeRequest? MergeRequest { get; init; }

    /// <summary>The bridge that started it; null for a pipeline without a parent.</summary>
    public GitLabJob? SourceBridge { get; init; }
    public string Status { get; internal set; } = "created";
    public DateTimeOffset UpdatedAt { get; internal set; }
    public DateTimeOffset? StartedAt { get; internal set; }
    public DateTimeOffset? FinishedAt { get; internal set; }

    /// <summary>Every try of every job, lowest id first; bridges included.</summary>
    public List<GitLabJob> Jobs { get; } = [];

    /// <summary>CKI_RUN_ID and CKI_RUN_ATTEMPT as the pipeline carries them, else null.</summary>
    public string? RunId => Variables.GetValueOrDefault("CKI_RUN_ID");
    public string? RunAttempt => Variables.GetValueOrDefault("CKI_RUN_ATTEMPT");
    public bool Finished => Statuses.IsFinished(Status);

    /// <summary>The fault that keeps it <c>running</c> though all its jobs are done.</summary>
    public bool StuckRunning { get; internal set; }

    internal IEnumerable<GitLabJob> Latest => Jobs.Where(job => !job.Superseded);
    internal bool Warned => Latest.Any(job => job.Script.AllowFailure && job.Status is "failed" or "canceled");
}

/// <summary>One try of a job, or a bridge.</summary>
public sealed class GitLabJob
{
    public required long Id { get; init; }
    public required GitLabPipeline Pipeline { get; init; }
    public required JobScript Script { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>0 for the first try.</summary>
    public int Retries { get; init; }
    public string Name => Script.Name;
    public string Stage => Script.Stage;
    public bool IsBridge => Script.Trigger is not null;
    public string Status { get; internal set; } = "created";

    /// <summary>Whoever created, retried or played it.</summary>
    public required GitLabUser User { get; set; }

    /// <summary>A newer try of the same name exists (GitLab's <c>retried</c>, which its API does not show).</summary>
    public bool Superseded { get; internal set; }
    public string? FailureReason { get; internal set; }
    public DateTimeOffset? QueuedAt { get; internal set; }
    public DateTimeOffset? StartedAt { get; internal set; }
    public DateTimeOffset? FinishedAt { get; internal set; }
    public DateTimeOffset? ErasedAt { get; internal set; }
    public GitLabRunner? Runner { get; internal set; }

    /// <summary>What this try does, faults included; null until it starts.</summary>
    public JobAttempt? Attempt { get; internal set; }

    /// <summary>The pipeline this bridge started.</summary>
    public GitLabPipeline? Downstream { get; internal set; }

    /// <summary>Every status with its time, oldest first.</summary>
    public List<(DateTimeOffset At, string Status)> History { get; } = [];
    public bool Finished => Statuses.IsFinished(Status);

    /// <summary>No runner will ever take it: the fault of that name.</summary>
    public bool StuckPending { get; internal set; }

    /// <summary>Pending for long enough that a runner may have asked for it.</summary>
    internal bool AwaitsRunner { get; set; }
    internal TimeSpan TraceLag { get; set; }
    internal int StageIndex { get; init; }

    /// <summary>Rises whenever a timer that was set for this job no longer means it.</summary>
    internal int Turn { get; set; }

    /// <summary>A person or API said play; processing then enqueues instead of waiting for a click.</summary>
    internal bool Played { get; set; }
}
