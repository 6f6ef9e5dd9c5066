using System.Net.Http.Headers;
using System.Text;

namespace Cki.Adapters;

/// <summary>Posts the report's CloudEvent or CKI's ready-for-test message, signed by Standard Webhooks 1.0.</summary>
public sealed class WebhookChannel(ChannelConfig.Webhook channel, HttpClient http, ISecrets secrets, TimeProvider clock) : IReportChannel
{
    public static readonly TimeSpan Limit = ChannelPost.Limit;

    private static readonly Dictionary<string, string> s_noHeaders = [];

    public Task<ChannelOutcome> SendAsync(OutgoingReport report, CancellationToken cancellationToken)
    {
        if (channel.Form == WebhookForm.CloudEvent)
            return PostAsync(report.Id, report.EventJson, "application/cloudevents+json", cancellationToken);
        // Labs are told once, when everything has settled: CKI's own documentation promises one message per pipeline and state.
        if (report.Model is null || !report.Kind.StartsWith("final", StringComparison.Ordinal))
            return Task.FromResult<ChannelOutcome>(new ChannelOutcome.NotWanted("labs are told once, when everything has settled"));
        return PostAsync(report.Id, ReadyForTest.ToJson(report.Model), "application/json", cancellationToken);
    }

    private Task<ChannelOutcome> PostAsync(string id, string json, string type, CancellationToken cancellationToken) =>
        new SignedPost($"webhook {channel.Name} at {channel.Url.Host}", channel.Url, channel.KeySecret, http, secrets, clock).SendAsync(
            id, Encoding.UTF8.GetBytes(json), new MediaTypeHeaderValue(type) { CharSet = "utf-8" }, s_noHeaders, cancellationToken);
}
