using System.Globalization;
using System.Text.Json.Serialization;

namespace Cki;

/// <summary>Where a failure class stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OutagePhase>))]
public enum OutagePhase
{
    /// <summary>No outage; jobs held by the last one may still be on their way out.</summary>
    Closed,

    /// <summary>Retries of the class are held.</summary>
    Open,

    /// <summary>One probe is under way; all others are held.</summary>
    HalfOpen,
}

/// <summary>When a class counts as in outage, and how it is left. Each can be set per class in matchers.yaml, <c>outages</c>.</summary>
public sealed record OutageRule(string Class)
{
    /// <summary>Distinct pipelines within <see cref="Window"/>. Five: one broken pipeline, or one project's, never opens a class, and a storm of 80 pipelines in ten
    /// minutes has opened it within its first minute, before the first retry delay (five minutes) ends.</summary>
    public int Pipelines { get; init; } = 5;

    /// <summary>Half an hour: the spread of one trouble over jobs that reach the broken thing at different times.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>From opening to the first probe.</summary>
    public TimeSpan ProbeFirst { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Each further probe waits twice as long as the one before, up to this: what has lasted long lasts longer. Five probes watch over eleven hours.</summary>
    public TimeSpan ProbeMost { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Jobs released per minute. Five: a service that has just come back is not knocked over again, and 200 jobs are on their way within 40 minutes.</summary>
    public int ReleasePerMinute { get; init; } = 5;

    /// <summary>The pause after the <paramref name="probes"/>-th probe (0: after opening).</summary>
    public TimeSpan ProbeAfter(int probes)
    {
        double minutes = ProbeFirst.TotalMinutes * Math.Pow(2, Math.Min(probes, 20));
        return minutes < ProbeMost.TotalMinutes ? TimeSpan.FromMinutes(minutes) : ProbeMost;
    }
}

/// <summary>The one held job that tries whether the trouble is over.</summary>
/// <param name="Started">When it was chosen.</param>
public sealed record OutageProbe(HeldJob Job, DateTimeOffset Started);

/// <summary>An outage that is over.</summary>
public sealed record OutageSpan(DateTimeOffset From, DateTimeOffset To);

/// <summary><c>outages/{class}.json</c>: changed by compare-and-swap only.</summary>
public sealed record OutageState(string Class)
{
    /// <summary>The class of lab trouble: while it is in outage, or a person holds it for maintenance, no deadline runs.</summary>
    public const string Lab = "lab";

    /// <summary>Enough for a run's longest life: twelve days of ever new outages.</summary>
    private const int PastMax = 50;

    public const string Prefix = "outages/";

    public OutagePhase Phase { get; init; }

    /// <summary>Oldest hit that opened it: retries since then say nothing about their matchers.</summary>
    public DateTimeOffset? Since { get; init; }

    public DateTimeOffset? OpenedAt { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Opened or held by a person: null for us.</summary>
    public string? By { get; init; }

    public string? Reason { get; init; }

    /// <summary>Distinct pipelines seen when it opened.</summary>
    public int Pipelines { get; init; }

    /// <summary>Of this outage so far.</summary>
    public int Probes { get; init; }

    public OutageProbe? Probe { get; init; }

    /// <summary>Null while a person holds it: then only people probe.</summary>
    public DateTimeOffset? NextProbeAt { get; init; }

    /// <summary>When jobs were last released; the pace counts from here.</summary>
    public DateTimeOffset? LastReleaseAt { get; init; }

    /// <summary>Jobs that a person lets go although it is open.</summary>
    public int ReleaseAsked { get; init; }

    /// <summary>Released since it was last closed.</summary>
    public int Released { get; init; }

    /// <summary>Operators were told that it began (and, once closed, that it ended).</summary>
    public bool BeginTold { get; init; }

    public bool EndTold { get; init; }

    /// <summary>A due marker for the next look stands at this time.</summary>
    public DateTimeOffset? LookAt { get; init; }

    /// <summary>The outages before, the newest last, at most <see cref="PastMax"/>.</summary>
    public IReadOnlyList<OutageSpan> Past { get => field ?? []; init; } = [];

    public int V { get; init; } = 1;

    [JsonIgnore]
    public bool Holds => Phase != OutagePhase.Closed;

    [JsonIgnore]
    public string Key => KeyOf(Class);

    public static string KeyOf(string failureClass) => $"{Prefix}{failureClass}.json";

    /// <summary>True when what happened at <paramref name="at"/> fell into the outage that stands, or into one before.</summary>
    public bool Covers(DateTimeOffset at) => Spans(at).Any(s => at >= s.From && at <= s.To);

    /// <summary>How much of the time between these two was outage.</summary>
    public TimeSpan Within(DateTimeOffset from, DateTimeOffset to) => new(Spans(to).Sum(s => Math.Max(0, (Least(s.To, to) - Most(s.From, from)).Ticks)));

    /// <summary>This outage as one of the past; none before the first.</summary>
    public IReadOnlyList<OutageSpan> WithPast(DateTimeOffset closed) =>
        Since is { } since ? [.. Past.Append(new OutageSpan(since, closed)).TakeLast(PastMax)] : Past;

    private IEnumerable<OutageSpan> Spans(DateTimeOffset now) => Holds && Since is { } since ? Past.Append(new OutageSpan(since, now)) : Past;

    private static DateTimeOffset Least(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Most(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}

/// <summary><c>outages/{class}/hits/{window}/{pipeline}</c>: one pipeline failed of the class.</summary>
public sealed record OutageHit(string Class, PipelineRef Pipeline, string JobName, DateTimeOffset At, int V = 1)
{
    /// <summary>Width of a <c>{window}</c> segment.</summary>
    public static readonly TimeSpan Bucket = TimeSpan.FromMinutes(5);

    [JsonIgnore]
    public string Key => $"{PrefixOf(Class)}{BucketOf(At)}/{PipelineSegment}";

    [JsonIgnore]
    public string PipelineSegment => Uri.EscapeDataString(string.Create(CultureInfo.InvariantCulture, $"{Pipeline.Project.Host}/{Pipeline.Id}"));

    public static string PrefixOf(string failureClass) => $"{OutageState.Prefix}{failureClass}/hits/";

    public static string BucketOf(DateTimeOffset at) =>
        new DateTime(at.UtcTicks - (at.UtcTicks % Bucket.Ticks), DateTimeKind.Utc).ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture);
}

/// <summary><c>outages/{class}/held/{since}-{host}-{job}.json</c>: a job whose retry waits for the end of the outage. The oldest goes first.</summary>
/// <param name="Job">The failed attempt; its record holds the retry as <see cref="RetryState.Held"/>.</param>
/// <param name="Since">When its attempt was decided: part of the key, so that the same job is always the same entry.</param>
/// <param name="FailedAfter">How long the attempt ran; null where unknown. A probe that outlives it by far has passed the point of failure.</param>
public sealed record HeldJob(string Class, JobRef Job, long PipelineId, string Name, string Status, DateTimeOffset Since, TimeSpan? FailedAfter, int V = 1)
{
    [JsonIgnore]
    public string Key => string.Create(
        CultureInfo.InvariantCulture, $"{PrefixOf(Class)}{Since.UtcDateTime:yyyyMMddHHmmss}-{Uri.EscapeDataString(Job.Project.Host)}-{Job.Id}.json");

    /// <summary>Null where the attempt is not on record, or its decision has no class.</summary>
    public static HeldJob? Of(JobRef job, long pipelineId, string name, JobAttempt? attempt) => attempt?.Decision.Class is { } failureClass
        ? new HeldJob(failureClass, job, pipelineId, name, attempt.Status, attempt.DecidedAt, attempt.RanFor)
        : null;

    [JsonIgnore]
    public PipelineRef Pipeline => new(Job.Project, PipelineId);

    public static string PrefixOf(string failureClass) => $"{OutageState.Prefix}{failureClass}/held/";
}
