using System.Text.Json.Serialization;

namespace Cki;

/// <summary>
/// <c>deliveries/{yyyy}/{MM}/{dd}/{HH}/{source}/{deliveryId}.json</c>: a genuine delivery as it came. Headers without secrets; the body as
/// base64 of its raw bytes, so that a replay can be verified again.
/// </summary>
/// <param name="Delivery">Idempotency-Key, webhook-id or a hash of the body; made safe for a key.</param>
/// <param name="Reading">How it was understood: <c>push</c>, <c>job</c>, <c>unknown kind: ...</c>, <c>unreadable: ...</c></param>
public sealed record ArchivedDelivery(
    string Delivery, string Source, DateTimeOffset ReceivedAt, IReadOnlyDictionary<string, string> Headers, string Body, string Reading, int V = 1)
{
    /// <summary>See <see cref="RoutingKeys"/>; null in deliveries of earlier releases.</summary>
    public string? RoutingKey { get; init; }

    /// <summary>GitLab's log of events told of it: it failed, or never came.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsReconciled { get; init; }

    /// <summary>Archived by reconciliation, and not sent on yet.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsPending { get; init; }

    /// <summary>Names of the headers that are archived: none of them holds a secret.</summary>
    public static readonly IReadOnlyList<string> HeadersKept =
    [
        "content-type", "idempotency-key", "sentry-hook-resource", "user-agent", "webhook-id", "webhook-signature", "webhook-timestamp",
        "x-github-delivery", "x-github-event", "x-gitlab-event", "x-gitlab-event-uuid", "x-gitlab-instance", "x-gitlab-webhook-uuid",
    ];

    [JsonIgnore]
    public string Key => $"deliveries/{ReceivedAt.UtcDateTime:yyyy/MM/dd/HH}/{Source}/{Delivery}.json";
}
