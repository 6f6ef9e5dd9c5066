using System.Text.Json.Serialization;

namespace Cki;

[JsonConverter(typeof(JsonStringEnumConverter<DeliveryState>))]
public enum DeliveryState
{
    /// <summary>Being delivered; another may take over after <see cref="ReportDelivery.ClaimedUntil"/>.</summary>
    Claimed,
    Sent,

    /// <summary>Given up with a reason an operator was told.</summary>
    Parked,
}

/// <summary><c>reported/{runId}/{channel}/{kind}</c>: claimed until T, then sent (with the peer's id) or parked.</summary>
public sealed record ReportDelivery(RunId Run, string Channel, string Kind, DeliveryState State)
{
    public DateTimeOffset? ClaimedUntil { get; init; }

    public DateTimeOffset? SentAt { get; init; }

    /// <summary>Message-ID, status id, webhook id.</summary>
    public string? PeerId { get; init; }

    /// <summary>Tries so far; above 1 a copy may have reached the peer (rule 10).</summary>
    public int Tries { get; init; }

    public string? LastError { get; init; }

    public int V { get; init; } = 1;

    public static string KeyOf(RunId run, string channel, string kind) => $"reported/{run}/{channel}/{kind}";
}

/// <summary><c>runs/{runId}/report.json</c>, owned by Reporting: which channels were wanted, and when all were served.</summary>
public sealed record RunReport(RunId Run, int Attempt, IReadOnlyList<string> Wanted)
{
    public DateTimeOffset? ClosedAt { get; init; }

    public int V { get; init; } = 1;
}

/// <summary><c>notices/{key}.json</c>, owned by Reporting: one notice while trouble stands, one when it ends, a reminder daily.</summary>
public sealed record NoticeState(string Key, string Title, DateTimeOffset Since, DateTimeOffset LastSentAt, DateTimeOffset? EndedAt, int Count, int V = 1);
