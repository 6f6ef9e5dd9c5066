using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cki.Adapters;

/// <summary>What KCIDB made of a submission.</summary>
/// <param name="State">KCIDB's word: <c>inprogress</c>, <c>ready</c> (waits to be read), <c>processed</c>, <c>failed</c>, <c>notfound</c>, <c>error</c>.</param>
public sealed record KcidbStatus(string State, string Message);

/// <summary>KCIDB's REST interface: submissions are taken at once and looked into later. Objects have ids, so sending them twice does no harm.</summary>
public sealed class KcidbChannel(ChannelConfig.Kcidb channel, HttpClient http, ISecrets secrets, TimeProvider clock)
{
    /// <summary>A submission may be tens of megabytes.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>KCIDB takes 512 MiB; a run of ours that has more than this is a fault.</summary>
    public const int BodyBytesMax = 64 << 20;

    private const int AnswerBytesMax = 64 << 10;
    private const int IdMax = 100;

    private string Where => $"kcidb {channel.Name} at {channel.Url.Host}";

    /// <summary>The submission's id is the peer's.</summary>
    public async Task<ChannelOutcome> SubmitAsync(ReadOnlyMemory<byte> document, CancellationToken cancellationToken)
    {
        if (document.Length > BodyBytesMax)
            return new ChannelOutcome.Refused($"{Where}: the submission has {document.Length} bytes; at most {BodyBytesMax} are sent", Permanent: true);
        using var content = new ReadOnlyMemoryContent(document) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        (int status, JsonObject? said, string reason) = await AskAsync(HttpMethod.Post, "submit", content, cancellationToken);
        if (status is >= 200 and < 300)
        {
            return Text(said, "id") is { Length: > 0 and <= IdMax } id
                ? new ChannelOutcome.Sent(SafeText.Line(id, IdMax))
                : new ChannelOutcome.Unavailable($"{Where}: it said {status} without an id");
        }
        if (status is 0 or 408 or 425 or 429 or >= 500)
            return new ChannelOutcome.Unavailable(reason);
        // A token that ran out is mended by an operator, and so is an address; what is said against the document itself stays.
        return new ChannelOutcome.Refused(reason, Permanent: status is 400 or 413 or 415 or 422);
    }

    /// <summary>Null: no usable answer, with the reason why.</summary>
    public async Task<(KcidbStatus? Status, string Reason)> StatusAsync(string id, CancellationToken cancellationToken)
    {
        (int status, JsonObject? said, string reason) = await AskAsync(HttpMethod.Get, $"status?id={Uri.EscapeDataString(id)}", null, cancellationToken);
        string? state = Text(said, "status");
        if (status == 404)
            return (new KcidbStatus("notfound", Text(said, "message") ?? reason), reason);
        return status is >= 200 and < 300 && state is not null ? (new KcidbStatus(state, SafeText.Line(Text(said, "message"))), reason) : (null, reason);
    }

    /// <summary>Status 0: no answer.</summary>
    private async Task<(int Status, JsonObject? Said, string Reason)> AskAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(Limit, clock, cancellationToken);
        string token = await secrets.GetAsync(channel.TokenSecret, deadline.Token)
            ?? throw new SecretsUnavailableException($"There is no secret '{channel.TokenSecret}' (token of {Where})");
        using var request = new HttpRequestMessage(method, new Uri($"{channel.Url.AbsoluteUri.TrimEnd('/')}/{path}")) { Content = content };
        request.Headers.UserAgent.ParseAdd("cki-serverless");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token.Trim()}");
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            string body = Encoding.UTF8.GetString(await BoundedBody.ReadAsync(response.Content, AnswerBytesMax, deadline.Token));
            return ((int)response.StatusCode, Parse(body), $"{Where}: {(int)response.StatusCode} {ErrorText.Read(body, response.ReasonPhrase)}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && deadline.IsOver))
        {
            return (0, null, deadline.IsOver ? $"{Where}: no answer within {Limit.TotalSeconds:0} s" : $"{Where}: {e.Message}");
        }
    }

    private static JsonObject? Parse(string body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonObject? said, string field) => said?[field] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
