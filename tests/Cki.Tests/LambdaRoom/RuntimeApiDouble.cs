using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cki.Adapters;
using Cki.Tests.Doubles;
using Microsoft.Extensions.Logging;

namespace Cki.Tests.LambdaRooms;

/// <summary>What a function posted: the path's end (<c>response</c>, <c>error</c>, <c>init/error</c>), the body, and the header that names an error.</summary>
public sealed record Posted(string RequestId, string What, string Body, string? ErrorType);

/// <summary>The Runtime API in memory. Ends by 500 once its events are used up, so that the loop ends.</summary>
public sealed class RuntimeApiDouble(TimeProvider clock) : HttpMessageHandler
{
    private readonly Queue<(string Event, TimeSpan Limit, string? Trace)> _events = new();
    private int _handedOut;

    public List<Posted> Posts { get; } = [];

    /// <summary>What happens in order: <c>next</c>, posts, and what tests add.</summary>
    public List<string> Happened { get; } = [];

    /// <summary>Status of a post; 202 unless a test says otherwise.</summary>
    public Func<Posted, HttpStatusCode> Status { get; set; } = _ => HttpStatusCode.Accepted;

    public void Enqueue(string json, TimeSpan? limit = null, string? trace = null) => _events.Enqueue((json, limit ?? TimeSpan.FromSeconds(60), trace));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = request.RequestUri!.AbsolutePath["/2018-06-01/runtime/".Length..];
        if (path == "invocation/next")
            return Next();
        string[] parts = path.Split('/');
        var posted = new Posted(
            parts[0] == "init" ? "" : parts[1],
            parts[0] == "init" ? path : parts[2],
            await request.Content!.ReadAsStringAsync(cancellationToken),
            request.Headers.TryGetValues("Lambda-Runtime-Function-Error-Type", out IEnumerable<string>? values) ? values.Single() : null);
        Posts.Add(posted);
        Happened.Add(posted.What);
        return new HttpResponseMessage(Status(posted));
    }

    private HttpResponseMessage Next()
    {
        Happened.Add("next");
        if (!_events.TryDequeue(out (string Event, TimeSpan Limit, string? Trace) next))
            return new HttpResponseMessage(HttpStatusCode.InternalServerError);
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(next.Event, Encoding.UTF8, "application/json") };
        response.Headers.Add("Lambda-Runtime-Aws-Request-Id", $"request-{++_handedOut}");
        response.Headers.Add("Lambda-Runtime-Deadline-Ms", (clock.GetUtcNow() + next.Limit).ToUnixTimeMilliseconds().ToString());
        response.Headers.Add("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:1:function:f");
        if (next.Trace is { } trace)
            response.Headers.Add("Lambda-Runtime-Trace-Id", trace);
        return response;
    }
}

/// <summary>A whole function in memory: ports, Runtime API, output, all under one fake clock.</summary>
public sealed class FunctionDouble
{
    private readonly MemoryStream _output = new();

    public FunctionDouble() => Api = new RuntimeApiDouble(Suite.Clock);

    public InMemoryPorts Suite { get; } = new();

    public RuntimeApiDouble Api { get; }

    public Dictionary<string, string> Environment { get; } = new()
    {
        ["AWS_LAMBDA_RUNTIME_API"] = "127.0.0.1:9001",
        ["AWS_LAMBDA_FUNCTION_NAME"] = "cki-JobHerdingFunction",
        ["POWERTOOLS_SERVICE_NAME"] = "job-herding",
        ["CKI_STACK"] = "cki-test",
        ["CKI_QUEUE_HERD_URL"] = "https://sqs.example/1/cki-HerdQueue",
        ["CKI_DEAD_HERD_URL"] = "https://sqs.example/1/cki-HerdDeadLetterQueue",
    };

    /// <summary>Visibility changes: queue address, receipt handle, pause.</summary>
    public List<(string Url, string Handle, TimeSpan Pause)> Hidden { get; } = [];

    public RefreshConfig Refresh { get; set; } = _ => Task.CompletedTask;

    public Func<HttpMessageHandler> OpenSentry { get; set; } = () => throw new InvalidOperationException("nobody asked for Sentry");

    /// <summary>Log lines. Metrics of other tests in this process are heard by this function's meters too: their lines are apart.</summary>
    public IReadOnlyList<JsonObject> Lines => [.. Written.Where(line => !line.ContainsKey("_aws"))];

    public IReadOnlyList<JsonObject> Metrics => [.. Written.Where(line => line.ContainsKey("_aws"))];

    private IEnumerable<JsonObject> Written =>
        [.. Encoding.UTF8.GetString(_output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (JsonObject)JsonNode.Parse(line)!)];

    public Task<int> RunAsync(FunctionRoutes routes) => RunAsync(_ => routes);

    public Task<int> RunAsync(Func<FunctionStart, FunctionRoutes> compose) => LambdaFunction.RunAsync(
        new FunctionWorld(
            name => Environment.GetValueOrDefault(name), Suite.Clock, new HttpClient(Api), new LineOutput(_output),
            _ => new EnginePorts(Suite.Ports, Refresh, HideAsync))
        {
            OpenSentry = OpenSentry,
        },
        compose);

    public static FunctionRoutes Tasks(params (string Name, FlowTask Task)[] tasks) =>
        new(new StageEndpoints(new Dictionary<string, MessageHandler>(), tasks.ToDictionary(t => t.Name, t => t.Task)));

    public static FunctionRoutes Herd(MessageHandler handler) =>
        new(new StageEndpoints(new Dictionary<string, MessageHandler> { [QueueNames.Herd] = handler }, new Dictionary<string, FlowTask>()));

    private Task HideAsync(string queueUrl, string receiptHandle, TimeSpan pause, CancellationToken cancellationToken)
    {
        Hidden.Add((queueUrl, receiptHandle, pause));
        return Task.CompletedTask;
    }
}
