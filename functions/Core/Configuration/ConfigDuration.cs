using System.Globalization;

namespace Cki;

/// <summary>Durations as people write them: <c>90s</c>, <c>5m</c>, <c>2h</c>, <c>3d</c>, <c>1h30m</c>, or a plain number of seconds.</summary>
public static class ConfigDuration
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds))
            return TryAdd(seconds, 's', ref duration);
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsAsciiDigit(text[i]))
                continue;
            if (!long.TryParse(text.AsSpan(start, i - start), NumberStyles.None, CultureInfo.InvariantCulture, out long count) || !TryAdd(count, text[i], ref duration))
                return false;
            start = i + 1;
        }
        return text.Length > 0 && start == text.Length;
    }

    /// <summary>The shortest way to write it, for messages.</summary>
    public static string Write(TimeSpan duration) => duration switch
    {
        { Ticks: > 0 } when duration.Ticks % TimeSpan.TicksPerDay == 0 => $"{duration.TotalDays}d",
        { Ticks: > 0 } when duration.Ticks % TimeSpan.TicksPerHour == 0 => $"{duration.TotalHours}h",
        { Ticks: > 0 } when duration.Ticks % TimeSpan.TicksPerMinute == 0 => $"{duration.TotalMinutes}m",
        _ => $"{duration.TotalSeconds}s",
    };

    private static bool TryAdd(long count, char unit, ref TimeSpan duration)
    {
        long unitSeconds = unit switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 };
        // Ten years are enough for everything here and far from overflow.
        const long secondsMax = 315_360_000;
        if (unitSeconds == 0 || count > secondsMax / unitSeconds)
            return false;
        duration += TimeSpan.FromSeconds(count * unitSeconds);
        return true;
    }
}
