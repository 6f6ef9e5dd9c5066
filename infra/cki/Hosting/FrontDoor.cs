using System.Net;
using System.Text;
using Cki.WebhookIntake;

namespace Cki.Tool;

/// <summary>
/// The front door of <c>cki up</c> as a function: <c>POST /webhooks/{source}</c>, <c>GET /board/...</c>, <c>GET /healthz</c>. The Kestrel skin
/// carries it to a socket and adds <c>/metrics</c>; tests call it as it is.
/// </summary>
internal sealed class FrontDoor(WebhookDoor door, IObjectStore store, Func<string?> trouble)
{
    /// <summary>Everything the board needs; nothing from elsewhere.</summary>
    private const string ContentSecurityPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public async Task<HttpResponseMessage> HandleAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = request.RequestUri!.AbsolutePath;
        if (path == "/webhooks" || path.StartsWith("/webhooks/", StringComparison.Ordinal))
            return await WebhookAsync(request, path, cancellationToken);
        if (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head)
            return NotAllowed("GET");
        if (path == "/healthz")
            return Health();
        if (path is "/" or "/board")
            return new HttpResponseMessage(HttpStatusCode.Redirect) { Headers = { Location = new Uri("/board/", UriKind.Relative) } };
        if (path.StartsWith("/board/", StringComparison.Ordinal))
            return await BoardAsync(path, cancellationToken);
        return Text(HttpStatusCode.NotFound, "There is nothing here. The board is at /board/, webhooks go to POST /webhooks/{source}.");
    }

    private async Task<HttpResponseMessage> WebhookAsync(HttpRequestMessage request, string path, CancellationToken cancellationToken)
    {
        byte[]? body = await BoundedBody.ReadAsync(request.Content, door.BodyBytesMax, cancellationToken);
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var header in request.Headers.Concat(request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>()))
            headers[header.Key.ToLowerInvariant()] = string.Join(',', header.Value);
        DoorAnswer answer = body is null
            ? door.TooLarge
            : await door.ReceiveAsync(new DoorRequest(request.Method.Method, path, headers, body), cancellationToken);
        HttpResponseMessage response = Text((HttpStatusCode)answer.Status, answer.Body);
        foreach ((string name, string value) in answer.Headers)
        {
            if (!response.Headers.TryAddWithoutValidation(name, value))
                response.Content!.Headers.TryAddWithoutValidation(name, value);
        }
        return response;
    }

    private async Task<HttpResponseMessage> BoardAsync(string path, CancellationToken cancellationToken)
    {
        string key = path[1..];
        if (key.EndsWith('/'))
            key += "index.html";
        StoredObject? page = key.Contains("..", StringComparison.Ordinal) ? null : await store.GetAsync(Uri.UnescapeDataString(key), cancellationToken);
        if (page is null && key == "board/index.html")
            return Html(Encoding.UTF8.GetBytes("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>CKI board</title><p>No run has been detected yet.</p></html>"));
        if (page is null || ContentType(key) is not { } type)
            return Text(HttpStatusCode.NotFound, "The board has no such page.");
        return Page(page.Body, type);
    }

    private HttpResponseMessage Health() =>
        trouble() is { } what ? Text(HttpStatusCode.ServiceUnavailable, what) : Text(HttpStatusCode.OK, "ok");

    private static string? ContentType(string key) => Path.GetExtension(key) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".json" => "application/json",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => null,
    };

    private static HttpResponseMessage Html(byte[] body) => Page(body, "text/html; charset=utf-8");

    private static HttpResponseMessage Page(ReadOnlyMemory<byte> body, string type)
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ReadOnlyMemoryContent(body) };
        response.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        response.Headers.TryAddWithoutValidation("Content-Security-Policy", ContentSecurityPolicy);
        response.Headers.TryAddWithoutValidation("X-Content-Type-Options", "nosniff");
        response.Headers.TryAddWithoutValidation("Referrer-Policy", "no-referrer");
        response.Headers.TryAddWithoutValidation("Cache-Control", "no-cache");
        return response;
    }

    private static HttpResponseMessage NotAllowed(string allow)
    {
        HttpResponseMessage response = Text(HttpStatusCode.MethodNotAllowed, $"Only {allow} here.");
        response.Content!.Headers.TryAddWithoutValidation("Allow", allow);
        return response;
    }

    private static HttpResponseMessage Text(HttpStatusCode status, string line) =>
        new(status) { Content = new StringContent(line + "\n", Encoding.UTF8, "text/plain") };
}
