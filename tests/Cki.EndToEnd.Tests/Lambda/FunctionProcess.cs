using System.Text;
using System.Text.Json;
using Cki.Adapters;
using Cki.Kestrel;
using Cki.Tool.Demo;

namespace Cki.EndToEnd.Tests;

/// <summary>A place for one function's process: a Runtime API, a stub of AWS with the demo's configuration, and the variables that lead there.</summary>
internal sealed class FunctionProcess : IAsyncDisposable
{
    public const string HookToken = "hook-secret-of-the-test";

    private readonly Scratch scratch = new();
    private readonly WebServer aws;

    private FunctionProcess(RuntimeApi api, AwsStub stub, WebServer aws)
    {
        Api = api;
        Aws = stub;
        this.aws = aws;
    }

    public RuntimeApi Api { get; }

    public AwsStub Aws { get; }

    /// <summary>Where the stub of AWS listens.</summary>
    public Uri Endpoint => aws.Address;

    public ChildProcess Process { get; private set; } = null!;

    public static async Task<FunctionProcess> PrepareAsync()
    {
        var stub = new AwsStub();
        var function = new FunctionProcess(
            await RuntimeApi.StartAsync(), stub, await WebServer.StartAsync(stub.HandleAsync, new WebServerOptions { BodyBytesMax = 64 << 20 }));
        Configure(stub, function.scratch);
        return function;
    }

    /// <summary>A published function, running.</summary>
    /// <param name="stage">As <see cref="PublishedFunctions.Stages"/>.</param>
    /// <param name="with">Further variables.</param>
    public static async Task<FunctionProcess> StartAsync(string stage, IReadOnlyDictionary<string, string>? with = null)
    {
        FunctionProcess function = await PrepareAsync();
        function.Start([PublishedFunctions.Bootstrap(stage)], with);
        return function;
    }

    /// <param name="command">The program and its arguments.</param>
    public void Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? with = null) =>
        Process = new ChildProcess(command[0], command.Skip(1), Environment(with ?? new Dictionary<string, string>()));

    /// <summary>Kills the process, as Lambda may between two events; what it had in hand has failed.</summary>
    public async Task KillAsync()
    {
        await Process.KillAsync();
        Api.ProcessDied();
    }

    public static string Delivery(string id, string body, string token = HookToken) => JsonSerializer.Serialize(
        new APIGatewayHttpApiV2ProxyRequest
        {
            Version = "2.0",
            RouteKey = "POST /webhooks/{source}",
            RawPath = "/webhooks/gitlab",
            Headers = new Dictionary<string, string>
            {
                ["content-type"] = "application/json", ["idempotency-key"] = id, ["x-gitlab-event"] = "Push Hook", ["x-gitlab-token"] = token,
            },
            RequestContext = new() { RequestId = "gateway-" + id, Http = new() { Method = "POST", Path = "/webhooks/gitlab" } },
            Body = body,
        },
        LambdaJson.Default.APIGatewayHttpApiV2ProxyRequest);

    /// <summary>A push of the demo's project with so much filling.</summary>
    public static string Push(int bytes) =>
        $$"""
        {"object_kind":"push","event_name":"push","before":"{{new string('a', 40)}}","after":"{{new string('b', 40)}}","ref":"refs/heads/main","checkout_sha":"{{new string('b', 40)}}","project_id":1,
        "project":{"id":1,"path_with_namespace":"cki/linux","default_branch":"main","web_url":"http://127.0.0.1:9/cki/linux"},
        "commits":[{"id":"{{new string('b', 40)}}","title":"A change","message":"{{new StringBuilder().Insert(0, "0123456789", bytes / 10)}}"}],"total_commits_count":1}
        """.ReplaceLineEndings("");

    public static string Batch(string queue, params (string Id, string Body)[] records) => JsonSerializer.Serialize(
        new SQSEvent
        {
            Records =
            [
                .. records.Select(record => new SQSEvent.SQSMessage
                {
                    MessageId = record.Id,
                    ReceiptHandle = $"handle-{record.Id}",
                    Body = record.Body,
                    EventSource = "aws:sqs",
                    EventSourceArn = $"arn:aws:sqs:us-east-1:123456789012:{queue}",
                    Attributes = new Dictionary<string, string> { ["ApproximateReceiveCount"] = "1", ["SentTimestamp"] = "1795348800000", ["MessageGroupId"] = "g" },
                }),
            ],
        },
        LambdaJson.Default.SQSEvent);

    public async ValueTask DisposeAsync()
    {
        if (Process is not null)
            await Process.DisposeAsync();
        await Api.DisposeAsync();
        await aws.DisposeAsync();
        scratch.Dispose();
    }

    private static void Configure(AwsStub stub, Scratch scratch)
    {
        DemoConfig.Write(scratch.In("config"), new Uri("http://127.0.0.1:9/"), scratch.In("reports"), scratch.In("notices"));
        ConfigBundle bundle = ConfigDirectory.Bundle(scratch.In("config"));
        stub.Objects[$"state/{ConfigBundle.KeyOf(bundle.Hash)}"] = JsonSerializer.SerializeToUtf8Bytes(bundle, ConfigBundleJson.Default.ConfigBundle);
        stub.Objects[$"state/{ConfigPointer.Key}"] = JsonSerializer.SerializeToUtf8Bytes(new ConfigPointer(bundle.Hash, []), ConfigBundleJson.Default.ConfigPointer);
        stub.Parameters["/cki/test/secrets/gitlab-demo-hook"] = HookToken;
        stub.Parameters["/cki/test/secrets/gitlab-demo-token"] = "token-of-the-test";
    }

    private Dictionary<string, string> Environment(IReadOnlyDictionary<string, string> with)
    {
        string endpoint = with.GetValueOrDefault("AWS_ENDPOINT_URL") ?? Endpoint.ToString().TrimEnd('/');
        var variables = new Dictionary<string, string>
        {
            ["AWS_LAMBDA_RUNTIME_API"] = Api.Address,
            ["AWS_LAMBDA_FUNCTION_NAME"] = "test",
            ["AWS_REGION"] = "us-east-1",
            ["AWS_DEFAULT_REGION"] = "us-east-1",
            ["AWS_ACCESS_KEY_ID"] = "testing",
            ["AWS_SECRET_ACCESS_KEY"] = "testing",
            ["AWS_ENDPOINT_URL"] = endpoint,
            ["POWERTOOLS_SERVICE_NAME"] = "test",
            ["CKI_STACK"] = "test",
            ["CKI_STATE_BUCKET"] = "state",
            ["CKI_ARCHIVE_BUCKET"] = "archive",
            ["CKI_SECRETS_PATH"] = "/cki/test/secrets/",
        };
        foreach (string queue in QueueNames.All)
            variables[SuiteEnvironment.QueueUrl(queue)] = $"{endpoint}/123456789012/test-{queue}";
        foreach ((string name, string value) in with)
            variables[name] = value;
        return variables;
    }
}
