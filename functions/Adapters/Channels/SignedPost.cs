using System.Net.Http.Headers;
using System.Text;

namespace Cki.Adapters;

/// <summary>Posts a body, signed by Standard Webhooks 1.0. The id stays the same when it is sent again, so that the receiver takes it once.</summary>
/// <param name="where">For reasons, e.g. <c>webhook results at example.org</c>.</param>
/// <param name="keySecret">Name of the secret with the signing key; several keys, separated by blanks, during rotation.</param>
internal sealed class SignedPost(string where, Uri url, string keySecret, HttpClient http, ISecrets secrets, TimeProvider clock)
{
    /// <summary>Standard Webhooks advises 15 to 30 s.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private const int AnswerBytesMax = 64 << 10;

    public async Task<ChannelOutcome> SendAsync(
        string id, ReadOnlyMemory<byte> body, MediaTypeHeaderValue contentType, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(Limit, clock, cancellationToken);
        List<WebhookKey> keys = await KeysAsync(deadline.Token);
        if (keys.Count == 0)
            return new ChannelOutcome.Refused($"{where}: secret '{keySecret}' is no signing key (whsec_ and base64 of 24 to 64 bytes)", Permanent: false);
        try
        {
            using HttpRequestMessage request = Request(id, body, contentType, keys);
            foreach ((string name, string value) in headers)
                request.Headers.TryAddWithoutValidation(name, value);
            using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            return await OutcomeAsync(id, response, deadline.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && deadline.IsOver))
        {
            return new ChannelOutcome.Unavailable(deadline.IsOver ? $"{where}: no answer within {Limit.TotalSeconds:0} s" : $"{where}: {e.Message}");
        }
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
        request.Headers.UserAgent.ParseAdd("cki-serverless");
        request.Headers.Add(StandardWebhooks.IdHeader, id);
        request.Headers.Add(StandardWebhooks.TimestampHeader, StandardWebhooks.Seconds(now));
        request.Headers.TryAddWithoutValidation(StandardWebhooks.SignatureHeader, StandardWebhooks.Sign(keys, id, now, body.Span));
        return request;
    }

    /// <summary>2xx is a yes, 410 a request to stop for good; 408, 425, 429 and 5xx pass; any other answer needs a person, and may be mended.</summary>
    private async Task<ChannelOutcome> OutcomeAsync(string id, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        int status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
            return new ChannelOutcome.Sent(id);
        string said = ErrorText.Read(Encoding.UTF8.GetString(await BoundedBody.ReadAsync(response.Content, AnswerBytesMax, cancellationToken)), response.ReasonPhrase);
        string reason = $"{where}: {status} {said}";
        if (status is 408 or 425 or 429 or >= 500)
            return new ChannelOutcome.Unavailable(reason);
        return new ChannelOutcome.Refused(reason, Permanent: status is 400 or 405 or 410 or 413 or 415 or 422);
    }
}
