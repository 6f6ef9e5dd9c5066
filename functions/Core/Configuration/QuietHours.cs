using System.Globalization;

namespace Cki;

/// <summary>A window of a day, UTC, on some days of the week. One that ends before it starts ends on the next day.</summary>
/// <param name="Days">On which it starts.</param>
/// <param name="From">Since midnight.</param>
/// <param name="To">Since midnight; up to 24 hours.</param>
public sealed record QuietHours(IReadOnlyList<DayOfWeek> Days, TimeSpan From, TimeSpan To)
{
    private static readonly string[] Names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    /// <summary>Windows that follow on each other all week are cut off here: something is wrong then.</summary>
    private const int WindowsMost = 30;

    /// <summary><c>22:00-06:00</c>, <c>sat,sun 00:00-24:00</c>, <c>mon-fri 08:00-18:00</c>. Null when it is none of these.</summary>
    public static QuietHours? Parse(string text)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is 0 or > 2 || words[^1].Split('-') is not [var from, var to] || Time(from) is not { } start || Time(to) is not { } end || start == end)
            return null;
        IReadOnlyList<DayOfWeek>? days = words.Length == 2 ? DaysOf(words[0]) : Enum.GetValues<DayOfWeek>();
        return days is null ? null : new QuietHours(days, start, end);
    }

    /// <summary>When it is over; null when it is not quiet.</summary>
    public static DateTimeOffset? Until(IReadOnlyList<QuietHours> windows, DateTimeOffset now)
    {
        DateTimeOffset? end = null;
        for (int i = 0; i < WindowsMost; i++)
        {
            DateTimeOffset at = end ?? now;
            DateTimeOffset? further = windows.Select(w => w.End(at)).Max();
            if (further is null)
                return end;
            end = further;
        }
        return end;
    }

    private DateTimeOffset? End(DateTimeOffset at)
    {
        var midnight = new DateTimeOffset(at.UtcDateTime.Date, TimeSpan.Zero);
        DateTimeOffset? latest = null;
        foreach (DateTimeOffset day in (DateTimeOffset[])[midnight.AddDays(-1), midnight])
        {
            DateTimeOffset end = day + To + (To <= From ? TimeSpan.FromDays(1) : TimeSpan.Zero);
            if (Days.Contains(day.DayOfWeek) && day + From <= at && at < end)
                latest = end;
        }
        return latest;
    }

    private static TimeSpan? Time(string text)
    {
        if (text == "24:00")
            return TimeSpan.FromDays(1);
        return TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly time) ? time.ToTimeSpan() : null;
    }

    private static IReadOnlyList<DayOfWeek>? DaysOf(string text)
    {
        var days = new SortedSet<DayOfWeek>();
        foreach (string part in text.Split(','))
        {
            int[] ends = [.. part.Split('-').Select(n => Array.IndexOf(Names, n.ToLowerInvariant()))];
            if (ends.Length > 2 || ends.Contains(-1))
                return null;
            for (int day = ends[0]; ; day = (day + 1) % 7)
            {
                days.Add((DayOfWeek)day);
                if (day == ends[^1])
                    break;
            }
        }
        return [.. days];
    }
}
