using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Cki;

/// <summary>One attempt of a job: GitLab's id, how it ended, what we decided.</summary>
public sealed record JobAttempt(long JobId, string Status, string? FailureReason, string? Runner, string WebUrl, HerdDecision Decision, DateTimeOffset DecidedAt)
{
    /// <summary>See <see cref="PipelineJob.Machine"/>.</summary>
    public string? Machine { get; init; }

    /// <summary>User name of who started it.</summary>
    public string? User { get; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<RetryState>))]
public enum RetryState
{
    /// <summary>The flow waits for the delay to end.</summary>
    Pending,

    /// <summary>Claimed for posting at <see cref="JobRetry.ClaimedAt"/>.</summary>
    Posting,

    /// <summary>A successor exists.</summary>
    Done,

    /// <summary>Not retried after all, see <see cref="JobRetry.Outcome"/>.</summary>
    Dropped,
}

/// <summary>A retry of one job attempt, from intention to outcome.</summary>
public sealed record JobRetry(long JobId, string Matcher, DateTimeOffset DueAt, RetryState State)
{
    /// <summary>Most retries of the job's name in its run, this one included; null: <see cref="RetryTally.AttemptsMax"/>.</summary>
    public int? Limit { get; init; }

    /// <summary>A job of an earlier stage whose retry must be posted before.</summary>
    public string? After { get; init; }

    public DateTimeOffset? ClaimedAt { get; init; }

    /// <summary>The successor's id.</summary>
    public long? NewJobId { get; init; }

    public string? Outcome { get; init; }

    /// <summary>Dropped for want of what its producers left: only a new pipeline of the same commit completes the run.</summary>
    public bool WantsNewAttempt { get; init; }
}

/// <summary>
/// <c>pipelines/{host}/{project}/{pipeline}/jobs/{name-hash}.json</c>, owned by JobHerding: all attempts of one job name in a pipeline.
/// </summary>
public sealed record JobRecord(PipelineRef Pipeline, string Name, string Stage)
{
    public bool AllowFailure { get; init; }

    /// <summary>In order of job id.</summary>
    public IReadOnlyList<JobAttempt> Attempts { get; init; } = [];

    /// <summary>In order of job id; at most one per attempt.</summary>
    public IReadOnlyList<JobRetry> Retries { get; init; } = [];

    public int V { get; init; } = 1;

    public JobAttempt? AttemptOf(long jobId) => Attempts.FirstOrDefault(a => a.JobId == jobId);

    public JobRetry? RetryOf(long jobId) => Retries.FirstOrDefault(r => r.JobId == jobId);

    /// <summary>True while a retry is neither done nor dropped: the pipeline has not settled.</summary>
    [JsonIgnore]
    public bool IsRetryPending => Retries.Any(r => r.State is RetryState.Pending or RetryState.Posting);

    public static string Prefix(PipelineRef pipeline) => $"{pipeline.Key[..^".json".Length]}/jobs/";

    public static string Key(PipelineRef pipeline, string name) =>
        $"{Prefix(pipeline)}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..16]}.json";
}
