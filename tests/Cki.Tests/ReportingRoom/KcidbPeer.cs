using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Cki.Tests.ReportingRoom;

/// <summary>KCIDB as its REST interface behaves: takes any JSON from who has the token, looks at it later, and breaks on request.</summary>
internal sealed class KcidbPeer : HttpMessageHandler
{
    public const string Token = "eyJ.test.token";

    /// <summary>What was taken, in order; its id is <c>submission{n}</c>, n from 0.</summary>
    public List<JsonObject> Taken { get; } = [];

    /// <summary>Answers to the next requests instead of the usual ones, in order.</summary>
    public Queue<HttpStatusCode> Troubles { get; } = new();

    /// <summary>How many looks it takes until a submission was read.</summary>
    public int LooksUntilRead { get; set; } = 1;

    /// <summary>What it says of a submission that it read; null: it forgot it.</summary>
    public string? Verdict { get; set; } = "processed";

    public int Looks { get; private set; }

    /// <summary>What other hosts answer.</summary>
    public HttpMessageInvoker? Elsewhere { get; init; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri!.Host != "kcidb.example")
            return await Elsewhere!.SendAsync(request, cancellationToken);
        bool isLook = request.RequestUri.AbsolutePath == "/status";
        Looks += isLook ? 1 : 0;
        if (Troubles.TryDequeue(out HttpStatusCode trouble))
            return Answer(trouble, trouble == HttpStatusCode.OK ? "not JSON" : """{"status":"error","message":"not now"}""");
        if (request.Headers.Authorization?.ToString() != $"Bearer {Token}")
            return Answer(HttpStatusCode.Unauthorized, """{"status":"error","message":"JWT verification failed"}""");
        return isLook ? Look(request.RequestUri.Query) : await TakeAsync(request, cancellationToken);
    }

    private async Task<HttpResponseMessage> TakeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method != HttpMethod.Post || request.RequestUri!.AbsolutePath != "/submit")
            return Answer(HttpStatusCode.NotFound, "");
        Taken.Add((JsonObject)JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!);
        return Answer(HttpStatusCode.OK, $$"""{"id":"submission{{Taken.Count - 1}}","status":"ok","message":"File submitted"}""");
    }

    private HttpResponseMessage Look(string query)
    {
        string id = query["?id=".Length..];
        bool isKnown = Verdict is not null && id.StartsWith("submission", StringComparison.Ordinal);
        if (!isKnown)
            return Answer(HttpStatusCode.NotFound, $$"""{"id":"{{id}}","status":"notfound","message":"File not found"}""");
        string state = Looks < LooksUntilRead ? "ready" : Verdict!;
        return Answer(HttpStatusCode.OK, $$"""{"id":"{{id}}","status":"{{state}}","message":"File is {{state}}"}""");
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, string json) =>
        new(status) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
}
