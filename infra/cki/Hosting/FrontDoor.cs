using System.Net;
using Cki.WebhookIntake;

namespace Cki.Tool;

/// <summary>
/// The front door of <c>cki up</c> as a function: <c>POST /webhooks/{source}</c>, <c>POST /heartbeats/{name}</c>, <c>/mute/{token}</c>, <c>GET /board/...</c>, <c>GET /healthz</c>. The Kestrel skin
/// carries it to a socket and adds <c>/metrics</c>; tests call it as it is.
/// </summary>
internal sealed class FrontDoor(WebhookDoor door, IObjectStore store, Func<string?> trouble)
{
    private readonly BoardPages board = new(store);

    public async Task<HttpResponseMessage> HandleAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = request.RequestUri!.AbsolutePath;
        if (path == "/webhooks" || path.StartsWith("/webhooks/", StringComparison.Ordinal) || path.StartsWith("/heartbeats/", StringComparison.Ordinal)
            || path.StartsWith("/mute/", StringComparison.Ordinal))
            return await WebhookAsync(request, path, cancellationToken);
        if (await board.TryServeAsync(request, cancellationToken) is { } page)
            return page;
        if (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head)
            return PlainAnswers.NotAllowed("GET");
        return path == "/healthz"
            ? Health()
            : PlainAnswers.Text(HttpStatusCode.NotFound, "There is nothing here. The board is at /board/, webhooks go to POST /webhooks/{source}.");
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
        HttpResponseMessage response = PlainAnswers.Text((HttpStatusCode)answer.Status, answer.Body);
        foreach ((string name, string value) in answer.Headers)
        {
            if (response.Headers.TryAddWithoutValidation(name, value))
                continue;
            response.Content!.Headers.Remove(name);
            response.Content.Headers.TryAddWithoutValidation(name, value);
        }
        return response;
    }

    private HttpResponseMessage Health() =>
        trouble() is { } what ? PlainAnswers.Text(HttpStatusCode.ServiceUnavailable, what) : PlainAnswers.Text(HttpStatusCode.OK, "ok");
}
