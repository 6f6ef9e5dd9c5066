using System.Net;
using System.Text;

namespace Cki.Tests.AdapterRooms;

/// <summary>One request as it went out.</summary>
public sealed record SeenRequest(string Method, string Url, IReadOnlyDictionary<string, string> Headers, string Body, DateTimeOffset At);

/// <summary>The wire: answers from a script, remembers what was asked. The last answer repeats.</summary>
public sealed class FakeWire(TimeProvider clock) : HttpMessageHandler
{
    private readonly Queue<Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>> _script = new();
    private Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>? _last;

    public List<SeenRequest> Seen { get; } = [];

    public FakeWire Answers(int status, string body, params (string Name, string Value)[] headers) =>
        Then((_, _) => Task.FromResult(Response(status, body, headers)));

    public FakeWire Fails(string message) => Then((_, _) => throw new HttpRequestException(message));

    /// <summary>Never answers; ends only by cancellation.</summary>
    public FakeWire Hangs() => Then(async (_, token) =>
    {
        await Task.Delay(Timeout.Infinite, token);
        throw new InvalidOperationException("unreachable");
    });

    public FakeWire Streams(Stream body) =>
        Then((_, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(body) }));

    public HttpClient Client() => new(this) { Timeout = Timeout.InfiniteTimeSpan };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Dictionary<string, string> headers = request.Headers.Concat(request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>())
            .ToDictionary(h => h.Key.ToLowerInvariant(), h => string.Join(",", h.Value));
        Seen.Add(new SeenRequest(request.Method.Method, request.RequestUri!.AbsoluteUri, headers, body, clock.GetUtcNow()));
        if (_script.TryDequeue(out Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>? next))
            _last = next;
        HttpResponseMessage response = await _last!(request, cancellationToken);
        response.RequestMessage = request;
        return response;
    }

    private FakeWire Then(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer)
    {
        _script.Enqueue(answer);
        return this;
    }

    private static HttpResponseMessage Response(int status, string body, (string Name, string Value)[] headers)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach ((string name, string value) in headers)
        {
            if (name == "Content-Type")
                response.Content.Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue(value);
            else
                response.Headers.TryAddWithoutValidation(name, value);
        }
        return response;
    }
}
