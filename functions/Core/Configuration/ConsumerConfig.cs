namespace Cki;

/// <summary>sources.yaml, <c>consumers</c>: somebody else who gets genuine deliveries whose routing key matches one of his bindings.</summary>
public abstract record ConsumerConfig(string Name, IReadOnlyList<string> Bindings)
{
    /// <summary>Least time between two deliveries. Default none.</summary>
    public TimeSpan Pace { get; init; }

    public bool Wants(string routingKey) => Bindings.Any(b => RoutingKeys.IsMatch(b, routingKey));

    /// <summary>The body as it came, signed by Standard Webhooks with a key of ours.</summary>
    public sealed record Webhook(string Name, IReadOnlyList<string> Bindings, Uri Url, string KeySecret) : ConsumerConfig(Name, Bindings);

    /// <summary>A topic exchange, as CKI's consumers read it: AMQP 0.9.1, publisher confirms.</summary>
    /// <param name="Broker"><c>amqp://host:port/vhost</c> or <c>amqps://</c>, without user and password.</param>
    public sealed record Amqp(
        string Name, IReadOnlyList<string> Bindings, Uri Broker, string Exchange, string? UserSecret, string? PasswordSecret) : ConsumerConfig(Name, Bindings);

    /// <summary>Another team's SQS queue; what runs us must be allowed to send to it.</summary>
    public sealed record Sqs(string Name, IReadOnlyList<string> Bindings, Uri Queue) : ConsumerConfig(Name, Bindings);
}
