using System.Globalization;

namespace Cki;

/// <summary>The few words that every channel and the board share.</summary>
public static class ReportWords
{
    public static string Of(Verdict verdict) => verdict switch
    {
        Verdict.Passed => "PASS",
        Verdict.Failed => "FAIL",
        _ => verdict.ToString().ToUpperInvariant(),
    };

    public static string Of(FoundBy found) => found switch
    {
        FoundBy.Webhook => "by its webhook",
        FoundBy.Poll => "by polling",
        _ => "by reconciliation",
    };

    /// <summary>UTC to the minute: <c>2026-03-06 10:08Z</c>.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

    /// <summary>UTC to the second, for timelines.</summary>
    public static string Second(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary><c>3 d 4 h</c>, <c>2 h 5 min</c>, <c>12 min</c>, <c>40 s</c>.</summary>
    public static string Span(TimeSpan span)
    {
        if (span < TimeSpan.Zero)
            return "0 s";
        if (span.TotalDays >= 2)
            return $"{span.Days} d {span.Hours} h";
        if (span.TotalHours >= 2)
            return $"{(int)span.TotalHours} h {span.Minutes} min";
        return span.TotalMinutes >= 2 ? $"{(int)span.TotalMinutes} min" : $"{(int)span.TotalSeconds} s";
    }

    public static string Count(int count, string one, string many) => count == 1 ? $"1 {one}" : $"{count} {many}";
}
