using System.Text.Json.Serialization;

namespace Cki;

/// <summary>What a check says.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CheckStatus>))]
public enum CheckStatus
{
    /// <summary>Never looked yet.</summary>
    Pending,
    Up,

    /// <summary>Answers, but worse than its limits.</summary>
    Degraded,
    Down,

    /// <summary>It cannot be said: what it depends on is down, or the look itself failed on our side.</summary>
    Unknown,
}

/// <summary><c>checks/{name}.json</c>, owned by Watch: one check's status, since when, and its downtimes.</summary>
/// <param name="Since">When the status began.</param>
/// <param name="LookedAt">Last look.</param>
public sealed record CheckState(string Name, string Kind, CheckStatus Status, DateTimeOffset Since, DateTimeOffset LookedAt)
{
    /// <summary>What was seen, one line: <c>answered 503 after 210 ms</c>.</summary>
    public string Said { get; init; } = "";

    /// <summary>Looks in a row that disagree with <see cref="Status"/>: flap damping counts them.</summary>
    public int Against { get; init; }

    /// <summary>Latency in milliseconds or the number that was measured; null: none.</summary>
    public double? Value { get; init; }

    public string? Unit { get; init; }

    /// <summary>Named maintenance window that holds now: no notice is raised. Null: none.</summary>
    public string? Maintenance { get; init; }

    /// <summary>Newest last, at most 50.</summary>
    public IReadOnlyList<Downtime> Downtimes { get; init; } = [];

    /// <summary>Per month (<c>2026-11</c>), seconds looked over and seconds down; at most 13 months, oldest first.</summary>
    public IReadOnlyList<MonthOfCheck> Months { get; init; } = [];

    /// <summary>Of the first look in a row that disagrees.</summary>
    public DateTimeOffset? AgainstSince { get; init; }

    /// <summary>Another looks; void from then on.</summary>
    public DateTimeOffset? LookingUntil { get; init; }

    /// <summary>Of <see cref="CheckStatus.Unknown"/>: the check that is down instead, of all it depends on. Null: none.</summary>
    public string? Because { get; init; }

    /// <summary>Statuses of which operators have been told and not yet told that they are over.</summary>
    public IReadOnlyList<CheckStatus> Told { get; init; } = [];

    /// <summary>What the kind of check keeps from look to look: an image's digest, how far a log was read.</summary>
    public string? Memory { get; init; }

    /// <summary>The newest heartbeat.</summary>
    public DateTimeOffset? BeatAt { get; init; }

    public int V { get; init; } = 1;

    public const string Prefix = "checks/";

    public static string KeyOf(string name) => $"{Prefix}{name}.json";
}

/// <summary>From when to when it was down, and what was seen. <paramref name="Until"/> null: still.</summary>
public sealed record Downtime(DateTimeOffset From, DateTimeOffset? Until, string Said);

/// <summary>Availability is 1 - Down / Looked.</summary>
public sealed record MonthOfCheck(string Month, double LookedSeconds, double DownSeconds);
