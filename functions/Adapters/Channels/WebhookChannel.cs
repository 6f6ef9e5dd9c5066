using System.Net.Http.Headers;
using System.Text;

namespace Cki.Adapters;

/// <summary>Posts the report's CloudEvent, signed by Standard Webhooks 1.0. The id stays the same when it is sent again, so that the receiver
/// takes it once.</summary>
public sealed class WebhookChannel(ChannelConfig.Webhook channel, HttpClient http, ISecrets secrets, TimeProvider clock) : IReportChannel
{
    /// <summary>Standard Webhooks advises 15 to 30 s.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private const int AnswerBytesMax = 64 << 10;

    public async Task<ChannelOutcome> SendAsync(OutgoingReport report, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(Limit, clock, cancellationToken);
        List<WebhookKey> keys = await KeysAsync(deadline.Token);
        if (keys.Count == 0)
            return new ChannelOutcome.Refused($"{Where}: secret '{channel.KeySecret}' is no signing key (whsec_ and base64 of 24 to 64 bytes)", Permanent: false);
        try
        {
            using HttpRequestMessage request = Request(report, keys);
            using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            return await OutcomeAsync(report, response, deadline.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && deadline.IsOver))
        {
            return new ChannelOutcome.Unavailable(deadline.IsOver ? $"{Where}: no answer within {Limit.TotalSeconds:0} s" : $"{Where}: {e.Message}");
        }
    }

    private string Where => $"webhook {channel.Name} at {channel.Url.Host}";

    /// <summary>Several keys, separated by blanks, during rotation. None when any of them is unusable.</summary>
    private async Task<List<WebhookKey>> KeysAsync(CancellationToken cancellationToken)
    {
        string secret = await secrets.GetAsync(channel.KeySecret, cancellationToken)
            ?? throw new SecretsUnavailableException($"There is no secret '{channel.KeySecret}' (signing key of channel {channel.Name})");
        var keys = new List<WebhookKey>();
        foreach (string text in secret.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (!WebhookKey.TryParse(text, out WebhookKey? key))
                return [];
            keys.Add(key);
        }
        return keys;
    }

    private HttpRequestMessage Request(OutgoingReport report, IReadOnlyList<WebhookKey> keys)
    {
        byte[] body = Encoding.UTF8.GetBytes(report.EventJson);
        DateTimeOffset now = clock.GetUtcNow();
        var request = new HttpRequestMessage(HttpMethod.Post, channel.Url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/cloudevents+json") { CharSet = "utf-8" } } },
        };
        request.Headers.UserAgent.ParseAdd("cki-serverless");
        request.Headers.Add(StandardWebhooks.IdHeader, report.Id);
        request.Headers.Add(StandardWebhooks.TimestampHeader, StandardWebhooks.Seconds(now));
        request.Headers.TryAddWithoutValidation(StandardWebhooks.SignatureHeader, StandardWebhooks.Sign(keys, report.Id, now, body));
        return request;
    }

    /// <summary>2xx is a yes, 410 a request to stop for good; 408, 425, 429 and 5xx pass; any other answer needs a person, and may be mended.</summary>
    private async Task<ChannelOutcome> OutcomeAsync(OutgoingReport report, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        int status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
            return new ChannelOutcome.Sent(report.Id);
        string said = ErrorText.Read(Encoding.UTF8.GetString(await BoundedBody.ReadAsync(response.Content, AnswerBytesMax, cancellationToken)), response.ReasonPhrase);
        string reason = $"{Where}: {status} {said}";
        if (status is 408 or 425 or 429 or >= 500)
            return new ChannelOutcome.Unavailable(reason);
        return new ChannelOutcome.Refused(reason, Permanent: status is 400 or 405 or 410 or 413 or 415 or 422);
    }
}
