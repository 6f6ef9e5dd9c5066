using System.Globalization;

namespace Cki.GitLabSimulator;

internal static class Times
{
    /// <summary>As webhooks write it: <c>2016-08-12 15:23:28 UTC</c>.</summary>
    public static string? Hook(DateTimeOffset? at) =>
        at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>As the API writes it: <c>2016-08-12T15:23:28.123Z</c>.</summary>
    public static string? Api(DateTimeOffset? at) =>
        at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>As commits carry it: <c>2016-08-12T15:23:28+00:00</c>.</summary>
    public static string Commit(DateTimeOffset at) =>
        at.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    public static double? Seconds(DateTimeOffset? from, DateTimeOffset? until) =>
        from is null || until is null ? null : Math.Round((until.Value - from.Value).TotalSeconds, 3);
}
