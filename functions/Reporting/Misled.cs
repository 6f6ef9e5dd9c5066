namespace Cki.Reporting;

/// <summary>Who was told that the commit is to blame, and whether a correction may go to them now.</summary>
public sealed class Misled(RunFacts facts)
{
    /// <summary>A correction that comes before what it corrects looks again then.</summary>
    private static readonly TimeSpan ReportsTake = TimeSpan.FromMinutes(1);

    /// <summary>Channels in order; those count too on which such a report is on its way.</summary>
    public async Task<IReadOnlyList<string>> ChannelsAsync(RunId run, int attempt, CancellationToken cancellationToken) =>
        [.. (await facts.DeliveriesAsync(run, cancellationToken)).Where(d => Blames(d, attempt)).Select(d => d.Channel).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Null: go on. A correction that finds nothing to correct leaves no trace, so that a later one may still go.</summary>
    public async Task<Carried?> WhyNotAsync(RunRead run, DeliverReport correction, ReportKind kind, CancellationToken cancellationToken)
    {
        ReportDelivery[] others = [.. (await facts.DeliveriesAsync(run.Run, cancellationToken)).Where(d => d.Channel == correction.Channel)];
        // Once begun it ends by the courier, whatever there is left to say.
        if (others.Any(d => d.Kind == correction.Kind))
            return null;
        RunReport? report = await facts.ReportAsync(run.Run, cancellationToken);
        bool isFinalToCome = report?.Attempt == kind.Attempt && report.Wanted.Contains(correction.Channel)
            && others.FirstOrDefault(o => o.Kind == ReportKind.Final(kind.Attempt).ToString()) is not { HasEnded: true };
        if (isFinalToCome || others.Any(o => o.State == DeliveryState.Claimed && Blames(o, kind.Attempt)))
            return new Carried.PutOff(ReportsTake, "what it corrects is on its way", IsHeld: false);
        return LetterWriting.Told(others, kind) is { } told && Corrections.Of(told, run.Attempt(kind.Attempt), run.Pipeline) is not null ? null : new Carried.Ended();
    }

    private static bool Blames(ReportDelivery delivery, int attempt) =>
        ReportKind.TryParse(delivery.Kind, out ReportKind? kind) && kind.Value.Attempt == attempt && kind.Value.Phase is ReportPhase.Early or ReportPhase.Final
        && (delivery.State == DeliveryState.Claimed || delivery is { State: DeliveryState.Sent, Told.BlamesCommit: true });
}
