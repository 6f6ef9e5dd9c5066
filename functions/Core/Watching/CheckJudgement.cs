namespace Cki;

/// <summary>What a look changes in a check's state. Pure.</summary>
public static class CheckJudgement
{
    private const int DowntimesMax = 50;
    private const int SaidMax = 300;

    /// <param name="state">Null: never looked.</param>
    /// <param name="isHeld">The status must not get worse yet: what it depends on is looked at first.</param>
    public static CheckState After(CheckConfig check, CheckState? state, CheckSight sight, LookedUnder under, bool isHeld = false)
    {
        DateTimeOffset now = under.Now;
        CheckState seen = Seen(check, state, sight, under);
        if (sight.Status == seen.Status && seen.Because is null)
            return seen with { Against = 0, AgainstSince = null };
        DateTimeOffset since = seen.AgainstSince ?? now;
        int against = seen.Against + 1;
        if (against < Needed(check, seen, sight) || (isHeld && sight.Status is (CheckStatus.Down or CheckStatus.Degraded)))
            return seen with { Against = Math.Min(against, check.Looks), AgainstSince = since };
        CheckState changed = seen with { Status = sight.Status, Since = since, Against = 0, AgainstSince = null, Because = null };
        changed = changed with { Downtimes = Downtimes(changed, since) };
        return under.Maintenance is null ? changed with { Months = CheckMonths.Corrected(changed.Months, seen.Status, sight.Status, now - since, now) } : changed;
    }

    /// <summary>It is not judged: what it depends on is down.</summary>
    /// <param name="root">Name of the check that is down.</param>
    public static CheckState Blocked(CheckConfig check, CheckState? state, string root, LookedUnder under)
    {
        CheckState seen = Seen(check, state, CheckSight.Unknown($"not judged while {root} is down"), under);
        return seen with
        {
            Status = CheckStatus.Unknown, Because = root, Against = 0, AgainstSince = null, Value = null, Unit = null,
            Since = seen.Status == CheckStatus.Unknown ? seen.Since : under.Now,
        };
    }

    /// <summary>A check as it stands before its first look.</summary>
    public static CheckState New(CheckConfig check, DateTimeOffset now) => new(check.Name, check.Target.Kind, CheckStatus.Pending, now, DateTimeOffset.MinValue);

    private static CheckState Seen(CheckConfig check, CheckState? state, CheckSight sight, LookedUnder under)
    {
        CheckState before = state ?? New(check, under.Now);
        return before with
        {
            Kind = check.Target.Kind,
            LookedAt = under.Now,
            Said = SafeText.Line(sight.Said, SaidMax),
            Value = sight.Value,
            Unit = sight.Unit,
            Memory = sight.Memory ?? before.Memory,
            Maintenance = under.Maintenance,
            LookingUntil = null,
            Months = CheckMonths.Counted(check, before, under),
        };
    }

    /// <summary>Good news of what was not known is believed at once.</summary>
    private static int Needed(CheckConfig check, CheckState state, CheckSight sight) =>
        state.Status is CheckStatus.Pending or CheckStatus.Unknown && sight.Status == CheckStatus.Up ? 1 : check.Looks;

    private static IReadOnlyList<Downtime> Downtimes(CheckState changed, DateTimeOffset since)
    {
        Downtime? open = changed.Downtimes.LastOrDefault(d => d.Until is null);
        return changed.Status switch
        {
            CheckStatus.Down when open is null => [.. changed.Downtimes.TakeLast(DowntimesMax - 1), new Downtime(since, null, changed.Said)],
            CheckStatus.Up or CheckStatus.Degraded when open is not null => [.. changed.Downtimes.Select(d => d == open ? d with { Until = since } : d)],
            _ => changed.Downtimes,
        };
    }
}

/// <summary>When a look took place, and in which maintenance window (null: none).</summary>
public sealed record LookedUnder(DateTimeOffset Now, string? Maintenance);
