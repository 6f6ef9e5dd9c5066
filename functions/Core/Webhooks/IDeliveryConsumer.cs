namespace Cki;

/// <summary>A delivery on its way to a consumer.</summary>
/// <param name="Id">The delivery's name: the same delivery handed over twice has the same one.</param>
/// <param name="Type">What the source is: <c>gitlab</c>, <c>github</c>, <c>sentry</c>, or another of <see cref="SourceKinds"/>.</param>
/// <param name="Headers">As archived: without secrets.</param>
/// <param name="Body">The raw bytes as they came.</param>
public sealed record OutgoingDelivery(
    string Id, string Type, string RoutingKey, DateTimeOffset ReceivedAt, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>Its like was received within the hour.</summary>
    public bool IsAgain { get; init; }

    public string ContentType => Headers.GetValueOrDefault("content-type") is { Length: > 0 } given ? given : "application/json";
}

/// <summary>Somebody who gets deliveries: a webhook, a topic exchange, another team's queue.</summary>
public interface IDeliveryConsumer
{
    Task<ChannelOutcome> SendAsync(OutgoingDelivery delivery, CancellationToken cancellationToken);
}
