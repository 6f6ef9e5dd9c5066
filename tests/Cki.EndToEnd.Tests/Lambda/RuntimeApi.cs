using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Cki.Kestrel;

namespace Cki.EndToEnd.Tests;

/// <summary>How an invocation ended: the answer's body, or the error's with its type.</summary>
internal sealed record Invoked(string RequestId, bool IsError, string Body, string? ErrorType);

/// <summary>
/// A small Lambda Runtime API on loopback for one process at a time (one sandbox), after lambda-runtime-api.yaml. A process that dies leaves its event
/// answered as Lambda would: <see cref="ProcessDied"/>.
/// </summary>
internal sealed class RuntimeApi : IAsyncDisposable
{
    /// <summary>Lambda's limit of an answer.</summary>
    public const int AnswerBytesMax = 6_291_556;

    private const string Version = "/2018-06-01/runtime/";

    private readonly Channel<Waiting> events = Channel.CreateUnbounded<Waiting>();
    private readonly ConcurrentDictionary<string, Waiting> handedOut = new();
    private readonly TaskCompletionSource<Invoked> initError = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource sandbox = new();
    private WebServer server = null!;
    private int count;

    private RuntimeApi()
    {
    }

    /// <summary>Value of AWS_LAMBDA_RUNTIME_API.</summary>
    public string Address => server.Address.Authority;

    /// <summary>How often the process asked for an event: the first time it is ready.</summary>
    public int Asked { get; private set; }

    /// <summary>Ends when the process says that it cannot start.</summary>
    public Task<Invoked> InitError => initError.Task;

    public static async Task<RuntimeApi> StartAsync()
    {
        var api = new RuntimeApi();
        api.server = await WebServer.StartAsync(api.HandleAsync, new WebServerOptions { DrainLimit = TimeSpan.FromMilliseconds(100) });
        return api;
    }

    /// <summary>Gives the event to the process as soon as it asks, and waits for its end.</summary>
    /// <param name="limit">The function's time-out: told to the process as the deadline, and kept here with a grace of 5 s.</param>
    public async Task<Invoked> InvokeAsync(byte[] json, TimeSpan limit, string? trace = null)
    {
        var waiting = new Waiting($"{Interlocked.Increment(ref count):x8}-0000-4000-8000-000000000000", json, limit, trace);
        events.Writer.TryWrite(waiting);
        try
        {
            return await waiting.Ended.Task.WaitAsync(limit + TimeSpan.FromSeconds(5));
        }
        catch (TimeoutException)
        {
            waiting.Ended.TrySetResult(new Invoked(waiting.RequestId, true, $$"""{"errorType":"Sandbox.Timedout","errorMessage":"Task timed out after {{limit.TotalSeconds}} seconds"}""", "Sandbox.Timedout"));
            return await waiting.Ended.Task;
        }
    }

    public Task<Invoked> InvokeAsync(string json, TimeSpan? limit = null, string? trace = null) =>
        InvokeAsync(System.Text.Encoding.UTF8.GetBytes(json), limit ?? TimeSpan.FromSeconds(30), trace);

    /// <summary>The process was killed or has ended: what it had in hand fails as Lambda's does; what it had not asked for waits for the next process.</summary>
    public void ProcessDied()
    {
        // A connection of the dead that still waits for an event must not get the next one.
        Interlocked.Exchange(ref sandbox, new CancellationTokenSource()).Cancel();
        foreach (Waiting waiting in handedOut.Values.OrderBy(w => w.RequestId, StringComparer.Ordinal))
            End(waiting, new Invoked(waiting.RequestId, true, """{"errorType":"Runtime.ExitError","errorMessage":"Runtime exited"}""", "Runtime.ExitError"));
    }

    public async ValueTask DisposeAsync()
    {
        events.Writer.TryComplete();
        await server.DisposeAsync();
    }

    private async Task<HttpResponseMessage> HandleAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = request.RequestUri!.AbsolutePath;
        if (path == Version + "invocation/next" && request.Method == HttpMethod.Get)
            return await NextAsync(cancellationToken);
        if (request.Method != HttpMethod.Post || !path.StartsWith(Version, StringComparison.Ordinal))
            return new HttpResponseMessage(HttpStatusCode.NotFound);
        string body = await request.Content!.ReadAsStringAsync(cancellationToken);
        string? errorType = request.Headers.TryGetValues("Lambda-Runtime-Function-Error-Type", out IEnumerable<string>? values) ? values.Single() : null;
        string[] parts = path[Version.Length..].Split('/');
        if (parts is ["init", "error"])
        {
            initError.TrySetResult(new Invoked("", true, body, errorType));
            return Accepted();
        }
        return parts is ["invocation", var id, "response" or "error"] ? Taken(id, parts[2] == "error", body, errorType) : new HttpResponseMessage(HttpStatusCode.NotFound);
    }

    /// <summary>An event is taken from the line only by a process that still listens.</summary>
    private async Task<HttpResponseMessage> NextAsync(CancellationToken cancellationToken)
    {
        Asked++;
        Waiting waiting;
        try
        {
            using var alive = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, sandbox.Token);
            waiting = await events.Reader.ReadAsync(alive.Token);
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            throw new IOException("the process or the test is over");
        }
        handedOut[waiting.RequestId] = waiting;
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(waiting.Json) };
        response.Content.Headers.Add("Content-Type", "application/json");
        response.Headers.Add("Lambda-Runtime-Aws-Request-Id", waiting.RequestId);
        response.Headers.Add("Lambda-Runtime-Deadline-Ms", (DateTimeOffset.UtcNow + waiting.Limit).ToUnixTimeMilliseconds().ToString());
        response.Headers.Add("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:test");
        if (waiting.Trace is { } trace)
            response.Headers.Add("Lambda-Runtime-Trace-Id", trace);
        return response;
    }

    private HttpResponseMessage Taken(string requestId, bool isError, string body, string? errorType)
    {
        if (!handedOut.TryGetValue(requestId, out Waiting? waiting))
            return new HttpResponseMessage(HttpStatusCode.BadRequest) { Content = new StringContent("""{"errorType":"InvalidRequestID"}""") };
        if (!isError && System.Text.Encoding.UTF8.GetByteCount(body) > AnswerBytesMax)
            return new HttpResponseMessage(HttpStatusCode.RequestEntityTooLarge);
        End(waiting, new Invoked(requestId, isError, body, errorType));
        return Accepted();
    }

    private void End(Waiting waiting, Invoked how)
    {
        handedOut.TryRemove(waiting.RequestId, out _);
        waiting.Ended.TrySetResult(how);
    }

    private static HttpResponseMessage Accepted() => new(HttpStatusCode.Accepted) { Content = new StringContent("""{"status":"OK"}""") };

    private sealed record Waiting(string RequestId, byte[] Json, TimeSpan Limit, string? Trace)
    {
        public TaskCompletionSource<Invoked> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
