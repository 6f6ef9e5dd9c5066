using Microsoft.Extensions.Logging;

namespace Cki.Reporting;

/// <summary>
/// Gathers reports of a channel with <c>digest</c> and sends them in one mail per period. What a digest holds is fixed in its state before it is sent;
/// what comes later waits for the next one. The courier carries it like any other letter: claims, switches, notices of a channel that is down.
/// </summary>
internal sealed class Digests(SuitePorts ports, ILogger log)
{
    /// <summary>After a period's end, for reports that are just being gathered.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    private const int EntriesMax = 500;
    private const int TextMax = 24_000;
    private const int StatesMax = 100;

    private readonly Post _post = ports.PostFrom("reporting");
    private readonly MuteBook _mutes = new(ports, log);

    public async Task<ChannelOutcome> GatherAsync(ChannelConfig.Mail channel, OutgoingReport report, IReadOnlyList<string> notFor, CancellationToken cancellationToken)
    {
        DateTimeOffset now = ports.Clock.GetUtcNow();
        string? url = report.Model?.BoardUrl ?? report.Model?.PipelineUrl;
        await RemindAsync(channel, now, cancellationToken);
        string key = DigestEntry.KeyOf(channel.Name, report.Run!.Value, report.Kind);
        await ports.Documents.PutAsync(
            key,
            new DigestEntry(report.Run.Value, report.Kind, report.Subject, MailBody.Fit(report.Text, TextMax, url), now, notFor)
            {
                Url = url, Tree = report.Model?.Tree, Failing = [.. (report.Model?.Result.Failures ?? []).Select(f => f.Name)],
            },
            DocumentJson.Default.DigestEntry,
            cancellationToken);
        // Written after the period's end: its digest may have been made before.
        if (ports.Clock.GetUtcNow() >= DigestPeriod.EndOf(DigestPeriod.Of(channel.Digest, channel.DigestHour, now)))
            await RemindAsync(channel, ports.Clock.GetUtcNow(), cancellationToken);
        return new ChannelOutcome.Sent(key);
    }

    /// <summary>
    /// A channel that sends no digests any more still sends what it gathered. Throws <see cref="ChannelUnavailableException"/> where the channel did not
    /// take it.
    /// </summary>
    public async Task DueAsync(ReceivedMessage message, DigestDue due, Courier courier, CancellationToken cancellationToken)
    {
        if (ports.Config.Current.Channel(due.Channel) is not ChannelConfig.Mail channel)
        {
            log.Digested(due.Channel, due.Period, 0, "dropped: the configuration has no such mail channel any more");
            await ports.Due.DoneAsync(message, cancellationToken);
            return;
        }
        if (await StateAsync(channel, due.Period, cancellationToken) is { } state)
        {
            if (state.SentAt is null && await CarryAsync(channel, state, courier, cancellationToken) is { } off)
            {
                // After eight hops the due marker alone brings it back.
                await _post.LaterAsync(message, off.Delay < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : off.Delay, cancellationToken);
                return;
            }
            await CloseAsync(state, cancellationToken);
        }
        if (await LeftAsync(channel, cancellationToken))
            await RemindAsync(channel, ports.Clock.GetUtcNow(), cancellationToken);
        await ports.Due.DoneAsync(message, cancellationToken);
    }

    /// <summary>True where reports wait for the next digest. What an earlier one told and was gathered again goes: it was told.</summary>
    private async Task<bool> LeftAsync(ChannelConfig.Mail channel, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> keys = await ports.Documents.KeysAsync(DigestEntry.Prefix(channel.Name), EntriesMax, cancellationToken);
        if (keys.Count == 0)
            return false;
        (IReadOnlySet<string> open, IReadOnlySet<string> told) = await HeldAsync(channel, ports.Clock.GetUtcNow(), cancellationToken);
        foreach (string key in keys.Where(told.Contains))
            await ports.Documents.DeleteAsync(key, cancellationToken);
        return keys.Any(k => !open.Contains(k) && !told.Contains(k));
    }

    /// <summary>Null: every recipient has it, or it is parked.</summary>
    private async Task<Carried.PutOff?> CarryAsync(ChannelConfig.Mail channel, DigestState state, Courier courier, CancellationToken cancellationToken)
    {
        IReadOnlyList<DigestEntry> entries = await ReadAsync(state, cancellationToken);
        foreach (IGrouping<string, string> group in Groups(channel, entries))
        {
            if (await courier.CarryAsync(Parcel(channel, state, (group.Key, [.. group]), entries), cancellationToken) is not Carried.PutOff off)
                continue;
            log.PutOff(state.Subject, group.Key, channel.Name, off.Reason);
            return off;
        }
        log.Digested(channel.Name, state.Period, entries.Count, "sent");
        return null;
    }

    private Task<string> RemindAsync(ChannelConfig.Mail channel, DateTimeOffset now, CancellationToken cancellationToken)
    {
        string period = DigestPeriod.Of(channel.Digest, channel.DigestHour, now);
        return ports.Due.PlaceAsync(_post.Marker("digest", $"{channel.Name}-{period}", DigestPeriod.EndOf(period) + Grace, new DigestDue(channel.Name, period)), cancellationToken);
    }

    /// <summary>As it was fixed, sent or not, or fixed now; null where there is nothing to send.</summary>
    private async Task<DigestState?> StateAsync(ChannelConfig.Mail channel, string period, CancellationToken cancellationToken)
    {
        string key = DigestState.KeyOf(channel.Name, period);
        if (await ports.Documents.GetAsync(key, DocumentJson.Default.DigestState, cancellationToken) is { } standing)
            return standing.Value;
        (IReadOnlySet<string> open, IReadOnlySet<string> told) = await HeldAsync(channel, ports.Clock.GetUtcNow(), cancellationToken);
        string[] keys = [.. (await ports.Documents.KeysAsync(DigestEntry.Prefix(channel.Name), EntriesMax, cancellationToken)).Where(k => !open.Contains(k) && !told.Contains(k))];
        if (keys.Length == 0)
            return null;
        var state = new DigestState(channel.Name, period, keys) { Spared = await SparedAsync(channel, keys, cancellationToken) };
        if (await ports.Documents.CreateAsync(key, state, DocumentJson.Default.DigestState, cancellationToken))
            return state;
        return (await ports.Documents.GetAsync(key, DocumentJson.Default.DigestState, cancellationToken))?.Value;
    }

    /// <summary>Who stopped it after it was gathered gets nothing about it either.</summary>
    private async Task<IReadOnlyList<DigestSpared>?> SparedAsync(ChannelConfig.Mail channel, string[] keys, CancellationToken cancellationToken)
    {
        IReadOnlyList<Mute> mutes = await _mutes.OfAsync(channel, cancellationToken);
        if (mutes.Count == 0)
            return null;
        DateTimeOffset now = ports.Clock.GetUtcNow();
        var spared = new List<DigestSpared>();
        foreach (string key in keys)
        {
            if (await ports.Documents.GetAsync(key, DocumentJson.Default.DigestEntry, cancellationToken) is { Value: { Tree: { } tree } entry })
                spared.AddRange(channel.To.Concat(channel.Cc).Where(a => Mutes.Of(mutes, tree, entry.Failing, a, now) is not null).Select(a => new DigestSpared(key, MailAddressing.Bare(a))));
        }
        return spared.Count == 0 ? null : spared;
    }

    /// <summary>Reports that digests of late hold: those not out yet, because their channel is down, and those that are.</summary>
    private async Task<(IReadOnlySet<string> Open, IReadOnlySet<string> Told)> HeldAsync(ChannelConfig.Mail channel, DateTimeOffset now, CancellationToken cancellationToken)
    {
        DateTimeOffset from = now - (channel.Digest == MailDigest.Daily ? TimeSpan.FromDays(14) : TimeSpan.FromDays(2));
        string after = DigestState.KeyOf(channel.Name, DigestPeriod.Of(MailDigest.Hourly, 0, from));
        var open = new HashSet<string>(StringComparer.Ordinal);
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (string key in await ports.Store.ListAsync($"digests/{channel.Name}/out/", after, StatesMax, cancellationToken))
        {
            if (await ports.Documents.GetAsync(key, DocumentJson.Default.DigestState, cancellationToken) is { Value: var one })
                (one.SentAt is null ? open : told).UnionWith(one.Keys);
        }
        return (open, told);
    }

    private async Task<IReadOnlyList<DigestEntry>> ReadAsync(DigestState state, CancellationToken cancellationToken)
    {
        var entries = new List<DigestEntry>();
        foreach (string key in state.Keys)
        {
            if (await ports.Documents.GetAsync(key, DocumentJson.Default.DigestEntry, cancellationToken) is { } found)
                entries.Add(found.Value with { NotFor = [.. found.Value.NotFor, .. (state.Spared ?? []).Where(s => s.Key == key).Select(s => s.Address)] });
        }
        return [.. entries.OrderBy(e => e.GatheredAt).ThenBy(e => e.Run.Value, StringComparer.Ordinal).ThenBy(e => e.Kind, StringComparer.Ordinal)];
    }

    /// <summary>Recipients by the kind of the letter that they get: one for all, unless somebody muted some of it.</summary>
    private static IEnumerable<IGrouping<string, string>> Groups(ChannelConfig.Mail channel, IReadOnlyList<DigestEntry> entries) =>
        channel.To.Concat(channel.Cc).Select(a => (Address: a, Runs: string.Join('\n', For(a, entries).Select(e => $"{e.Run}.{e.Kind}"))))
            .Where(r => r.Runs.Length > 0)
            .GroupBy(r => $"digest.{MailAddressing.Mark(r.Runs)}", r => r.Address);

    private static IEnumerable<DigestEntry> For(string address, IReadOnlyList<DigestEntry> entries) =>
        entries.Where(e => !e.NotFor.Contains(MailAddressing.Bare(address)));

    private static Parcel Parcel(ChannelConfig.Mail channel, DigestState state, (string Kind, IReadOnlyList<string> To) letter, IReadOnlyList<DigestEntry> entries) =>
        new(state.Subject, channel.Name, letter.Kind, null, (_, _) => new Letter.Words(DigestText.Of(channel, state, letter.Kind, [.. For(letter.To[0], entries)], letter.To)));

    /// <summary>First it is said to be out, then its entries go; a crash in between is made good when its due marker comes again.</summary>
    private async Task CloseAsync(DigestState state, CancellationToken cancellationToken)
    {
        await ports.Documents.UpdateAsync(
            DigestState.KeyOf(state.Channel, state.Period), DocumentJson.Default.DigestState,
            s => s is { SentAt: null } ? s with { SentAt = ports.Clock.GetUtcNow() } : null, cancellationToken);
        foreach (string key in state.Keys)
            await ports.Documents.DeleteAsync(key, cancellationToken);
    }
}
