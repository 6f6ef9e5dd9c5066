using Microsoft.Extensions.Logging;

namespace Cki.Reporting;

/// <summary>Operators' notices: decided by <see cref="NoticeDecision"/>, delivered like reports, each channel by its own message.</summary>
public sealed class Notices(SuitePorts ports, Courier courier, BoardIndexer board, ILogger log)
{
    private static readonly TimeSpan DueAfter = TimeSpan.FromMinutes(2);

    private readonly Post _post = ports.PostFrom("reporting");

    public async Task RaisedAsync(ReceivedMessage message, NoticeRaised raised, DateTimeOffset eventAt, CancellationToken cancellationToken)
    {
        log.Noticed(raised.Key, raised.Title);
        NoticeState? state = await UpdateAsync(raised.Key, s => NoticeDecision.OnRaised(s, raised, eventAt, ports.Clock.GetUtcNow()), cancellationToken);
        await HandOverAsync(state, cancellationToken);
        await board.NoticedAsync(raised.Key, cancellationToken);
        await ports.Due.DoneAsync(message, cancellationToken);
    }

    public async Task ReminderDueAsync(ReceivedMessage message, NoticeReminderDue due, CancellationToken cancellationToken)
    {
        NoticeState? state = await UpdateAsync(due.Key, s => NoticeDecision.OnReminderDue(s, due, ports.Clock.GetUtcNow()), cancellationToken);
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
        // After eight hops the due marker alone brings it back.
        await _post.LaterAsync(message, off.Delay < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : off.Delay, cancellationToken);
    }

    private async Task HandOverAsync(NoticeState? state, CancellationToken cancellationToken)
    {
        if (state is null || state.ToSend.Count == 0)
            return;
        IReadOnlyList<string> channels = ReportRoute.Notice(ports.Config.Current);
        foreach (DeliverNotice message in state.ToSend.SelectMany(n => channels.Select(c => new DeliverNotice(state.Key, state.Since, c, n))))
        {
            string id = $"{ReportIds.OfNotice(state.Key, state.Since)}-{message.Channel}-{message.Notice.Kind}";
            string due = await ports.Due.PlaceAsync(_post.Marker("report", id, ports.Clock.GetUtcNow() + DueAfter, message), cancellationToken);
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

    private Task<NoticeState?> UpdateAsync(string key, Func<NoticeState?, NoticeState?> change, CancellationToken cancellationToken) =>
        ports.Documents.UpdateAsync(NoticeState.KeyOf(key), DocumentJson.Default.NoticeState, change, cancellationToken);
}
