using System.Text.Json.Serialization;

namespace Cki;

/// <summary>How far an attempt is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AttemptState>))]
public enum AttemptState
{
    /// <summary>Wanted; no pipeline known yet (perhaps claimed for posting).</summary>
    Starting,

    /// <summary>Its pipeline is known.</summary>
    Running,

    /// <summary>Its result is final.</summary>
    Settled,
}

/// <summary>One try at a pipeline for a run. Numbers are 1, 2, ... (2 and up by fallback or retest).</summary>
public sealed record RunAttempt(int Number)
{
    public AttemptState State { get; init; } = AttemptState.Starting;

    /// <summary>Set before each <c>POST pipeline</c>; bars another POST for 3 minutes (poster's care).</summary>
    public DateTimeOffset? ClaimedAt { get; init; }

    /// <summary>How often it was claimed. Above 1 a POST went unanswered, and a twin may exist.</summary>
    public int Claims { get; init; }

    /// <summary>When twins were last looked for; see <see cref="Starting.MayHaveTwins"/>.</summary>
    public DateTimeOffset? TwinsSoughtAt { get; init; }

    public PipelineRef? Pipeline { get; init; }

    public string? WebUrl { get; init; }

    /// <summary>Later pipelines of the same attempt, cancelled by us.</summary>
    public IReadOnlyList<long> CanceledTwins { get; init; } = [];

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Last time a job's status was seen to change; the deadline counts from here.</summary>
    public DateTimeOffset? ProgressAt { get; init; }

    /// <summary>Fingerprint of all latest jobs' (name, id, status) at the last check, and when it was first seen equal.</summary>
    public string? Fingerprint { get; init; }

    public DateTimeOffset? FingerprintAt { get; init; }

    public DateTimeOffset? SettledAt { get; init; }

    /// <summary>Set when settled.</summary>
    public RunResult? Result { get; init; }

    /// <summary>Results that held before, oldest first; null: the first one stands.</summary>
    public IReadOnlyList<Reconsidered>? Reconsidered { get; init; }

    /// <summary>How often the result changed since it was first told.</summary>
    [JsonIgnore]
    public int Judgements => Reconsidered is { Count: > 0 } ? Math.Max(Reconsidered[^1].Number, Reconsidered.Count) : 0;

    /// <summary>Index of the fallback whose variables this attempt uses; null for the tree's own.</summary>
    public int? Fallback { get; init; }

    /// <summary>Executions started in place of a died one.</summary>
    public int Redrives { get; init; }

    /// <summary>When its first starvation was told to operators, standby runners named; null: it never starved.</summary>
    public DateTimeOffset? StandbysSoughtAt { get; init; }

    /// <summary>Operators hear that it starves; null: they do not, or not any more.</summary>
    public DateTimeOffset? StarvingToldAt { get; init; }

    /// <summary>Child pipelines started anew because nobody took their jobs; null: none.</summary>
    public IReadOnlyList<Regeneration>? Regenerations { get; init; }
}

/// <summary>A bridge run again in place of a child pipeline that starved from its first job.</summary>
/// <param name="Bridge">Its id before.</param>
/// <param name="At">Bars another POST as the claim of an attempt does.</param>
public sealed record Regeneration(string Path, long Bridge, PipelineRef Starved, DateTimeOffset At)
{
    public bool IsDone { get; init; }
}

/// <summary>A settled attempt's result that was judged anew.</summary>
/// <param name="Was">The result until then.</param>
/// <param name="Reason">What came to light, one sentence.</param>
/// <param name="By">Who brought it: a GitLab user name.</param>
public sealed record Reconsidered(RunResult Was, DateTimeOffset At, string Reason, string By)
{
    /// <summary>Which change of the attempt's result it was, from 1: not all are kept. 0 in records of earlier releases, which kept all.</summary>
    public int Number { get; init; }
}

/// <summary><c>runs/{runId}/pipeline.json</c>, owned by PipelineTrigger.</summary>
public sealed record RunPipeline(RunId Run)
{
    /// <summary>In order of number; never empty once written.</summary>
    public IReadOnlyList<RunAttempt> Attempts { get; init; } = [];

    public int V { get; init; } = 1;

    [JsonIgnore]
    public RunAttempt Latest => Attempts[^1];

    public RunPipeline With(RunAttempt attempt) =>
        this with { Attempts = [.. Attempts.Where(a => a.Number != attempt.Number).Append(attempt).OrderBy(a => a.Number)] };
}

/// <summary>
/// <c>pipelines/{host}/{project}/{pipeline}.json</c>: which run it belongs to and who waits for it. PipelineTrigger creates it; token and
/// <see cref="SettledAt"/> change by compare-and-swap: whoever writes the second of the two signals the flow.
/// </summary>
public sealed record PipelineState(PipelineRef Pipeline)
{
    /// <summary>Null for a watched pipeline that is no run of ours.</summary>
    public RunId? Run { get; init; }

    public int Attempt { get; init; }

    public string? TaskToken { get; init; }

    /// <summary>Number of the await that stored the token; a lower one never replaces a higher.</summary>
    public int Loop { get; init; }

    /// <summary>Pipelines that this one started, at any level, as far as herding saw them: their jobs can be found without asking GitLab. Null: none yet.</summary>
    public IReadOnlyList<PipelineRef>? Downstream { get; init; }

    /// <summary>Names of the bridges that lead here, <c>a / b</c>; null at the top.</summary>
    public string? Path { get; init; }

    /// <summary>Every latest job was terminal and decided.</summary>
    public DateTimeOffset? SettledAt { get; init; }

    /// <summary>Our last POST (create or retry); settling needs quiet after it.</summary>
    public DateTimeOffset? PostedAt { get; init; }

    public int V { get; init; } = 1;
}
