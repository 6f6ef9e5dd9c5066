using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cki.Adapters;
using Cki.Peers;
using AwsCalls = Cki.Peers.AwsCalls;

namespace Cki.EndToEnd.Tests.Aws;

/// <summary>
/// The suite as the template wires it: published functions as processes, everything of AWS in moto, and what moto has not (Lambda, the HTTP API,
/// event source mappings, EventBridge) done here from the template's words.
/// </summary>
internal sealed class DeployedSuite : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentQueue<RecordedCall> calls = new();
    private readonly List<Task> running = [];
    private readonly LambdaDoor door;
    private readonly PeerProcess moto;
    private Dictionary<string, DeployedFunction> functions = [];
    private AwsPorts? ports;
    private HttpApiGateway? gateway;

    private DeployedSuite(LambdaDoor door, PeerProcess moto, Deployment deployment)
    {
        this.door = door;
        this.moto = moto;
        Deployment = deployment;
        Aws = new AwsCalls(moto.Address);
    }

    public Deployment Deployment { get; }

    public AwsCalls Aws { get; }

    /// <summary>Every call of every function so far.</summary>
    public IReadOnlyList<RecordedCall> Calls => [.. calls];

    public IReadOnlyDictionary<string, DeployedFunction> Functions => functions;

    public CallsPerInvocation PerInvocation { get; } = new();

    /// <summary>The webhooks' address.</summary>
    public Uri Address => gateway!.Address;

    /// <summary>The operator's own ports, past the functions' proxies.</summary>
    public SuitePorts Ports => ports!.Ports;

    public Installation Installation { get; private set; } = null!;

    public static async Task<DeployedSuite> StartAsync()
    {
        DeployedSuite? suite = null;
        LambdaDoor door = await LambdaDoor.StartAsync((function, payload, _) => suite!.InvokeAsync(function, payload));
        PeerProcess moto = await MotoServer.StartAsync(Repository.Root, door.Port);
        door.Behind = moto.Address;
        suite = new DeployedSuite(door, moto, await Deployment.OfAsync(moto));
        await suite.WireAsync();
        return suite;
    }

    /// <summary>EventBridge's minute: its rule's transformer makes the message.</summary>
    public Task TickAsync() => RuleAsync("EachMinute", new() { ["id"] = Guid.NewGuid().ToString(), ["time"] = Now() });

    /// <summary>EventBridge's event of an execution that ended without success.</summary>
    public Task DiedAsync(string execution, string status) =>
        RuleAsync("DiedFlows", new() { ["id"] = Guid.NewGuid().ToString(), ["time"] = Now(), ["name"] = execution, ["status"] = status });

    /// <summary>Messages on a queue, waiting or in hand.</summary>
    public async Task<int> WaitingAsync(string url)
    {
        JsonObject told = await Aws.CallAsync("sqs", "GetQueueAttributes", new JsonObject { ["QueueUrl"] = url, ["AttributeNames"] = new JsonArray("All") });
        return told["Attributes"]!.AsObject().Where(one => one.Key.StartsWith("ApproximateNumberOfMessages", StringComparison.Ordinal)).Sum(one => int.Parse(one.Value!.ToString()));
    }

    public void EachTick(TimeSpan period) => running.Add(TickingAsync(period));

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        if (gateway is not null)
            await gateway.DisposeAsync();
        await Task.WhenAll(running);
        foreach (DeployedFunction function in functions.Values)
            await function.DisposeAsync();
        ports?.Dispose();
        Aws.Dispose();
        await moto.DisposeAsync();
        await door.DisposeAsync();
        stopping.Dispose();
    }

    private async Task WireAsync()
    {
        functions = Deployment.OfType("AWS::Lambda::Function")
            .ToDictionary(one => one.Key, one => new DeployedFunction(one.Key, one.Value, new FunctionWorld(moto.Address, calls.Enqueue, PerInvocation)));
        foreach ((_, DeployedResource mapping) in Deployment.OfType("AWS::Lambda::EventSourceMapping"))
        {
            DeployedFunction function = functions.Values.Single(one => one.Name == (string)mapping.Wanted["FunctionName"]!);
            running.Add(new QueueMapping(Aws, function, mapping.Wanted, QueueOf((string)mapping.Wanted["EventSourceArn"]!)).RunAsync(stopping.Token));
        }
        gateway = await HttpApiGateway.StartAsync(Deployment.Routes, functions["WebhookIntakeFunction"]);
        DeployedResource told = Deployment.Resources["InstallationParameter"];
        Installation = JsonSerializer.Deserialize((string)told.Found!["Value"]!, InstallationJson.Default.Installation)!;
        var environment = new Dictionary<string, string>
        {
            ["AWS_ENDPOINT_URL"] = moto.Address.ToString().TrimEnd('/'), ["AWS_REGION"] = AwsCalls.Region, ["AWS_ACCESS_KEY_ID"] = "operator", ["AWS_SECRET_ACCESS_KEY"] = "operator",
        };
        ports = AwsPorts.FromInstallation(Installation, environment.GetValueOrDefault, TimeProvider.System, new SystemDice());
    }

    private string QueueOf(string arn) => Deployment.OfType("AWS::SQS::Queue").Single(one => one.Value.Id.EndsWith("/" + arn[(arn.LastIndexOf(':') + 1)..], StringComparison.Ordinal)).Value.Id;

    private async Task<LambdaAnswer> InvokeAsync(string function, string payload)
    {
        DeployedFunction called = functions.Values.Single(one => one.Name == function[(function.LastIndexOf(':') + 1)..]);
        Invoked invoked = await called.InvokeAsync(payload);
        return invoked.IsError ? new LambdaAnswer.Failed(invoked.Body) : new LambdaAnswer.Returned(invoked.Body);
    }

    private async Task RuleAsync(string rule, Dictionary<string, string> given)
    {
        JsonNode target = Deployment.Resources[rule].Wanted["Targets"]![0]!;
        string body = (string)target["InputTransformer"]!["InputTemplate"]!;
        foreach ((string name, _) in target["InputTransformer"]!["InputPathsMap"]!.AsObject())
            body = body.Replace($"<{name}>", given[name], StringComparison.Ordinal);
        await Aws.CallAsync("sqs", "SendMessage", new JsonObject { ["QueueUrl"] = QueueOf((string)target["Arn"]!), ["MessageBody"] = body });
    }

    private async Task TickingAsync(TimeSpan period)
    {
        using var timer = new PeriodicTimer(period);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token))
                await TickAsync();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    private static string Now() => DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
}
