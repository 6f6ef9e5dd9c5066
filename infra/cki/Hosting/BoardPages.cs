using System.Net;
using System.Text;
using Cki.Adapters;

namespace Cki.Tool;

/// <summary>The board as a function: serves what lies under <c>board/</c> of a store, and nothing else of it.</summary>
internal sealed class BoardPages(IObjectStore store)
{
    /// <summary>Everything the board needs; nothing from elsewhere.</summary>
    private const string ContentSecurityPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Root = "/board/";

    /// <summary><c>GET</c> and <c>HEAD</c> of <c>/</c>, <c>/board</c> and <c>/board/...</c>; null: not a path of the board.</summary>
    public async Task<HttpResponseMessage?> TryServeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = request.RequestUri!.AbsolutePath;
        if (path is not ("/" or "/board") && !path.StartsWith(Root, StringComparison.Ordinal))
            return null;
        if (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head)
            return PlainAnswers.NotAllowed("GET");
        return path is "/" or "/board"
            ? new HttpResponseMessage(HttpStatusCode.Redirect) { Headers = { Location = new Uri(Root, UriKind.Relative) } }
            : await PageAsync(path, cancellationToken);
    }

    private async Task<HttpResponseMessage> PageAsync(string path, CancellationToken cancellationToken)
    {
        string key = Uri.UnescapeDataString(path[1..]);
        if (key.EndsWith('/'))
            key += "index.html";
        StoredObject? page = key.Contains("..", StringComparison.Ordinal) ? null : await store.GetAsync(key, cancellationToken);
        if (page is null && key == "board/index.html")
            return Html(Encoding.UTF8.GetBytes("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>CKI board</title><p>No run has been detected yet.</p></html>"));
        if (page is null || ContentTypes.Of(key) is not { } type)
            return PlainAnswers.Text(HttpStatusCode.NotFound, "The board has no such page.");
        return Page(page.Body, type);
    }

    private static HttpResponseMessage Html(byte[] body) => Page(body, ContentTypes.Html);

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
}

/// <summary>Answers of one line.</summary>
internal static class PlainAnswers
{
    public static HttpResponseMessage NotAllowed(string allow)
    {
        HttpResponseMessage response = Text(HttpStatusCode.MethodNotAllowed, $"Only {allow} here.");
        response.Content!.Headers.TryAddWithoutValidation("Allow", allow);
        return response;
    }

    public static HttpResponseMessage Text(HttpStatusCode status, string line) =>
        new(status) { Content = new StringContent(line + "\n", Encoding.UTF8, "text/plain") };
}
