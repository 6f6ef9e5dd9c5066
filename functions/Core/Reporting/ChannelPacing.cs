namespace Cki;

/// <summary>Whether a channel's turn is now. Pure: state in, state out.</summary>
public abstract record ChannelTurn
{
    private ChannelTurn() { }

    /// <summary>Send now. <paramref name="After"/> is to be written first, unless it is the state as it stands.</summary>
    /// <param name="Companions">Others that wait and go along in one digest.</param>
    public sealed record Go(ChannelState After, IReadOnlyList<WaitingReport> Companions) : ChannelTurn;

    /// <summary>Not before then. <paramref name="After"/> is to be written where it differs: who waits is noted.</summary>
    public sealed record Wait(TimeSpan For, string Reason, ChannelState After) : ChannelTurn;
}

/// <summary>
/// Pace and circuit of channels. A circuit opens after three failures in a row, then one probe at a time goes, with pauses from 30 s doubling to
/// 15 min, and the first success closes it. Nothing is given up.
/// </summary>
public static class ChannelPacing
{
    /// <summary>A hiccup opens no circuit.</summary>
    public const int FailuresUntilOpen = 3;

    /// <summary>Above this many waiting, those for IRC go as one line.</summary>
    public const int DigestAbove = 3;

    /// <summary>More than this many waiting are not noted: they come back all the same.</summary>
    public const int WaitingMax = 200;

    /// <summary>A peer that asks for more is asked again after this: its clock may be wrong.</summary>
    public static readonly TimeSpan RetryAfterMax = TimeSpan.FromHours(1);

    /// <summary>Down for this long is no hiccup: operators hear of it.</summary>
    public static readonly TimeSpan NoticeAfter = TimeSpan.FromMinutes(10);

    /// <summary>Longer than any channel's own time limit: a probe whose sender died bars the next one no longer.</summary>
    public static readonly TimeSpan ProbeFor = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan s_pauseLeast = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_pauseMost = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan s_notedEvery = TimeSpan.FromMinutes(10);

    /// <summary>Least time between two messages: Slack takes one a second, IRC servers throw out who floods. Zero: no pace.</summary>
    public static TimeSpan PaceOf(ChannelConfig channel) => channel switch
    {
        ChannelConfig.Slack => TimeSpan.FromSeconds(1),
        ChannelConfig.Irc => TimeSpan.FromSeconds(5),
        _ => TimeSpan.Zero,
    };

    public static ChannelTurn Take(ChannelState? state, ChannelConfig channel, WaitingReport me, DateTimeOffset now)
    {
        TimeSpan pace = PaceOf(channel);
        ChannelState stands = state ?? new ChannelState(channel.Name, now);
        if (stands.OpenUntil > now)
            return new ChannelTurn.Wait(stands.OpenUntil.Value - now, $"the channel is down: {stands.LastError}", Noting(stands, me, pace));
        if (stands.NextAt > now)
            return InLine(Noting(stands, me, pace), me, pace, now);
        bool isProbe = stands.OpenUntil is not null;
        List<WaitingReport> others = [.. stands.Waiting.Where(w => !IsSame(w, me))];
        // A probe that fails should hold up nobody else.
        // What has no words says nothing new: it ends by itself when its turn comes.
        List<WaitingReport> companions = [.. others.Where(w => w.Subject.Length > 0)];
        bool isDigest = channel is ChannelConfig.Irc && !isProbe && me.Subject.Length > 0 && companions.Count >= DigestAbove;
        if (pace == TimeSpan.Zero && !isProbe)
            return new ChannelTurn.Go(stands, []);
        ChannelState after = stands with
        {
            NextAt = now + pace,
            OpenUntil = isProbe ? now + ProbeFor : null,
            Waiting = isDigest ? [.. others.Except(companions)] : others,
        };
        return new ChannelTurn.Go(after, isDigest ? companions : []);
    }

    /// <summary>The same state where nothing is worth a write.</summary>
    public static ChannelState Took(ChannelState? state, string channel, DateTimeOffset now)
    {
        ChannelState stands = state ?? new ChannelState(channel, now);
        bool isCalm = stands is { FailuresInARow: 0, OpenUntil: null, DownSince: null } && now - stands.LastSentAt < s_notedEvery;
        return isCalm ? stands : stands with { FailuresInARow = 0, OpenUntil = null, DownSince = null, LastError = null, LastSentAt = now };
    }

    public static ChannelState Failed(ChannelState? state, string channel, ChannelOutcome.Unavailable outcome, DateTimeOffset now)
    {
        ChannelState stands = state ?? new ChannelState(channel, now);
        int failures = stands.FailuresInARow + 1;
        TimeSpan pause = s_pauseLeast * Math.Pow(2, Math.Clamp(failures - FailuresUntilOpen, 0, 10));
        TimeSpan asked = outcome.RetryAfter is { } after ? (after < RetryAfterMax ? after : RetryAfterMax) : TimeSpan.Zero;
        DateTimeOffset next = now + (pause < s_pauseMost ? pause : s_pauseMost);
        return stands with
        {
            FailuresInARow = failures,
            DownSince = stands.DownSince ?? now,
            LastError = SafeText.Line(outcome.Reason),
            NextAt = now + asked > stands.NextAt ? now + asked : stands.NextAt,
            OpenUntil = failures < FailuresUntilOpen ? null : next,
        };
    }

    /// <summary>How long a message waits after its own failure: until the channel may be tried again, and never less than 30 s.</summary>
    public static TimeSpan WaitAfterFailure(ChannelState state, DateTimeOffset now)
    {
        DateTimeOffset until = state.OpenUntil > state.NextAt ? state.OpenUntil.Value : state.NextAt;
        return until - now > s_pauseLeast ? until - now : s_pauseLeast;
    }

    private static ChannelTurn.Wait InLine(ChannelState state, WaitingReport me, TimeSpan pace, DateTimeOffset now)
    {
        int before = 0;
        while (before < state.Waiting.Count && !IsSame(state.Waiting[before], me))
            before++;
        return new ChannelTurn.Wait(state.NextAt - now + (pace * before), $"the channel's pace, {ReportWords.Count(before, "message", "messages")} before it", state);
    }

    private static ChannelState Noting(ChannelState state, WaitingReport me, TimeSpan pace) =>
        pace == TimeSpan.Zero || state.Waiting.Count >= WaitingMax || state.Waiting.Any(w => IsSame(w, me)) ? state : state with { Waiting = [.. state.Waiting, me] };

    private static bool IsSame(WaitingReport one, WaitingReport other) => one.Run == other.Run && one.Kind == other.Kind;
}
