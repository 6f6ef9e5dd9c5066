using System.Net;
using System.Text;
using Cki.Kestrel;

namespace Cki.Contract.Tests.Ports;

/// <summary>What happens to one request on its way to S3 and back.</summary>
internal enum Fault
{
    None,

    /// <summary>It never arrived.</summary>
    RequestLost,

    /// <summary>It took effect, the answer was lost.</summary>
    AnswerLost,

    /// <summary>Refused without effect.</summary>
    InternalError,

    SlowDown,

    /// <summary>It took effect and was answered 500 all the same.</summary>
    LateInternalError,

    /// <summary>Another write is said to be under way; without effect. Conditional writes only.</summary>
    Conflict,

    /// <summary>Said to have lost, without effect: what a stale node might say.</summary>
    FalselyFailed,

    /// <summary>It took effect, something on the way repeated it, and the second answer came back.</summary>
    RepeatedOnTheWay,
}

/// <summary>A proxy in front of an S3 that is not ours. Faults are rolled by the n-th request.</summary>
internal sealed class FaultyS3 : IAsyncDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };
    private readonly Uri target;
    private readonly Func<int, bool, Fault> roll;
    private int count;
    private WebServer? server;

    private FaultyS3(Uri target, string bucket, Func<int, bool, Fault> roll)
    {
        this.target = target;
        Bucket = bucket;
        this.roll = roll;
    }

    public Uri Address => server!.Address;

    public string Bucket { get; }

    /// <summary>Faults that were given out, by kind.</summary>
    public System.Collections.Concurrent.ConcurrentDictionary<Fault, int> Given { get; } = new();

    /// <param name="roll">Of the request's number and whether it is a conditional write.</param>
    public static async Task<FaultyS3> StartAsync(Uri target, string bucket, Func<int, bool, Fault> roll)
    {
        var proxy = new FaultyS3(target, bucket, roll);
        proxy.server = await WebServer.StartAsync(proxy.PassAsync);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await server!.DisposeAsync();
        http.Dispose();
    }

    private async Task<HttpResponseMessage> PassAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        bool isConditional = request.Headers.Contains("If-Match") || request.Headers.Contains("If-None-Match");
        Fault fault = roll(Interlocked.Increment(ref count), isConditional);
        Given.AddOrUpdate(fault, 1, (_, n) => n + 1);
        byte[] body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        switch (fault)
        {
            case Fault.RequestLost:
                throw new HttpRequestException("lost on the way there");
            case Fault.InternalError:
                return Refusal(HttpStatusCode.InternalServerError, "InternalError");
            case Fault.SlowDown:
                return Refusal(HttpStatusCode.ServiceUnavailable, "SlowDown");
            case Fault.Conflict:
                return Refusal(HttpStatusCode.Conflict, "ConditionalRequestConflict");
            case Fault.FalselyFailed:
                return Refusal(HttpStatusCode.PreconditionFailed, "PreconditionFailed");
        }
        // What has arrived takes effect, whether or not its sender is still there.
        HttpResponseMessage answer = await ForwardAsync(request, body);
        switch (fault)
        {
            case Fault.AnswerLost:
                throw new HttpRequestException("lost on the way back");
            case Fault.LateInternalError:
                return Refusal(HttpStatusCode.InternalServerError, "InternalError");
            case Fault.RepeatedOnTheWay:
                return await ForwardAsync(request, body);
            default:
                return answer;
        }
    }

    private async Task<HttpResponseMessage> ForwardAsync(HttpRequestMessage request, byte[] body)
    {
        using var forwarded = new HttpRequestMessage(request.Method, new Uri(target, request.RequestUri!.PathAndQuery)) { Content = new ByteArrayContent(body) };
        foreach ((string name, IEnumerable<string> values) in request.Headers.Concat(request.Content!.Headers))
        {
            if (name is not ("Host" or "Expect" or "Content-Length") && !forwarded.Headers.TryAddWithoutValidation(name, values))
                forwarded.Content.Headers.TryAddWithoutValidation(name, values);
        }
        return await http.SendAsync(forwarded);
    }

    private static HttpResponseMessage Refusal(HttpStatusCode status, string code) => new(status)
    {
        Content = new StringContent($"<Error><Code>{code}</Code><Message>injected</Message></Error>", Encoding.UTF8, "application/xml"),
    };
}
