namespace Cki.Peers;

/// <summary>Passes a request on to another server, with its body in memory.</summary>
internal sealed class Forwarding : IDisposable
{
    private static readonly string[] s_perConnection = ["Host", "Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length", "Expect"];

    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false })
    {
        Timeout = TimeSpan.FromMinutes(2),
    };

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, byte[] body, Uri behind, CancellationToken cancellationToken)
    {
        using var copy = new HttpRequestMessage(request.Method, new Uri(behind, request.RequestUri!.PathAndQuery))
        {
            Content = body.Length == 0 && request.Method == HttpMethod.Get ? null : new ByteArrayContent(body),
        };
        foreach ((string name, IEnumerable<string> values) in request.Headers.Concat(request.Content!.Headers))
        {
            if (!s_perConnection.Contains(name, StringComparer.OrdinalIgnoreCase) && !copy.Headers.TryAddWithoutValidation(name, values))
                copy.Content?.Headers.TryAddWithoutValidation(name, values);
        }
        return await http.SendAsync(copy, cancellationToken);
    }

    public void Dispose() => http.Dispose();
}
