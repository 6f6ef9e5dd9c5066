using System.Text;
using System.Text.Unicode;
using Amazon.SQS.Model;

namespace Cki.Adapters;

/// <summary>
/// Sends deliveries to another team's SQS queue: the body as it came, routing key and kind as message attributes. What runs us must be allowed to send there.
/// </summary>
public sealed class SqsConsumer(ConsumerConfig.Sqs consumer, AwsSession session) : IDeliveryConsumer
{
    /// <summary>SQS takes 1 MiB, attributes included; these are below 4 KiB here.</summary>
    public const int BodyBytesMax = (1 << 20) - 4096;

    public async Task<ChannelOutcome> SendAsync(OutgoingDelivery delivery, CancellationToken cancellationToken)
    {
        string where = $"consumer {consumer.Name} at {consumer.Queue}";
        if (delivery.Body.Length > BodyBytesMax)
            return new ChannelOutcome.Refused($"{where}: {delivery.Body.Length} bytes are more than an SQS message bears ({BodyBytesMax})", Permanent: true);
        if (delivery.Body.Length == 0 || !Utf8.IsValid(delivery.Body.Span))
            return new ChannelOutcome.Refused($"{where}: an SQS message is text, this delivery is {(delivery.Body.Length == 0 ? "empty" : "no UTF-8")}", Permanent: true);
        var request = new SendMessageRequest
        {
            QueueUrl = consumer.Queue.AbsoluteUri,
            MessageBody = Encoding.UTF8.GetString(delivery.Body.Span),
            MessageAttributes = Attributes(delivery).ToDictionary(a => a.Name, a => new MessageAttributeValue { DataType = "String", StringValue = a.Value }),
        };
        try
        {
            await session.Calls.SafelyAsync(AwsCalls.TryLimit, token => session.Sqs.SendMessageAsync(request, token), cancellationToken);
            return new ChannelOutcome.Sent(delivery.Id);
        }
        catch (Exception e) when (AwsFailures.IsAws(e))
        {
            // A queue that is missing or forbids us is mended by a person, and then the same message passes.
            return new ChannelOutcome.Unavailable($"{where}: {AwsFailures.Describe(e)}");
        }
    }

    /// <summary>The region in <c>https://sqs.REGION.amazonaws.com/...</c>; null where the address tells none.</summary>
    public static string? RegionOf(Uri queue) =>
        queue.Host.Split('.') is ["sqs", var region, ..] && queue.Host.Contains(".amazonaws.", StringComparison.Ordinal) ? region : null;

    private static IEnumerable<(string Name, string Value)> Attributes(OutgoingDelivery delivery)
    {
        yield return ("delivery", delivery.Id);
        yield return ("message-type", delivery.Type);
        yield return ("routing-key", delivery.RoutingKey);
        yield return ("received-at", delivery.ReceivedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture));
        if (delivery.IsAgain)
            yield return ("duplicate", "true");
    }
}
