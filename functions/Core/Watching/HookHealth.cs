namespace Cki;

/// <summary>What Watch does about a hook.</summary>
public abstract record HookAct
{
    private HookAct() { }

    public sealed record Leave : HookAct;

    /// <summary>It is down: note it, tell operators, look at the trees that it would have told of.</summary>
    public sealed record Begin(HookTrouble Trouble) : HookAct;

    /// <summary>Note the try, then ask GitLab for a test delivery.</summary>
    public sealed record Test(HookTrouble Trouble) : HookAct;

    /// <summary>It is up: fill the gap, tell operators, forget the trouble.</summary>
    public sealed record End : HookAct;
}

/// <summary>
/// When a hook is down, tested and up again. GitLab disables a hook after four failures in a row without telling anyone, first for a minute, then for
/// twice as long; a delivery that is answered well enables it again.
/// </summary>
public static class HookHealth
{
    /// <summary>Between two reads of a healthy hook's event log.</summary>
    public static readonly TimeSpan LogEvery = TimeSpan.FromMinutes(10);

    /// <summary>What was refused is asked again after so long.</summary>
    public static readonly TimeSpan RefusedFor = TimeSpan.FromDays(1);

    /// <summary>A look that waited longer is void: a fresh one does its work.</summary>
    public static readonly TimeSpan LookIsOldAfter = TimeSpan.FromMinutes(2);

    /// <summary>A test tells of the newest commit: the trees are looked at before, but a tree that cannot be read holds tests up no longer than this.</summary>
    public static readonly TimeSpan TreesHoldTests = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan TestPauseMax = TimeSpan.FromHours(1);

    /// <param name="standing">What is known to be wrong; null: nothing.</param>
    /// <param name="why">What is wrong now; null: nothing.</param>
    /// <param name="isTestable">There is a hook, and the commit that a test would tell of is known.</param>
    public static HookAct Decide(HookTrouble? standing, string? why, bool isTestable, DateTimeOffset now)
    {
        if (standing is null)
            return why is null ? new HookAct.Leave() : new HookAct.Begin(new HookTrouble(now, why) { NextTestAt = now });
        if (why is null)
            return new HookAct.End();
        if (!standing.IsTold)
            return new HookAct.Begin(standing);
        return isTestable && standing.NextTestAt <= now
            ? new HookAct.Test(standing with { Tests = standing.Tests + 1, NextTestAt = now + PauseAfter(standing.Tests) })
            : new HookAct.Leave();
    }

    /// <summary>True once the tree was looked at since the hook went down: what a test delivery tells of is known then, and starts no run.</summary>
    public static bool IsLookedAt(TreeHeads? heads, HookTrouble trouble, DateTimeOffset now) =>
        heads?.FirstSeenAt is not null
        && ((heads.PolledAt > trouble.Since && heads.PollError is null) || now - trouble.Since > TreesHoldTests);

    /// <summary>1, 2, 4, ... minutes, at most an hour. GitLab allows 5 tests a minute.</summary>
    private static TimeSpan PauseAfter(int tests)
    {
        TimeSpan grown = TimeSpan.FromMinutes(1 << Math.Min(tests, 10));
        return grown < TestPauseMax ? grown : TestPauseMax;
    }
}
