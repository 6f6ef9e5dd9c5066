using System.Net.Http.Headers;

namespace Cki.Adapters;

/// <summary>Posts a body, signed by Standard Webhooks 1.0. The id stays the same when it is sent again, so that the receiver takes it once.</summary>
/// <param name="where">For reasons, e.g. <c>webhook results at example.org</c>.</param>
/// <param name="keySecret">Name of the secret with the signing key; several keys, separated by blanks, during rotation.</param>
internal sealed class SignedPost(string where, Uri url, string keySecret, HttpClient http, ISecrets secrets, TimeProvider clock)
{
    public async Task<ChannelOutcome> SendAsync(
        string id, ReadOnlyMemory<byte> body, MediaTypeHeaderValue contentType, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        List<WebhookKey> keys = await KeysAsync(cancellationToken);
        if (keys.Count == 0)
            return new ChannelOutcome.Refused($"{where}: secret '{keySecret}' is no signing key (whsec_ and base64 of 24 to 64 bytes)", Permanent: false);
        using HttpRequestMessage request = Request(id, body, contentType, keys);
        foreach ((string name, string value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await new ChannelPost(where, http, clock).SendAsync(request, answer => Outcome(id, answer), cancellationToken);
    }

    /// <summary>None when any of them is unusable.</summary>
    private async Task<List<WebhookKey>> KeysAsync(CancellationToken cancellationToken)
    {
        string secret = await secrets.GetAsync(keySecret, cancellationToken)
            ?? throw new SecretsUnavailableException($"There is no secret '{keySecret}' (signing key of {where})");
        var keys = new List<WebhookKey>();
        foreach (string text in secret.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (!WebhookKey.TryParse(text, out WebhookKey? key))
                return [];
            keys.Add(key);
        }
        return keys;
    }

    private HttpRequestMessage Request(string id, ReadOnlyMemory<byte> body, MediaTypeHeaderValue contentType, IReadOnlyList<WebhookKey> keys)
    {
        DateTimeOffset now = clock.GetUtcNow();
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = contentType } } };
        request.Headers.Add(StandardWebhooks.IdHeader, id);
        request.Headers.Add(StandardWebhooks.TimestampHeader, StandardWebhooks.Seconds(now));
        request.Headers.TryAddWithoutValidation(StandardWebhooks.SignatureHeader, StandardWebhooks.Sign(keys, id, now, body.Span));
        return request;
    }

    /// <summary>2xx is a yes, 410 a request to stop for good; 408, 425, 429 and 5xx pass; any other answer needs a person, and may be mended.</summary>
    private ChannelOutcome Outcome(string id, PeerAnswer answer)
    {
        if (answer.IsYes)
            return new ChannelOutcome.Sent(id);
        string reason = $"{where}: {answer.Status} {answer.Said}";
        if (answer.IsPassing)
            return new ChannelOutcome.Unavailable(reason) { RetryAfter = answer.RetryAfter };
        return new ChannelOutcome.Refused(reason, Permanent: answer.Status is 400 or 405 or 410 or 413 or 415 or 422);
    }
}
