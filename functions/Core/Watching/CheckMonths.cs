using System.Globalization;

namespace Cki;

/// <summary>How long a check was looked over and how long it was down, by the month. Maintenance and what is not known do not count.</summary>
public static class CheckMonths
{
    private const int MonthsMax = 13;

    /// <summary>When looks stood still for longer, nobody knows how it was.</summary>
    private const int IntervalsMost = 3;

    /// <summary>Between 0 and 1; null where nothing was looked over in the newest month.</summary>
    public static double? Availability(CheckState state) =>
        state.Months is [.., { LookedSeconds: > 0 } month] ? 1 - (month.DownSeconds / month.LookedSeconds) : null;

    /// <summary>The time since the look before, under the status that stood.</summary>
    internal static IReadOnlyList<MonthOfCheck> Counted(CheckConfig check, CheckState before, LookedUnder under)
    {
        bool isKnown = before.Status is CheckStatus.Up or CheckStatus.Degraded or CheckStatus.Down;
        if (!isKnown || under.Maintenance is not null || before.Maintenance is not null)
            return before.Months;
        double passed = Math.Clamp((under.Now - before.LookedAt).TotalSeconds, 0, (check.Interval * IntervalsMost).TotalSeconds);
        return Added(before.Months, under.Now, passed, before.Status == CheckStatus.Down ? passed : 0);
    }

    /// <summary>A change that has shown itself for <paramref name="passed"/> before it was believed.</summary>
    internal static IReadOnlyList<MonthOfCheck> Corrected(
        IReadOnlyList<MonthOfCheck> months, CheckStatus before, CheckStatus after, TimeSpan passed, DateTimeOffset now) => (before, after) switch
    {
        (CheckStatus.Up or CheckStatus.Degraded, CheckStatus.Down) => Added(months, now, 0, passed.TotalSeconds),
        (CheckStatus.Down, CheckStatus.Up or CheckStatus.Degraded) => Added(months, now, 0, -passed.TotalSeconds),
        _ => months,
    };

    private static IReadOnlyList<MonthOfCheck> Added(IReadOnlyList<MonthOfCheck> months, DateTimeOffset now, double looked, double down)
    {
        if (looked == 0 && down == 0)
            return months;
        string name = now.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture);
        bool isOld = months is [.., { Month: var newest }] && newest == name;
        MonthOfCheck month = isOld ? months[^1] : new MonthOfCheck(name, 0, 0);
        double all = month.LookedSeconds + looked;
        month = month with { LookedSeconds = all, DownSeconds = Math.Clamp(month.DownSeconds + down, 0, all) };
        return [.. (isOld ? months.SkipLast(1) : months).TakeLast(MonthsMax - 1), month];
    }
}
