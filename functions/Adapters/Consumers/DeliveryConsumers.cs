namespace Cki.Adapters;

/// <summary>Makes the consumer that a configuration entry describes.</summary>
public static class DeliveryConsumers
{
    /// <summary>Null for a kind that cannot be reached from here (an SQS queue without AWS).</summary>
    public static IDeliveryConsumer? Create(ConsumerConfig consumer, HttpClient http, ISecrets secrets, TimeProvider clock) => consumer switch
    {
        ConsumerConfig.Webhook webhook => new WebhookConsumer(webhook, http, secrets, clock),
        ConsumerConfig.Amqp amqp => new AmqpConsumer(amqp, secrets, clock),
        ConsumerConfig.Sqs => null,
        _ => throw new System.Diagnostics.UnreachableException(consumer.GetType().Name),
    };
}
