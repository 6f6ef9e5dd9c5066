using System.Text.Json.Serialization;

namespace Cki;

/// <summary>Which service levels a run missed, see <see cref="ServiceLevels"/>.</summary>
[Flags]
[JsonConverter(typeof(JsonStringEnumConverter<LevelsMissed>))]
public enum LevelsMissed
{
    None = 0,
    Detection = 1,
    Pipeline = 2,
    Verdict = 4,

    /// <summary>On one channel at least.</summary>
    Report = 8,

    /// <summary>A failure was reported and taken back.</summary>
    Blame = 16,

    /// <summary>It is not known when the commit came: it counts for no share of detection.</summary>
    DetectionUnknown = 32,
}

/// <summary>The aims of <c>infra/slo.md</c>, and what of them a run missed.</summary>
public static class ServiceLevels
{
    public static readonly TimeSpan DetectionWithin = TimeSpan.FromMinutes(10);

    public static readonly TimeSpan PipelineWithin = TimeSpan.FromMinutes(10);

    public static readonly TimeSpan VerdictWithin = TimeSpan.FromHours(8);

    public static readonly TimeSpan ReportWithin = TimeSpan.FromMinutes(5);

    /// <summary>Only from what was recorded: what is late and has not come yet is missed when it comes.</summary>
    public static LevelsMissed MissedBy(BoardRun run)
    {
        RunDetection found = run.Detection;
        if (found.State != DetectionState.Detected)
            return LevelsMissed.None;
        LevelsMissed missed = found.AppearedAt is not { } appeared ? LevelsMissed.DetectionUnknown : If(found.DetectedAt - appeared > DetectionWithin, LevelsMissed.Detection);
        missed |= If(run.Deliveries.Any(d => d.State == DeliveryState.Sent && KindOf(d) is { Phase: ReportPhase.Correction }), LevelsMissed.Blame);
        if (run.Pipeline is not { Attempts.Count: > 0 } pipeline)
            return missed;
        // An adopted pipeline was there before us; a run that ended without any waited until its end.
        DateTimeOffset? started = pipeline.Attempts[0].StartedAt ?? pipeline.Attempts[0].SettledAt;
        missed |= If(found.Adopted is null && started - found.DetectedAt > PipelineWithin, LevelsMissed.Pipeline);
        return pipeline.Latest.Result is { Verdict: var verdict } && IsJudged(verdict) ? missed | Judged(run, pipeline) : missed;
    }

    /// <summary>Nobody waits for a verdict on what is over.</summary>
    public static bool IsJudged(Verdict verdict) => verdict is not (Verdict.Superseded or Verdict.Canceled or Verdict.Vanished);

    private static LevelsMissed Judged(BoardRun run, RunPipeline pipeline)
    {
        // A retest comes days later: the first word on the commit counts.
        RunAttempt first = pipeline.Attempts.FirstOrDefault(a => a.Result?.Verdict is Verdict.Passed or Verdict.Failed) ?? pipeline.Latest;
        return If(first.SettledAt - run.Detection.DetectedAt > VerdictWithin, LevelsMissed.Verdict)
            | If(pipeline.Attempts.Any(a => run.Deliveries.Any(d => KindOf(d) == ReportKind.Final(a.Number) && IsLate(d, a))), LevelsMissed.Report);
    }

    private static bool IsLate(ReportDelivery delivery, RunAttempt of) => delivery.State switch
    {
        DeliveryState.Sent => delivery.SentAt - of.SettledAt > ReportWithin,
        // Nobody was told on the channel at all.
        DeliveryState.Parked => true,
        _ => false,
    };

    private static ReportKind? KindOf(ReportDelivery delivery) => ReportKind.TryParse(delivery.Kind, out ReportKind? kind) ? kind : null;

    private static LevelsMissed If(bool isMissed, LevelsMissed level) => isMissed ? level : LevelsMissed.None;
}
