using Microsoft.Extensions.Logging;

namespace Cki.Reporting;

/// <summary>Operators' notices: decided by <see cref="NoticeDecision"/>, delivered like reports, each channel by its own message.</summary>
public sealed class Notices(SuitePorts ports, Courier courier, BoardIndexer board, ILogger log)
{
    private static readonly TimeSpan DueAfter = TimeSpan.FromMinutes(2);

    private readonly Post _post = ports.PostFrom("reporting");
    private readonly PuttingOff _later = new(ports);

    public async Task RaisedAsync(ReceivedMessage message, NoticeRaised raised, DateTimeOffset eventAt, CancellationToken cancellationToken)
    {
        log.Noticed(raised.Key, raised.Title);
        NoticeState? state = await DecideAsync(raised.Key, s => NoticeDecision.OnRaised(s, raised, eventAt, ports.Clock.GetUtcNow()), cancellationToken);
        await HandOverAsync(state, cancellationToken);
        await board.NoticedAsync(raised.Key, cancellationToken);
        await ports.Due.DoneAsync(message, cancellationToken);
    }

    public async Task ReminderDueAsync(ReceivedMessage message, NoticeReminderDue due, CancellationToken cancellationToken)
    {
        NoticeState? state = await DecideAsync(due.Key, s => NoticeDecision.OnReminderDue(s, due, ports.Clock.GetUtcNow()), cancellationToken);
        await HandOverAsync(state, cancellationToken);
        await ports.Due.DoneAsync(message, cancellationToken);
    }

    public async Task DeliverAsync(ReceivedMessage message, DeliverNotice notice, CancellationToken cancellationToken)
    {
        var parcel = new Parcel(
            ReportIds.OfNotice(notice.Key, notice.Since), notice.Channel, notice.Notice.Kind, null, (channel, _) => new Letter.Words(ReportLetters.Of(notice, channel)));
        Carried carried = await courier.CarryAsync(parcel, cancellationToken);
        if (carried is Carried.Ended)
        {
            await ports.Due.DoneAsync(message, cancellationToken);
            return;
        }
        var off = (Carried.PutOff)carried;
        log.PutOff(parcel.Subject, parcel.Kind, parcel.Channel, off.Reason);
        await _later.UntilAsync(message, notice, ("report", Id(notice)), off.Delay, cancellationToken);
    }

    private async Task HandOverAsync(NoticeState? state, CancellationToken cancellationToken)
    {
        // An end is told when it has lasted; the minute more is the marker's own.
        if (state is { QuietEnd: not null, EndedAt: { } ended })
        {
            DateTimeOffset quietAt = ended + NoticeDecision.QuietOf(state) + TimeSpan.FromMinutes(1);
            await ports.Due.PlaceAsync(_post.Marker("notice", state.Key, quietAt, new NoticeReminderDue(state.Key, state.Since)), cancellationToken);
        }
        if (state is null || state.ToSend.Count == 0)
            return;
        IReadOnlyList<string> channels = Channels(state.Key);
        foreach (DeliverNotice message in state.ToSend.SelectMany(n => channels.Select(c => new DeliverNotice(state.Key, state.Since, c, n))))
        {
            string due = await ports.Due.PlaceAsync(_post.Marker("report", Id(message), ports.Clock.GetUtcNow() + DueAfter, message), cancellationToken);
            await _post.SendAsync(message, cancellationToken, due);
        }
        // A minute more than a day: markers come due with the minute they stand in, which may have begun before.
        if (state.EndedAt is null)
        {
            DateTimeOffset remindAt = state.LastSentAt + NoticeDecision.ReminderEvery + TimeSpan.FromMinutes(1);
            await ports.Due.PlaceAsync(_post.Marker("notice", state.Key, remindAt, new NoticeReminderDue(state.Key, state.Since)), cancellationToken);
        }
        await UpdateAsync(state.Key, s => NoticeDecision.OnHandedOver(s, state.ToSend), cancellationToken);
    }

    /// <summary>That a channel is down is told on the others, where there are others.</summary>
    private IReadOnlyList<string> Channels(string key)
    {
        IReadOnlyList<string> all = ReportRoute.Notice(ports.Config.Current);
        List<string> others = [.. all.Where(c => ChannelPace.NoticeKey(c) != key)];
        return others.Count > 0 ? others : all;
    }

    private static string Id(DeliverNotice message) => $"{ReportIds.OfNotice(message.Key, message.Since)}-{message.Channel}-{message.Notice.Kind}";

    /// <summary>Counts what the write that won has changed.</summary>
    private async Task<NoticeState?> DecideAsync(string key, Func<NoticeState?, NoticeState?> change, CancellationToken cancellationToken)
    {
        NoticeState? before = null;
        NoticeState? after = await UpdateAsync(key, s => change(before = s), cancellationToken);
        string? what = (before?.IsStanding ?? false, after?.IsStanding ?? false) switch
        {
            (false, true) => "started",
            (true, false) => "ended",
            _ => before is null && after is { ToSend.Count: > 0 } ? "told" : null,
        };
        if (what is not null)
            SuiteMetrics.Notices.Add(1, new("notice", Runbook.EntryOf(key) ?? ""), new("change", what));
        return after;
    }

    private Task<NoticeState?> UpdateAsync(string key, Func<NoticeState?, NoticeState?> change, CancellationToken cancellationToken) =>
        ports.Documents.UpdateAsync(NoticeState.KeyOf(key), DocumentJson.Default.NoticeState, change, cancellationToken);
}
