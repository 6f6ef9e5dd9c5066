namespace Cki;

/// <summary>
/// What a raised, ended or due notice changes. Pure: the state as it stands goes in, the state as it should be comes out (the same reference where
/// nothing changes), with what to tell operators in <see cref="NoticeState.ToSend"/>.
/// </summary>
public static class NoticeDecision
{
    /// <summary>While trouble stands, operators hear of it once a day.</summary>
    public static readonly TimeSpan ReminderEvery = TimeSpan.FromDays(1);

    /// <summary>Trouble that begins again sooner is the same trouble, and its end was none.</summary>
    public static readonly TimeSpan QuietFor = TimeSpan.FromMinutes(10);

    /// <summary>What flaps must stay away this long before its end is told.</summary>
    public static readonly TimeSpan FlappingQuietFor = TimeSpan.FromHours(1);

    /// <summary>Trouble whose end nobody can tell is over when it was not seen for so long: a day, and two hours that a daily sweep may be late.</summary>
    public static readonly TimeSpan FadesAfter = TimeSpan.FromHours(26);

    /// <summary>More returns than this within an hour are one notice.</summary>
    public const int ReturnsMax = 3;

    private const int TitleMax = 160;
    private static readonly TimeSpan s_flapsWithin = TimeSpan.FromHours(1);

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
            return state! with { Title = title, Text = text, Count = state.Count + 1, SeenAt = raised.Fades ? now : null };
        IReadOnlyList<DateTimeOffset> begun = [.. (state?.Begun ?? []).Where(at => eventAt - at < s_flapsWithin), eventAt];
        bool isFlapping = begun.Count - 1 > ReturnsMax;
        if (state?.QuietEnd is not null)
            return Returned(state with { Title = title, Text = text, Begun = begun, SeenAt = raised.Fades ? now : null }, isFlapping, now);
        string word = isFlapping ? $"FLAPPING: {title}" : title;
        return new NoticeState(raised.Key, title, eventAt, now, null, 1)
        {
            Text = text, Begun = begun, IsFlapping = isFlapping, SeenAt = raised.Fades ? now : null, ToSend = [new NoticeToSend("start", word, isFlapping ? $"{Flaps(begun.Count)}\n\n{text}" : text)],
        };
    }

    /// <summary>How long it must stay away before its end is told.</summary>
    public static TimeSpan QuietOf(NoticeState state) => state.IsFlapping ? FlappingQuietFor : QuietFor;

    public static NoticeState? OnReminderDue(NoticeState? state, NoticeReminderDue due, DateTimeOffset now)
    {
        if (state is null || state.Since != due.Since)
            return state;
        if (state is { EndedAt: { } ended, QuietEnd: { } end } && now - ended >= QuietOf(state))
            return state with { LastSentAt = now, QuietEnd = null, ToSend = [.. state.ToSend, end] };
        if (state.EndedAt is not null || now - state.LastSentAt < ReminderEvery)
            return state;
        int day = (int)((now - state.Since) / ReminderEvery);
        if (state.SeenAt is { } seen && now - seen >= FadesAfter)
            return Faded(state, seen, now);
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
            QuietEnd = new NoticeToSend("end", $"ENDED: {title}", text.Length == 0 ? lasted : $"{lasted}\n\n{text}"),
        };
    }

    /// <summary>It has been away for long enough already: told at once.</summary>
    private static NoticeState Faded(NoticeState state, DateTimeOffset seen, DateTimeOffset now)
    {
        string text = $"It was seen {ReportWords.Count(state.Count, "time", "times")}, last at {ReportWords.Time(seen)}, and not since.";
        return state with { EndedAt = now, LastSentAt = now, ToSend = [.. state.ToSend, new NoticeToSend("end", $"ENDED: {state.Title}", text)] };
    }

    private static NoticeState Returned(NoticeState state, bool isFlapping, DateTimeOffset now)
    {
        NoticeState again = state with { EndedAt = null, QuietEnd = null, Count = state.Count + 1 };
        if (!isFlapping || state.IsFlapping)
            return again;
        NoticeToSend flapping = new("flapping", $"FLAPPING: {state.Title}", $"{Flaps(state.Begun.Count)}\n\n{state.Text}");
        return again with { IsFlapping = true, LastSentAt = now, ToSend = [.. state.ToSend, flapping] };
    }

    private static string Flaps(int begun) =>
        $"It began {begun} times within an hour. You hear of it again when it has stayed away for {ReportWords.Span(FlappingQuietFor)}, or tomorrow.";
}
