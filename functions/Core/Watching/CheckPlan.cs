namespace Cki;

/// <summary>When a check is looked at.</summary>
public static class CheckPlan
{
    /// <summary>A wish that waited longer is void: a fresh one does its work.</summary>
    public static readonly TimeSpan LookIsOldAfter = TimeSpan.FromMinutes(2);

    /// <summary>Looks that follow closer say nothing new: several that are asked for at once must not pass for several in a row.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromSeconds(30);

    /// <summary>A look that was killed bars the next one no longer than its own time-out and this.</summary>
    private static readonly TimeSpan s_leaseBeyond = TimeSpan.FromSeconds(30);

    /// <summary>Half a tick early: a check of each minute would otherwise miss every second tick.</summary>
    public static bool IsDue(CheckConfig check, CheckState? state, DateTimeOffset now) =>
        state is null || (now - state.LookedAt >= check.Interval - Gap && !IsLeased(state, now));

    /// <summary>The state with a lease on the look; the same reference where there must be none now.</summary>
    /// <param name="isAsked">A person asks: now, however close.</param>
    public static CheckState Leased(CheckConfig check, CheckState? state, DateTimeOffset now, bool isAsked)
    {
        CheckState standing = state ?? CheckJudgement.New(check, now);
        return state is not null && (IsLeased(state, now) || (!isAsked && now - state.LookedAt < Gap))
            ? state
            : standing with { LookingUntil = now + check.Timeout + s_leaseBeyond };
    }

    private static bool IsLeased(CheckState state, DateTimeOffset now) => state.LookingUntil > now;
}
