namespace Cki;

/// <summary>
/// What a raised, ended or due notice changes. Pure: the state as it stands goes in, the state as it should be comes out (the same reference where
/// nothing changes), with what to tell operators in <see cref="NoticeState.ToSend"/>.
/// </summary>
public static class NoticeDecision
{
    /// <summary>While trouble stands, operators hear of it once a day.</summary>
    public static readonly TimeSpan ReminderEvery = TimeSpan.FromDays(1);

    private const int TitleMax = 160;

    /// <param name="eventAt">When the notice was raised by its sender; queues do not keep the order.</param>
    public static NoticeState? OnRaised(NoticeState? state, NoticeRaised raised, DateTimeOffset eventAt, DateTimeOffset now)
    {
        string title = SafeText.Line(raised.Title, TitleMax);
        string text = SafeText.Paragraphs(raised.Text);
        if (raised.Recovered)
            return Ended(state, raised.Key, title, text, eventAt, now);
        if (raised.Once)
        {
            return state is null
                ? new NoticeState(raised.Key, title, eventAt, now, eventAt, 1) { Text = text, ToSend = [new NoticeToSend("start", title, text)] }
                : state with { Count = state.Count + 1 };
        }
        // The end of this trouble overtook its beginning.
        if (state?.EndedAt is { } ended && eventAt <= ended)
            return state;
        bool stands = state is { EndedAt: null };
        if (stands)
            return state! with { Title = title, Text = text, Count = state.Count + 1 };
        return new NoticeState(raised.Key, title, eventAt, now, null, 1) { Text = text, ToSend = [new NoticeToSend("start", title, text)] };
    }

    public static NoticeState? OnReminderDue(NoticeState? state, NoticeReminderDue due, DateTimeOffset now)
    {
        if (state is null || state.EndedAt is not null || state.Since != due.Since || now - state.LastSentAt < ReminderEvery)
            return state;
        int day = (int)((now - state.Since) / ReminderEvery);
        string since = $"It has stood since {ReportWords.Time(state.Since)} and was seen {ReportWords.Count(state.Count, "time", "times")}.";
        NoticeToSend reminder = new($"reminder-{day}", $"STILL: {state.Title}", $"{since}\n\n{state.Text}");
        return state with { LastSentAt = now, ToSend = [.. state.ToSend.Where(n => n.Kind != reminder.Kind), reminder] };
    }

    /// <summary>What was handed to the channels leaves the list.</summary>
    public static NoticeState? OnHandedOver(NoticeState? state, IReadOnlyList<NoticeToSend> handed)
    {
        if (state is null || !state.ToSend.Any(handed.Contains))
            return state;
        return state with { ToSend = [.. state.ToSend.Where(n => !handed.Contains(n))] };
    }

    private static NoticeState? Ended(NoticeState? state, string key, string title, string text, DateTimeOffset eventAt, DateTimeOffset now)
    {
        // Nothing was known to be wrong: remembered, so that a beginning that comes later in the queue stays silent.
        if (state is null)
            return new NoticeState(key, title, eventAt, now, eventAt, 0) { Text = text };
        if (state.EndedAt is not null)
            return eventAt > state.EndedAt ? state with { EndedAt = eventAt } : state;
        // An end from before this trouble began belongs to an earlier one.
        if (eventAt < state.Since)
            return state;
        string lasted = $"It lasted {ReportWords.Span(eventAt - state.Since)}.";
        return state with
        {
            EndedAt = eventAt,
            LastSentAt = now,
            ToSend = [.. state.ToSend, new NoticeToSend("end", $"ENDED: {title}", text.Length == 0 ? lasted : $"{lasted}\n\n{text}")],
        };
    }
}
