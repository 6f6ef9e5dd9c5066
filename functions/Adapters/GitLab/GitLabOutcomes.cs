namespace Cki.Adapters;

/// <summary>GitLab did not answer, answered 5xx or 429 beyond our patience, or the network failed. A POST may have taken effect.</summary>
public sealed class GitLabUnavailableException(string message, Exception? inner = null) : FlowTaskException(ErrorNames.GitLabUnavailable, message, inner)
{
    /// <summary>How long GitLab asked us to wait (<c>Retry-After</c>), where it said so; unclamped.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>GitLab understood and said no (4xx other than 408 and 429, a project that moved, a host we have no configuration for): no retry mends it.</summary>
public sealed class GitLabRefusedException(int status, string message) : FlowTaskException(ErrorNames.GitLabRefused, message)
{
    /// <summary>HTTP status; 0 where nothing was asked.</summary>
    public int Status { get; } = status;
}

/// <summary>How <c>POST pipeline</c> ended; an unanswered one throws <see cref="GitLabUnavailableException"/>.</summary>
public abstract record PipelineCreation
{
    private PipelineCreation() { }

    public sealed record Created(PipelineShown Pipeline) : PipelineCreation;

    /// <summary>Unknown ref, YAML error, variables forbidden, no permission: verdict configuration.</summary>
    public sealed record Refused(int Status, string Message) : PipelineCreation;
}

/// <summary>How <c>POST retry</c> of a job ended; an unanswered one throws <see cref="GitLabUnavailableException"/>.</summary>
public abstract record JobRetrial
{
    private JobRetrial() { }

    public sealed record Retried(PipelineJob Successor) : JobRetrial;

    public sealed record NotRetryable(int Status, string Message) : JobRetrial;
}

/// <summary>A branch as GitLab lists it.</summary>
public sealed record GitLabBranch(string Name, CommitSha Sha, string Title);

/// <param name="State">GitLab's words: pending, running, success, failed, canceled, skipped.</param>
/// <param name="Context">The status' name.</param>
/// <param name="Description">At most 255 characters are sent (GitLab refuses more).</param>
public sealed record CommitStatusPost(CommitSha Sha, string State, string Context, string? GitRef, string Description, string? TargetUrl);

