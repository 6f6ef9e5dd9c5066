using Microsoft.Extensions.Logging;

namespace Cki.Reporting;

/// <summary>
/// Stands before every channel of words: whether a report is wanted there at all (<c>only_on</c>, mutes), and for mail by whom, in which thread, at once
/// or in a digest. Notices pass as they are; a digest gets its links.
/// </summary>
internal sealed class Distribution(SuitePorts ports, MailFactsDesk facts, Digests digests, ILogger log)
{
    private const int DeliveriesMax = 100;

    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMinutes(10);

    private readonly BranchPast _past = new(ports);
    private readonly MuteBook _mutes = new(ports, log);

    public OpenChannel Around(OpenChannel open) => channel => open(channel) is { } inner ? new Distributed(this, channel, inner) : null;

    private async Task<ChannelOutcome> SendAsync(ChannelConfig channel, IReportChannel inner, OutgoingReport report, CancellationToken cancellationToken)
    {
        if (report is { Gathered: { } gathered, Envelope: { } envelope } && channel is ChannelConfig.Mail digested)
            return await inner.SendAsync(report with { Envelope = envelope with { Mutes = await MuteLinks.OfAsync(ports, digested, gathered, envelope, cancellationToken) } }, cancellationToken);
        if (report.Model is not { } model)
            return await inner.SendAsync(report, cancellationToken);
        Document<RunDetection>? found = channel is ChannelConfig.Mail || channel.OnlyOn == ReportOn.Change
            ? await ports.Documents.GetAsync(RunIds.DetectionKey(model.Run), DocumentJson.Default.RunDetection, cancellationToken)
            : null;
        // Who heard of it hears how it went on.
        if (report.References.Count == 0 && await WhyNotAsync(channel, found?.Value, model, cancellationToken) is { } why)
            return new ChannelOutcome.NotWanted(why);
        IReadOnlyList<Mute> mutes = await _mutes.OfAsync(channel, cancellationToken);
        if (Mutes.Of(mutes, model, null, ports.Clock.GetUtcNow()) is { } mute)
            return new ChannelOutcome.NotWanted(Mutes.Words(mute));
        return channel is ChannelConfig.Mail mail && found is not null
            ? await MailAsync(new Mailing(mail, inner, found.Value, model, mutes), report, cancellationToken)
            : await inner.SendAsync(report, cancellationToken);
    }

    /// <summary>Null: it is wanted on the channel. For those who send it among others: this door sees only the whole then.</summary>
    private async Task<string?> WhyNotAsync(ChannelConfig channel, OutgoingReport report, CancellationToken cancellationToken)
    {
        if (report.Model is not { } model)
            return null;
        Document<RunDetection>? found = channel.OnlyOn == ReportOn.Change
            ? await ports.Documents.GetAsync(RunIds.DetectionKey(model.Run), DocumentJson.Default.RunDetection, cancellationToken)
            : null;
        if (report.References.Count == 0 && await WhyNotAsync(channel, found?.Value, model, cancellationToken) is { } why)
            return why;
        IReadOnlyList<Mute> mutes = await _mutes.OfAsync(channel, cancellationToken);
        return Mutes.Of(mutes, model, null, ports.Clock.GetUtcNow()) is { } mute ? Mutes.Words(mute) : null;
    }

    private async Task<string?> WhyNotAsync(ChannelConfig channel, RunDetection? run, ReportModel model, CancellationToken cancellationToken)
    {
        Verdict? before = channel.OnlyOn == ReportOn.Change && run is not null ? await _past.VerdictAsync(run, cancellationToken) : null;
        return ReportOns.WhyNot(channel.OnlyOn, model.Result.Verdict, before);
    }

    private async Task<ChannelOutcome> MailAsync(Mailing mailing, OutgoingReport report, CancellationToken cancellationToken)
    {
        Learned learned = await facts.LearnAsync(mailing.Channel, mailing.Run, mailing.Model, cancellationToken);
        if (learned is Learned.NotNow not)
            return new ChannelOutcome.NotYet(not.Reason, AskAgainAfter);
        MailFacts known = ((Learned.Facts)learned).Value;
        IReadOnlyList<ReportDelivery> earlier = report.References.Count == 0 ? [] : await EarlierAsync(mailing, cancellationToken);
        MailEnvelope whole = MailAddressing.Of(mailing.Channel, mailing.Model, known with { Readers = [.. earlier.SelectMany(d => d.Readers ?? [])] });
        MailEnvelope left = Unmuted(mailing, whole, out List<string> notes);
        if (!left.All.Any())
            return new ChannelOutcome.NotWanted(MailAddressing.Masked(string.Join("; ", notes)));
        notes.AddRange(known.Unknown);
        ChannelOutcome outcome;
        if (mailing.Channel.Digest != MailDigest.None)
        {
            outcome = await digests.GatherAsync(mailing.Channel, report, [.. whole.All.Except(left.All).Select(MailAddressing.Bare)], cancellationToken);
        }
        else
        {
            OutgoingReport threaded = await ThreadedAsync(mailing, report, (known, earlier), cancellationToken);
            left = left with { Mutes = await MuteLinks.OfAsync(ports, mailing.Channel, mailing.Model, left, cancellationToken) };
            outcome = await mailing.Inner.SendAsync(threaded with { Envelope = left }, cancellationToken);
        }
        if (outcome is not ChannelOutcome.Sent sent)
            return outcome;
        string note = string.Join("; ", notes.Append(sent.Note ?? "").Where(n => n.Length > 0));
        return sent with { Note = note.Length == 0 ? null : note, Readers = [.. left.All.Select(MailAddressing.Mark)] };
    }

    private MailEnvelope Unmuted(Mailing mailing, MailEnvelope whole, out List<string> notes)
    {
        DateTimeOffset now = ports.Clock.GetUtcNow();
        var said = new List<string>();
        bool IsWanted(string address)
        {
            if (Mutes.Of(mailing.Mutes, mailing.Model, address, now) is not { } mute)
                return true;
            said.Add($"{MailAddressing.Bare(address)} left out, {Mutes.Words(mute)}");
            return false;
        }
        MailEnvelope left = whole with { To = [.. whole.To.Where(IsWanted)], Cc = [.. whole.Cc.Where(IsWanted)] };
        notes = said;
        return left;
    }

    /// <summary>Its own run's reports are the end of the thread, under the ids that their server gave them.</summary>
    private async Task<OutgoingReport> ThreadedAsync(
        Mailing mailing, OutgoingReport report, (MailFacts Facts, IReadOnlyList<ReportDelivery> Earlier) known, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> before = mailing.Channel.Thread switch
        {
            MailThread.Branch => await _past.FailingAsync(mailing.Run, mailing.Channel.Name, cancellationToken),
            MailThread.Patch when CommitWords.PatchMessageId(known.Facts.CommitMessage) is { } patch => [patch],
            _ => [],
        };
        Dictionary<string, string> given = known.Earlier.Where(d => d.PeerId is not null)
            .ToDictionary(d => ReportIds.MessageId(mailing.Run.Run, d.Kind, mailing.Channel), d => d.PeerId!, StringComparer.Ordinal);
        IReadOnlyList<string> thread = [.. before.Concat(report.References.Select(r => given.GetValueOrDefault(r, r))).Distinct()];
        return report with { References = thread, InReplyTo = thread.Count == 0 ? null : thread[^1] };
    }

    private async Task<IReadOnlyList<ReportDelivery>> EarlierAsync(Mailing mailing, CancellationToken cancellationToken)
    {
        var sent = new List<ReportDelivery>();
        foreach (string key in await ports.Documents.KeysAsync($"{ReportDelivery.Prefix(mailing.Run.Run)}{mailing.Channel.Name}/", DeliveriesMax, cancellationToken))
        {
            if (await ports.Documents.GetAsync(key, DocumentJson.Default.ReportDelivery, cancellationToken) is { Value: { State: DeliveryState.Sent } one })
                sent.Add(one);
        }
        return sent;
    }

    private sealed record Mailing(ChannelConfig.Mail Channel, IReportChannel Inner, RunDetection Run, ReportModel Model, IReadOnlyList<Mute> Mutes);

    private sealed class Distributed(Distribution distribution, ChannelConfig channel, IReportChannel inner) : IReportChannel, IChoosyChannel
    {
        public Task<string?> WhyNotAsync(OutgoingReport report, CancellationToken cancellationToken) => distribution.WhyNotAsync(channel, report, cancellationToken);

        public Task<ChannelOutcome> SendAsync(OutgoingReport report, CancellationToken cancellationToken) =>
            distribution.SendAsync(channel, inner, report, cancellationToken);
    }
}
