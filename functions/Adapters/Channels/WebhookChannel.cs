using System.Net.Http.Headers;
using System.Text;

namespace Cki.Adapters;

/// <summary>Posts the report's CloudEvent, signed by Standard Webhooks 1.0.</summary>
public sealed class WebhookChannel(ChannelConfig.Webhook channel, HttpClient http, ISecrets secrets, TimeProvider clock) : IReportChannel
{
    public static readonly TimeSpan Limit = SignedPost.Limit;

    private static readonly Dictionary<string, string> s_noHeaders = [];

    public Task<ChannelOutcome> SendAsync(OutgoingReport report, CancellationToken cancellationToken) =>
        new SignedPost($"webhook {channel.Name} at {channel.Url.Host}", channel.Url, channel.KeySecret, http, secrets, clock).SendAsync(
            report.Id,
            Encoding.UTF8.GetBytes(report.EventJson),
            new MediaTypeHeaderValue("application/cloudevents+json") { CharSet = "utf-8" },
            s_noHeaders,
            cancellationToken);
}
