using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Cki;

/// <summary>One attempt of a job: GitLab's id, how it ended, what we decided.</summary>
public sealed record JobAttempt(long JobId, string Status, string? FailureReason, string? Runner, string WebUrl, HerdDecision Decision, DateTimeOffset DecidedAt)
{
    /// <summary>Of a failure that nothing explains, see <see cref="UnknownSignature"/>; null for others.</summary>
    public string? Signature { get; init; }

    /// <summary>From its start to its end; null where it never started.</summary>
    public TimeSpan? RanFor { get; init; }

    /// <summary>See <see cref="PipelineJob.Machine"/>, with what its trace adds: <see cref="RunnerMachine.Joined"/>.</summary>
    public string? Machine { get; init; }

    /// <summary>User name of who started it.</summary>
    public string? User { get; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<RetryState>))]
public enum RetryState
{
    /// <summary>The flow waits for the delay to end.</summary>
    Pending,

    /// <summary>Its class is in outage: it waits for the release.</summary>
    Held,

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

    /// <summary>Its job may fail: it has the last place in the budgets.</summary>
    public bool AllowFailure { get; init; }

    /// <summary>A job of an earlier stage whose retry must be posted before.</summary>
    public string? After { get; init; }

    public DateTimeOffset? ClaimedAt { get; init; }

    /// <summary>When an outage last held it; null: never. Such a retry says nothing about its matcher.</summary>
    public DateTimeOffset? HeldAt { get; init; }

    /// <summary>A probe, or let go by a person: the outage does not hold it.</summary>
    public bool PassesOutage { get; init; }

    /// <summary>The successor's id.</summary>
    public long? NewJobId { get; init; }

    public string? Outcome { get; init; }

    /// <summary>Dropped for want of what its producers left: only a new pipeline of the same commit completes the run.</summary>
    public bool WantsNewAttempt { get; init; }
}

/// <summary>Who said that a job's findings are wrong, when and why. Attempts that come later are judged anew.</summary>
/// <param name="By">GitLab user name.</param>
/// <param name="JobIds">The attempts that were known to whoever said so, ascending.</param>
public sealed record Overruling(string By, DateTimeOffset At, string Reason, IReadOnlyList<long> JobIds);

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

    /// <summary>The job of this name that had passed when its pipeline settled; noted only where matchers in shadow would have acted on a failure before. Else null.</summary>
    public long? PassedJobId { get; init; }

    /// <summary>A person overruled what was found in its attempts; null: nobody did.</summary>
    public Overruling? Overruled { get; init; }

    public int V { get; init; } = 1;

    /// <summary>The decision on an attempt as it counts: a finding that a person overruled is nobody's fault but ours.</summary>
    public HerdDecision Standing(JobAttempt attempt) => Overruled is { } by && attempt.Decision.Finding is JobFinding.Failed or JobFinding.Known && by.JobIds.Contains(attempt.JobId)
        ? attempt.Decision with { Act = HerdAct.Leave, Finding = JobFinding.Infrastructure, Reason = $"overruled by {by.By} ({by.Reason}); it was: {attempt.Decision.Reason}" }
        : attempt.Decision;

    public JobAttempt? AttemptOf(long jobId) => Attempts.FirstOrDefault(a => a.JobId == jobId);

    /// <summary>With this retry in place of the one of the same job.</summary>
    public JobRecord With(JobRetry retry) => this with { Retries = [.. Retries.Select(r => r.JobId == retry.JobId ? retry : r)] };

    public JobRetry? RetryOf(long jobId) => Retries.FirstOrDefault(r => r.JobId == jobId);

    /// <summary>True while a retry is neither done nor dropped: the pipeline has not settled.</summary>
    [JsonIgnore]
    public bool IsRetryPending => Retries.Any(r => r.State is RetryState.Pending or RetryState.Held or RetryState.Posting);

    public static string Prefix(PipelineRef pipeline) => $"{pipeline.Key[..^".json".Length]}/jobs/";

    public static string Key(PipelineRef pipeline, string name) =>
        $"{Prefix(pipeline)}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..16]}.json";
}
