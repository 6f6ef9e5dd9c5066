namespace Cki.GitLabSimulator;

/// <summary>Requests per user and minute, and how GitLab says no.</summary>
internal sealed class RateLimits
{
    private readonly SortedDictionary<string, (long Minute, int Count)> _seen = new(StringComparer.Ordinal);

    public (int Observed, bool Over) Count(DateTimeOffset now, string user, int limit)
    {
        long minute = now.ToUnixTimeSeconds() / 60;
        (long known, int count) = _seen.GetValueOrDefault(user);
        count = known == minute ? count + 1 : 1;
        _seen[user] = (minute, count);
        return (count, count > limit);
    }

    /// <summary>The front's refusal: plain text, with all headers.</summary>
    public static Answer Front(DateTimeOffset now, int limit) => new(429, "Retry later\n", "text/plain")
    {
        Headers = [.. Headers(now, limit, limit + 1), ("Retry-After", $"{SecondsLeft(now)}")],
    };

    /// <summary>The application's refusal: JSON, no headers.</summary>
    public static Answer Application() =>
        Answer.Refuse(429, new System.Text.Json.Nodes.JsonObject { ["error"] = "This endpoint has been requested too many times. Try again later." });

    public static IEnumerable<(string, string)> Headers(DateTimeOffset now, int limit, int observed) =>
    [
        ("RateLimit-Limit", $"{limit}"), ("RateLimit-Name", "throttle_authenticated_api"), ("RateLimit-Observed", $"{observed}"),
        ("RateLimit-Remaining", $"{Math.Max(0, limit - observed)}"), ("RateLimit-Reset", $"{now.ToUnixTimeSeconds() + SecondsLeft(now)}"),
    ];

    private static long SecondsLeft(DateTimeOffset now) => 60 - (now.ToUnixTimeSeconds() % 60);
}
