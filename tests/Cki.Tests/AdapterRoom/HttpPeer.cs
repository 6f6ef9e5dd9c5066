using System.Net;
using System.Net.Sockets;

namespace Cki.Tests.AdapterRooms;

/// <summary>What an <see cref="HttpPeer"/> answers.</summary>
public sealed record PeerAnswer(int Status, string Body = "")
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}

/// <summary>A real HTTP server on loopback.</summary>
public sealed class HttpPeer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<HttpListenerRequest, Task<PeerAnswer>> _answer;

    public HttpPeer(Func<HttpListenerRequest, PeerAnswer> answer)
        : this(request => Task.FromResult(answer(request)))
    {
    }

    public HttpPeer(Func<HttpListenerRequest, Task<PeerAnswer>> answer)
    {
        _answer = answer;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Url = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        }
        _listener.Prefixes.Add(Url.AbsoluteUri);
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Url { get; }

    /// <summary>As <c>GET /path?query Authorization</c>.</summary>
    public List<string> Seen { get; } = [];

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext call;
            try
            {
                call = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            Seen.Add($"{call.Request.HttpMethod} {call.Request.Url!.PathAndQuery} {call.Request.Headers["Authorization"]}".TrimEnd());
            PeerAnswer answer = await _answer(call.Request);
            call.Response.StatusCode = answer.Status;
            foreach ((string name, string value) in answer.Headers)
                call.Response.AddHeader(name, value);
            if (call.Request.HttpMethod != "HEAD")
                await call.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(answer.Body));
            call.Response.Close();
        }
    }
}
