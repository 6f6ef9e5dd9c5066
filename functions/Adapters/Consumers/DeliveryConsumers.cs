using System.Collections.Concurrent;

namespace Cki.Adapters;

/// <summary>Makes the consumers that configuration entries describe.</summary>
/// <param name="aws">A session for a region; null region: the environment's.</param>
public sealed class DeliveryConsumers(HttpClient http, ISecrets secrets, TimeProvider clock, Func<string?, AwsSession> aws)
{
    private readonly ConcurrentDictionary<string, AwsSession> _sessions = new(StringComparer.Ordinal);

    public IDeliveryConsumer Open(ConsumerConfig consumer) => consumer switch
    {
        ConsumerConfig.Webhook webhook => new WebhookConsumer(webhook, http, secrets, clock),
        ConsumerConfig.Amqp amqp => new AmqpConsumer(amqp, secrets, clock),
        ConsumerConfig.Sqs sqs => new SqsConsumer(sqs, SessionFor(sqs.Queue)),
        _ => throw new System.Diagnostics.UnreachableException(consumer.GetType().Name),
    };

    private AwsSession SessionFor(Uri queue)
    {
        string? region = SqsConsumer.RegionOf(queue);
        return _sessions.GetOrAdd(region ?? "", _ => aws(region));
    }
}
