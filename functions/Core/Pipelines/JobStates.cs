namespace Cki;

/// <summary>GitLab's pipeline and job statuses as text; unknown ones are not terminal.</summary>
public static class GitLabStatus
{
    public const string Success = "success";
    public const string Failed = "failed";
    public const string Canceled = "canceled";
    public const string Skipped = "skipped";
    public const string Manual = "manual";
    public const string Running = "running";
    public const string Pending = "pending";

    public static bool IsTerminal(string status) => status is Success or Failed or Canceled or Skipped;
}

/// <summary>A job as GitLab shows it. Times are null until they happened.</summary>
/// <param name="FailureReason">GitLab's, e.g. <c>script_failure</c>; null unless failed.</param>
/// <param name="Runner">The runner's description, null until one took it.</param>
public sealed record PipelineJob(
    long Id, string Name, string Stage, string Status, bool AllowFailure, string? FailureReason, string? Runner, string WebUrl)
{
    public IReadOnlyList<string> Tags { get; init; } = [];

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public double? DurationSeconds { get; init; }

    /// <summary>What tells apart where jobs ran: the runner's id, with its manager's where GitLab shows one. Null until one took it.</summary>
    public string? Machine { get; init; }

    /// <summary>When its artefacts go; null: they stay, or there are none.</summary>
    public DateTimeOffset? ArtifactsExpireAt { get; init; }

    /// <summary>GitLab's file types of what it left: <c>archive</c>, <c>junit</c>, <c>trace</c>, ...</summary>
    public IReadOnlyList<string> Artifacts { get; init; } = [];

    /// <summary>Its name in its own pipeline, where <see cref="Name"/> tells the bridges that led there as well; else the same.</summary>
    public string OwnName { get => field ?? Name; init; }

    /// <summary>User name of who created (or retried) it.</summary>
    public string? User { get; init; }

    public long PipelineId { get; init; }

    /// <summary>The pipeline's project where it is not the one asked for (downstream).</summary>
    public ProjectRef? Project { get; init; }
}

/// <summary>A trigger job and the pipeline it started, if it did.</summary>
public sealed record PipelineBridge(long Id, string Name, string Stage, string Status, bool AllowFailure, PipelineRef? Downstream)
{
    /// <summary>Why what it should have started is not there, for one that our configuration expects and GitLab knows nothing of.</summary>
    public string? Missing { get; init; }
}

/// <summary>A runner a project can use.</summary>
public sealed record RunnerShown(long Id, string Description, bool IsOnline, bool IsPaused, IReadOnlyList<string> Tags, bool RunsUntagged);

/// <summary>A pipeline as GitLab shows it.</summary>
public sealed record PipelineShown(PipelineRef Ref, string Status, string GitRef, CommitSha Sha, string Source, string WebUrl)
{
    public DateTimeOffset CreatedAt { get; init; }

    public string? User { get; init; }

    public string? Name { get; init; }
}
