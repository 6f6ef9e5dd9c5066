namespace Cki;

/// <summary>How a probe stands.</summary>
public enum ProbeEnd
{
    /// <summary>Not posted yet, running, or not decided yet.</summary>
    UnderWay,

    /// <summary>It got past the point of failure: the outage is over.</summary>
    Over,

    /// <summary>The class again.</summary>
    SameAgain,

    /// <summary>It was posted and told nothing: cancelled, gone.</summary>
    Silent,

    /// <summary>It was never posted: superseded, cancelled or retried by a person meanwhile. Another is chosen at once.</summary>
    NotPosted,
}

/// <summary>What changes an outage. Pure: the state as it stands goes in, the state as it should be comes out (the same reference where nothing changes).</summary>
public static class OutageDecisions
{
    /// <summary>A probe that runs so many times longer than the attempt before it took to fail has passed the point of failure.</summary>
    private const double OutlivesTimes = 3;

    /// <summary>What late looks missed is made up for at once, up to so much.</summary>
    private static readonly TimeSpan s_madeUpFor = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan OutlivesLeast = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan SoonLook = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ProbeLookMost = TimeSpan.FromMinutes(10);

    /// <summary>Opens a closed class when enough distinct pipelines hit it since it was last closed and within the window.</summary>
    /// <param name="hits">Keys of <see cref="OutageHit"/>, any order.</param>
    public static OutageState Counted(OutageState state, OutageRule rule, IReadOnlyList<string> hits, DateTimeOffset now)
    {
        if (state.Holds)
            return state;
        string[] counted = [.. Counting(state, rule, hits, now)];
        int pipelines = counted.Select(PipelineOf).Distinct(StringComparer.Ordinal).Count();
        if (pipelines < rule.Pipelines)
            return state;
        return new OutageState(state.Class)
        {
            Phase = OutagePhase.Open, Since = StartOf(counted.Min(StringComparer.Ordinal)!), OpenedAt = now, Pipelines = pipelines, NextProbeAt = now + rule.ProbeAfter(0),
            LookAt = state.LookAt, Past = state.Past,
        };
    }

    /// <summary>Null: no probe is due, or nobody can be one.</summary>
    public static HeldJob? NextProbe(OutageState state, IReadOnlyList<HeldJob> held, DateTimeOffset now) =>
        state is { Phase: OutagePhase.Open, NextProbeAt: { } at } && at <= now ? held.MinBy(h => h.Key, StringComparer.Ordinal) : null;

    public static OutageState Probing(OutageState state, HeldJob probe, DateTimeOffset now) =>
        state with { Phase = OutagePhase.HalfOpen, Probe = new OutageProbe(probe, now) };

    /// <param name="retry">The probe's, as its record holds it; null: the record is gone.</param>
    /// <param name="successor">The posted job as GitLab shows it; null: not posted, or gone.</param>
    /// <param name="decision">On the successor; null: none yet.</param>
    public static ProbeEnd EndOf(OutageProbe probe, JobRetry? retry, PipelineJob? successor, HerdDecision? decision, DateTimeOffset now)
    {
        if (retry is null or { State: RetryState.Dropped or RetryState.Held })
            return ProbeEnd.NotPosted;
        if (retry.State != RetryState.Done)
            return ProbeEnd.UnderWay;
        return successor?.Status switch
        {
            GitLabStatus.Success => ProbeEnd.Over,
            GitLabStatus.Failed when decision is null or { Act: HerdAct.Later } => ProbeEnd.UnderWay,
            GitLabStatus.Failed => decision.Class == probe.Job.Class ? ProbeEnd.SameAgain : ProbeEnd.Over,
            GitLabStatus.Running when Outlives(probe.Job, successor, now) => ProbeEnd.Over,
            null or GitLabStatus.Canceled or GitLabStatus.Skipped or GitLabStatus.Manual => ProbeEnd.Silent,
            _ => ProbeEnd.UnderWay,
        };
    }

    public static OutageState Probed(OutageState state, OutageRule rule, ProbeEnd end, DateTimeOffset now) => end switch
    {
        ProbeEnd.UnderWay => state,
        ProbeEnd.Over => Closed(state, now) with { Probes = state.Probes + 1 },
        ProbeEnd.NotPosted => state with { Phase = OutagePhase.Open, Probe = null, NextProbeAt = now },
        _ => state with { Phase = OutagePhase.Open, Probe = null, Probes = state.Probes + 1, NextProbeAt = state.By is null ? now + rule.ProbeAfter(state.Probes + 1) : null },
    };

    /// <summary>Nobody waits and nobody failed of it for a whole window: there is nothing to probe with, and nothing to hold. A person's hold stays.</summary>
    public static OutageState Calmed(OutageState state, OutageRule rule, int held, IReadOnlyList<string> hits, DateTimeOffset now) =>
        state is { Phase: OutagePhase.Open, By: null } && held == 0 && now - state.OpenedAt >= rule.Window && !hits.Any(h => StartOf(h) >= now - rule.Window)
            ? Closed(state, now)
            : state;

    /// <summary>How many held jobs may go now, and the state that says so.</summary>
    public static (OutageState State, int Jobs) Releasing(OutageState state, OutageRule rule, int held, DateTimeOffset now)
    {
        int wanted = state.Holds ? Math.Min(state.ReleaseAsked, held) : held;
        TimeSpan since = state.LastReleaseAt is { } last ? now - last : TimeSpan.FromMinutes(1);
        if (wanted <= 0 || since < TimeSpan.FromMinutes(1))
            return (state, 0);
        since = since < s_madeUpFor ? since : s_madeUpFor;
        int jobs = Math.Min(wanted, (int)(rule.ReleasePerMinute * since.TotalMinutes));
        // What is left of a minute counts next time.
        TimeSpan used = TimeSpan.FromMinutes((double)jobs / rule.ReleasePerMinute);
        return (state with { LastReleaseAt = now - (since - used), Released = state.Released + jobs, ReleaseAsked = Math.Max(0, state.ReleaseAsked - jobs) }, jobs);
    }

    /// <summary>When somebody must look again; null: nothing is left to do.</summary>
    public static DateTimeOffset? NextLook(OutageState state, OutageRule rule, int held, DateTimeOffset now) => state switch
    {
        { Phase: OutagePhase.HalfOpen, Probe: { } probe } => now + Between(SoonLook, (now - probe.Started) / 4, ProbeLookMost),
        { Phase: OutagePhase.Closed } => held > 0 ? now + SoonLook : null,
        { ReleaseAsked: > 0 } when held > 0 => now + SoonLook,
        { NextProbeAt: { } probe } when held > 0 => probe > now ? probe : now + SoonLook,
        _ => now + Between(SoonLook, rule.Window / 3, ProbeLookMost),
    };

    public static OutageState Closed(OutageState state, DateTimeOffset now) =>
        state with { Phase = OutagePhase.Closed, ClosedAt = now, Past = state.WithPast(now), Probe = null, NextProbeAt = null, LastReleaseAt = null, Released = 0, ReleaseAsked = 0 };

    /// <summary>A person holds the class until he lets it go.</summary>
    public static OutageState OpenedBy(OutageState? state, string failureClass, string by, string reason, DateTimeOffset now) => state is { Holds: true }
        ? state with { By = by, Reason = reason, NextProbeAt = null }
        : new OutageState(failureClass) { Phase = OutagePhase.Open, Since = now, OpenedAt = now, By = by, Reason = reason, LookAt = state?.LookAt, Past = state?.Past ?? [] };

    /// <summary>Windows before this say nothing any more.</summary>
    public static string OldestBucket(OutageRule rule, DateTimeOffset now) => OutageHit.BucketOf(now - rule.Window);

    private static IEnumerable<string> Counting(OutageState state, OutageRule rule, IReadOnlyList<string> hits, DateTimeOffset now) =>
        hits.Where(h => StartOf(h) >= StartOf(OldestBucket(rule, now)) && (state.ClosedAt is not { } closed || StartOf(h) >= closed));

    private static bool Outlives(HeldJob held, PipelineJob successor, DateTimeOffset now)
    {
        if (held.FailedAfter is not { } failedAfter || successor.StartedAt is not { } started)
            return false;
        TimeSpan enough = failedAfter * OutlivesTimes;
        return now - started >= (enough > OutlivesLeast ? enough : OutlivesLeast);
    }

    // Keys are outages/{class}/hits/{window}/{pipeline}; a bare window stands for itself.
    private static DateTimeOffset StartOf(string hit)
    {
        string bucket = hit.Contains('/') ? hit.Split('/')[^2] : hit;
        return DateTimeOffset.ParseExact(bucket, "yyyyMMddHHmm", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal);
    }

    private static string PipelineOf(string hit) => hit[(hit.LastIndexOf('/') + 1)..];

    private static TimeSpan Between(TimeSpan least, TimeSpan wanted, TimeSpan most) => wanted < least ? least : wanted > most ? most : wanted;
}
