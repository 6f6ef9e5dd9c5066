namespace Cki;

/// <summary>What to do now with one report on one channel (rule 10: claim, send, note).</summary>
public abstract record DeliveryDecision
{
    private DeliveryDecision() { }

    /// <summary>Longer than a channel's own limits and than a peer takes to act on a request whose answer was lost (3 minutes).</summary>
    public static readonly TimeSpan ClaimFor = TimeSpan.FromMinutes(5);

    private const string NoticeEnd = "end";

    /// <summary>Write the claim; whoever wins it sends.</summary>
    /// <param name="MayBeCopy">An earlier try may have reached the peer: what is sent now is counted as a repetition.</param>
    public sealed record Claim(ReportDelivery Claimed, bool MayBeCopy) : DeliveryDecision;

    /// <summary>It was sent or parked before.</summary>
    public sealed record Ended(ReportDelivery Delivery) : DeliveryDecision;

    /// <summary>Another holds it until then.</summary>
    public sealed record Wait(DateTimeOffset Until) : DeliveryDecision;

    public static DeliveryDecision Of(ReportDelivery? current, RunId run, string channel, string kind, DateTimeOffset now)
    {
        if (current is { HasEnded: true })
            return new Ended(current);
        if (current?.ClaimedUntil > now)
            return new Wait(current.ClaimedUntil.Value);
        ReportDelivery claimed = (current ?? new ReportDelivery(run, channel, kind, DeliveryState.Claimed)) with
        {
            ClaimedUntil = now + ClaimFor,
            Tries = (current?.Tries ?? 0) + 1,
            MayHaveArrived = true,
        };
        return new Claim(claimed, current?.MayHaveArrived == true);
    }

    /// <summary>
    /// Looked at after the claim was written, against the channel's other deliveries about the run; both sides write first and look then, so that two
    /// of them can never both go on in the wrong order. Null: send. What was overtaken gives way: a start and an early report to whatever comes after
    /// them in their attempt, a correction to that of a later judgement, everything to the final of a later attempt. What comes after waits for what is on its way from before.
    /// A notice's start or reminder gives way to its end, so that trouble which is over is not the last thing that operators hear of.
    /// </summary>
    public static GiveWay? Against(string kind, IReadOnlyList<ReportDelivery> others, DateTimeOffset now)
    {
        if (!ReportKind.TryParse(kind, out ReportKind? mine))
            return kind != NoticeEnd && others.Any(o => o.Kind == NoticeEnd) ? new GiveWay("its trouble is over", null) : null;
        foreach (ReportDelivery other in others.OrderBy(o => o.Kind, StringComparer.Ordinal))
        {
            if (other.Kind == kind || !ReportKind.TryParse(other.Kind, out ReportKind? its))
                continue;
            if (Overtakes(its.Value, mine.Value))
                return new GiveWay($"{other.Kind} came first", null);
            bool isOnItsWay = other.State == DeliveryState.Claimed && other.ClaimedUntil > now;
            if (isOnItsWay && IsBefore(its.Value, mine.Value))
                return new GiveWay($"{other.Kind} is on its way", other.ClaimedUntil);
        }
        return null;
    }

    private static bool Overtakes(ReportKind its, ReportKind mine) => mine.Phase switch
    {
        ReportPhase.Start or ReportPhase.Early => its.Attempt > mine.Attempt
            ? its.Phase is ReportPhase.Final or ReportPhase.Correction
            : its.Attempt == mine.Attempt && its.Phase > mine.Phase,
        // Whichever goes tells what holds now: the later one does it for both.
        ReportPhase.Correction when its.Phase == ReportPhase.Correction => its.Attempt == mine.Attempt && its.Judgement > mine.Judgement,
        _ => its.IsFinal && its.Attempt > mine.Attempt,
    };

    // A start is too cheap to wait for anything.
    private static bool IsBefore(ReportKind its, ReportKind mine) =>
        mine.Phase != ReportPhase.Start
        && (its.Attempt < mine.Attempt || (its.Attempt == mine.Attempt && (its.Phase < mine.Phase || (its.Phase == mine.Phase && its.Judgement < mine.Judgement))));
}

/// <summary>Why a claimed delivery is not sent now. <paramref name="Until"/> null: never.</summary>
public sealed record GiveWay(string Reason, DateTimeOffset? Until);
