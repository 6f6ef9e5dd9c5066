using System.Net.Http.Headers;

namespace Cki.Adapters;

/// <summary>
/// Posts a delivery on, body untouched, signed by Standard Webhooks with the consumer's key. The sender's own event headers travel along, so that a
/// receiver written for GitLab or GitHub understands it; the sender's token does not.
/// </summary>
public sealed class WebhookConsumer(ConsumerConfig.Webhook consumer, HttpClient http, ISecrets secrets, TimeProvider clock) : IDeliveryConsumer
{
    /// <summary>These are ours to set: the id is the delivery's, the signature is made with the consumer's key.</summary>
    private static readonly string[] s_ours = ["content-type", "user-agent", "webhook-id", "webhook-signature", "webhook-timestamp"];

    public Task<ChannelOutcome> SendAsync(OutgoingDelivery delivery, CancellationToken cancellationToken)
    {
        var headers = delivery.Headers.Where(h => !s_ours.Contains(h.Key)).ToDictionary(h => h.Key, h => h.Value);
        headers["cki-routing-key"] = delivery.RoutingKey;
        headers["cki-received-at"] = delivery.ReceivedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        if (delivery.IsAgain)
            headers["cki-duplicate"] = "true";
        var post = new SignedPost($"consumer {consumer.Name} at {consumer.Url.Host}", consumer.Url, consumer.KeySecret, http, secrets, clock);
        MediaTypeHeaderValue contentType = MediaTypeHeaderValue.TryParse(delivery.ContentType, out MediaTypeHeaderValue? given) ? given : new("application/octet-stream");
        return post.SendAsync(delivery.Id, delivery.Body, contentType, headers, cancellationToken);
    }
}
