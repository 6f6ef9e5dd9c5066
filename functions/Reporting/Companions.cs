namespace Cki.Reporting;

/// <summary>Messages that waited for a channel and go along in another's digest: each is claimed, sent and noted as if it went by itself.</summary>
internal sealed class Companions(SuitePorts ports, DeliveryNotes notes, ChannelDoor door)
{
    /// <summary>One of them, claimed.</summary>
    internal sealed record Claimed(Parcel Parcel, WaitingReport Waiting, DeliveryDecision.Claim Claim);

    /// <summary>
    /// What is noted of a message that has to wait. Only IRC makes digests, and only a digest needs the words before they are sent; without words it goes by
    /// itself, as does what the channel does not want.
    /// </summary>
    public async Task<WaitingReport> WaitingAsync(ChannelConfig channel, Parcel parcel, CancellationToken cancellationToken)
    {
        var waiting = new WaitingReport(parcel.Subject, parcel.Kind, parcel.Tree, "");
        if (channel is not ChannelConfig.Irc || parcel.Write(channel, []) is not Letter.Words words)
            return waiting;
        bool isWanted = await door.WhyNotAsync(channel, words.Report, cancellationToken) is null;
        return isWanted ? waiting with { Subject = ChatLine.Subject(words.Report), Told = words.Told } : waiting;
    }

    /// <summary>Those that may go now. The others find their own way: their messages come back.</summary>
    public async Task<IReadOnlyList<Claimed>> ClaimAsync(IReadOnlyList<WaitingReport> waiting, string channel, CancellationToken cancellationToken)
    {
        var claimed = new List<Claimed>();
        foreach (WaitingReport report in waiting)
        {
            if (await ports.Switches.HeldAsync(Act.Mail, report.Tree, cancellationToken) is not null)
                continue;
            var parcel = new Parcel(report.Run, channel, report.Kind, report.Tree, (_, _) => throw new System.Diagnostics.UnreachableException("a digest has its words already"));
            if (await notes.ClaimAsync(parcel, cancellationToken) is not DeliveryDecision.Claim claim)
                continue;
            if (DeliveryDecision.Against(parcel.Kind, await notes.OthersAsync(parcel, cancellationToken), ports.Clock.GetUtcNow()) is { } way)
                await notes.ReleaseAsync(parcel, way.Reason, claim.MayBeCopy, cancellationToken, isFailure: false);
            else
                claimed.Add(new Claimed(parcel, report, claim));
        }
        return claimed;
    }

    /// <summary>What became of the digest became of each of them; only a report refused for good is told by itself, its companions try alone.</summary>
    public async Task EndedAsync(IReadOnlyList<Claimed> companions, ChannelOutcome outcome, CancellationToken cancellationToken)
    {
        foreach (Claimed companion in companions)
        {
            if (outcome is ChannelOutcome.Sent sent)
                await notes.SentAsync(companion.Parcel, sent, (companion.Claim, companion.Waiting.Told), cancellationToken);
            else
                await notes.ReleaseAsync(companion.Parcel, "the digest was not taken", outcome is ChannelOutcome.Unavailable || companion.Claim.MayBeCopy, cancellationToken, isFailure: false);
        }
    }

    /// <summary>The report with what only the courier knows: its thread, whether it may be a copy, and who goes along.</summary>
    public static Letter Complete(Letter letter, DeliveryDecision.Claim mine, IReadOnlyList<ReportDelivery> others, IReadOnlyList<Claimed> companions)
    {
        if (letter is not Letter.Words { Report: var report })
            return letter;
        string? thread = others.Where(o => o.State == DeliveryState.Sent).OrderBy(o => o.SentAt).ThenBy(o => o.Kind, StringComparer.Ordinal).FirstOrDefault()?.PeerId;
        OutgoingReport complete = report with { MayBeCopy = mine.MayBeCopy, ThreadPeerId = thread };
        if (companions.Count == 0)
            return new Letter.Words(complete) { Told = letter.Told };
        string digest = ChatLine.Digest([ChatLine.Subject(report), .. companions.Select(c => c.Waiting.Subject)]);
        return new Letter.Words(complete with { Kind = "digest", Subject = digest, Model = null, MayBeCopy = mine.MayBeCopy || companions.Any(c => c.Claim.MayBeCopy) }) { Told = letter.Told };
    }
}
