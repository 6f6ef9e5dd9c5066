using System.Globalization;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Cki.Adapters;

/// <summary>
/// Publishes deliveries to a topic exchange (AMQP 0.9.1), each confirmed by the broker before it counts as sent. Headers and body are what CKI's
/// consumers read: <c>message-type</c> names the source, <c>message-date</c> when it came; the body is the sender's JSON, untouched.
/// </summary>
/// <remarks>One connection per hand-over: a broker that was away leaves nothing to heal, at the cost of a handshake (measured on loopback: 10 to 20 ms).
/// The exchange must exist: declaring it here could contradict its owner.</remarks>
public sealed class AmqpConsumer(ConsumerConfig.Amqp consumer, ISecrets secrets, TimeProvider clock) : IDeliveryConsumer
{
    /// <summary>For the whole conversation.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private string Where => $"consumer {consumer.Name} at {consumer.Broker.Host}:{consumer.Broker.Port} exchange {consumer.Exchange}";

    public async Task<ChannelOutcome> SendAsync(OutgoingDelivery delivery, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(Limit, clock, cancellationToken);
        ConnectionFactory factory = await FactoryAsync(deadline.Token);
        try
        {
            await using IConnection connection = await factory.CreateConnectionAsync("cki-serverless", deadline.Token);
            await using IChannel channel = await connection.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), deadline.Token);
            await channel.BasicPublishAsync(consumer.Exchange, delivery.RoutingKey, mandatory: false, Properties(delivery), delivery.Body, deadline.Token);
            return new ChannelOutcome.Sent(delivery.Id);
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason is { ReplyCode: 404 or 403 } reason)
        {
            // A person makes the exchange, or grants the right to it.
            return new ChannelOutcome.Refused($"{Where}: {reason.ReplyCode} {reason.ReplyText}", Permanent: false);
        }
        catch (Exception e) when (e is BrokerUnreachableException or AlreadyClosedException or OperationInterruptedException or PublishException or IOException or TimeoutException
            || (e is OperationCanceledException && deadline.IsOver))
        {
            return new ChannelOutcome.Unavailable(deadline.IsOver ? $"{Where}: not done within {Limit.TotalSeconds:0} s" : $"{Where}: {e.InnerException?.Message ?? e.Message}");
        }
    }

    private async Task<ConnectionFactory> FactoryAsync(CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory
        {
            Uri = consumer.Broker,
            AutomaticRecoveryEnabled = false,
            RequestedConnectionTimeout = TimeSpan.FromSeconds(10),
            ContinuationTimeout = TimeSpan.FromSeconds(10),
        };
        if (consumer.UserSecret is { } user && consumer.PasswordSecret is { } password)
        {
            factory.UserName = await SecretAsync(user, cancellationToken);
            factory.Password = await SecretAsync(password, cancellationToken);
        }
        return factory;
    }

    private async Task<string> SecretAsync(string name, CancellationToken cancellationToken) =>
        await secrets.GetAsync(name, cancellationToken) ?? throw new SecretsUnavailableException($"There is no secret '{name}' (of consumer {consumer.Name})");

    private static BasicProperties Properties(OutgoingDelivery delivery)
    {
        var headers = new Dictionary<string, object?>
        {
            ["message-type"] = delivery.Type,
            ["message-date"] = delivery.ReceivedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture),
        };
        foreach ((string name, string value) in delivery.Headers.Where(h => h.Key.StartsWith("x-git", StringComparison.Ordinal) || h.Key == "sentry-hook-resource"))
            headers[$"message-{name}"] = value;
        if (delivery.IsAgain)
            headers["message-duplicate"] = "true";
        return new BasicProperties
        {
            ContentType = delivery.ContentType,
            MessageId = delivery.Id,
            Persistent = true,
            Timestamp = new AmqpTimestamp(delivery.ReceivedAt.ToUnixTimeSeconds()),
            Headers = headers,
        };
    }
}
