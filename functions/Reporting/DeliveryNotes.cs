using Microsoft.Extensions.Logging;

namespace Cki.Reporting;

/// <summary>Reads and writes <c>reported/{run}/{channel}/{kind}</c>, and tells metrics, log and operators what became of a delivery.</summary>
internal sealed class DeliveryNotes(SuitePorts ports, ILogger log)
{
    private const int OthersMax = 100;
    private const int NoteMax = 2000;

    /// <summary>About 8 minutes with the queue's growing pauses: then it is no hiccup, and operators hear of it on their other channels.</summary>
    private const int TriesUntilNotice = 5;

    public async Task<ReportDelivery?> GetAsync(Parcel parcel, CancellationToken cancellationToken) =>
        (await ports.Documents.GetAsync(Key(parcel), DocumentJson.Default.ReportDelivery, cancellationToken))?.Value;

    /// <summary>A <see cref="DeliveryDecision.Claim"/> is returned only where its write won.</summary>
    public async Task<DeliveryDecision> ClaimAsync(Parcel parcel, CancellationToken cancellationToken)
    {
        DeliveryDecision? decision = null;
        await UpdateAsync(
            parcel,
            current =>
            {
                decision = DeliveryDecision.Of(current, parcel.Subject, parcel.Channel, parcel.Kind, ports.Clock.GetUtcNow());
                return decision is DeliveryDecision.Claim claim ? claim.Claimed : current;
            },
            cancellationToken);
        return decision!;
    }

    /// <summary>The channel's other deliveries about the subject, in order of kind.</summary>
    public async Task<IReadOnlyList<ReportDelivery>> OthersAsync(Parcel parcel, CancellationToken cancellationToken)
    {
        string prefix = $"{ReportDelivery.Prefix(parcel.Subject)}{parcel.Channel}/";
        var others = new List<ReportDelivery>();
        foreach (string key in await ports.Documents.KeysAsync(prefix, OthersMax, cancellationToken))
        {
            if (key != Key(parcel) && await ports.Documents.GetAsync(key, DocumentJson.Default.ReportDelivery, cancellationToken) is { } other)
                others.Add(other.Value);
        }
        return others;
    }

    public async Task SentAsync(
        Parcel parcel, ChannelOutcome.Sent sent, (DeliveryDecision.Claim Mine, ToldPicture? Told) what, CancellationToken cancellationToken)
    {
        DeliveryDecision.Claim mine = what.Mine;
        await UpdateAsync(
            parcel,
            current => current?.State == DeliveryState.Sent ? current : At(current, parcel) with
            {
                State = DeliveryState.Sent, SentAt = ports.Clock.GetUtcNow(), PeerId = sent.PeerId, ClaimedUntil = null, LastError = null, Told = what.Told,
                Readers = sent.Readers, Note = sent.Note is null ? null : SafeText.Line(MailAddressing.Masked(sent.Note), NoteMax),
            },
            cancellationToken);
        Count(parcel, mine.MayBeCopy ? "repeated" : "sent");
        if (parcel.VerdictAt is { } verdict)
            SuiteMetrics.VerdictToReport.Record((ports.Clock.GetUtcNow() - verdict).TotalSeconds, new KeyValuePair<string, object?>("channel", parcel.Channel));
        log.Sent(parcel.Subject, parcel.Kind, parcel.Channel, sent.PeerId, mine.Claimed.Tries);
        if (sent.Note is not null)
            log.Noted(parcel.Subject, parcel.Kind, parcel.Channel, sent.Note);
        string notice = ChannelPace.NoticeKey(parcel.Channel);
        Document<NoticeState>? standing = await ports.Documents.GetAsync(NoticeState.KeyOf(notice), DocumentJson.Default.NoticeState, cancellationToken);
        if (standing is { Value.EndedAt: null })
            await TellAsync(new NoticeRaised(notice, $"channel {parcel.Channel} takes reports again", "", Recovered: true), cancellationToken);
    }

    /// <summary>The operators' notice goes out before the note: a crash in between repeats it, and it is de-duplicated by its key.</summary>
    public async Task ParkAsync(Parcel parcel, string reason, CancellationToken cancellationToken)
    {
        string text = $"{parcel.Subject}: {parcel.Kind} was refused for good and is parked: {SafeText.Line(reason)}\n"
            + "Nobody was told on this channel. The run's page on the board has the report. Mend the channel in channels.yaml or at the peer.";
        await TellAsync(new NoticeRaised(ChannelPace.NoticeKey(parcel.Channel), $"channel {parcel.Channel} refuses reports", text), cancellationToken);
        await EndAsync(parcel, DeliveryState.Parked, reason, cancellationToken);
        Count(parcel, "parked");
        log.Parked(parcel.Subject, parcel.Kind, parcel.Channel, reason);
    }

    /// <summary>Overtaken by another report on the channel, or it would repeat one: nobody misses it.</summary>
    public async Task OmitAsync(Parcel parcel, string reason, CancellationToken cancellationToken)
    {
        await EndAsync(parcel, DeliveryState.Omitted, reason, cancellationToken);
        log.Dropped(parcel.Subject, parcel.Kind, parcel.Channel, reason);
    }

    public async Task ReleaseAsync(Parcel parcel, string reason, bool mayHaveArrived, CancellationToken cancellationToken, bool isFailure = true)
    {
        ReportDelivery? left = await UpdateAsync(
            parcel,
            current => current is not { State: DeliveryState.Claimed } ? current : current with
            {
                ClaimedUntil = ports.Clock.GetUtcNow(), LastError = SafeText.Line(reason), MayHaveArrived = mayHaveArrived,
            },
            cancellationToken);
        if (!isFailure)
            return;
        Count(parcel, "failed");
        log.NotSent(parcel.Subject, parcel.Kind, parcel.Channel, left?.Tries ?? 0, reason);
    }

    /// <summary>The peer keeps saying "not now": no outage, but a person may have to mend something.</summary>
    public async Task TellOfRefusalAsync(Parcel parcel, int tries, string reason, CancellationToken cancellationToken)
    {
        if (tries < TriesUntilNotice)
            return;
        string text = $"{parcel.Subject}: {parcel.Kind} was not taken in {tries} tries; the last answer: {SafeText.Line(reason)}\n"
            + "It is tried again for as long as it takes, with growing pauses. Nothing is lost; look at the channel's peer and its secret.";
        await TellAsync(new NoticeRaised(ChannelPace.NoticeKey(parcel.Channel), $"channel {parcel.Channel} does not take reports", text), cancellationToken);
    }

    private static string Key(Parcel parcel) => ReportDelivery.KeyOf(parcel.Subject, parcel.Channel, parcel.Kind);

    private static ReportDelivery At(ReportDelivery? current, Parcel parcel) =>
        current ?? new ReportDelivery(parcel.Subject, parcel.Channel, parcel.Kind, DeliveryState.Claimed);

    private Task EndAsync(Parcel parcel, DeliveryState state, string reason, CancellationToken cancellationToken) => UpdateAsync(
        parcel,
        current => current?.State == DeliveryState.Sent ? current : At(current, parcel) with
        {
            State = state, ClaimedUntil = null, LastError = SafeText.Line(reason),
        },
        cancellationToken);

    private Task<ReportDelivery?> UpdateAsync(Parcel parcel, Func<ReportDelivery?, ReportDelivery?> change, CancellationToken cancellationToken) =>
        ports.Documents.UpdateAsync(Key(parcel), DocumentJson.Default.ReportDelivery, change, cancellationToken);

    private Task TellAsync(NoticeRaised notice, CancellationToken cancellationToken) =>
        ports.PostFrom("reporting").SendAsync(notice, cancellationToken);

    private static void Count(Parcel parcel, string outcome) => SuiteMetrics.ChannelDeliveries.Add(
        1, new KeyValuePair<string, object?>("channel", parcel.Channel), new KeyValuePair<string, object?>("outcome", outcome),
        new KeyValuePair<string, object?>("kind", ReportKind.TryParse(parcel.Kind, out ReportKind? kind) ? kind.Value.Phase.ToString().ToLowerInvariant() : "notice"));
}
