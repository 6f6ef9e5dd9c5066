using System.Text.Json.Nodes;
using Cki.Adapters;
using Cki.Peers;
using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary>One moto for a class of tests; each test has a stack of its own in it.</summary>
public sealed class StackMoto : IAsyncLifetime
{
    private PeerProcess? moto;

    internal Uri Address => moto!.Address;

    public async ValueTask InitializeAsync() => moto = await MotoServer.StartAsync(Repository.Root);

    public async ValueTask DisposeAsync()
    {
        if (moto is not null)
            await moto.DisposeAsync();
    }
}

/// <summary>
/// A stack as the template leaves it: buckets, queues with their dead-letter queues, state machines, and the parameter in which it writes itself
/// down. No function runs in it: what the tool sends stays on the queues, to be looked at.
/// </summary>
internal sealed class TestStack : IAsyncDisposable
{
    private const string Door = "https://door.example/";
    private readonly Peers.AwsCalls aws;
    private readonly Dictionary<string, string> environment;
    private readonly AwsPorts ports;

    private TestStack(string name, Uri moto, Peers.AwsCalls aws, Installation installation)
    {
        Name = name;
        this.aws = aws;
        environment = new Dictionary<string, string>
        {
            ["AWS_ENDPOINT_URL"] = moto.ToString(), ["AWS_REGION"] = Peers.AwsCalls.Region, ["AWS_ACCESS_KEY_ID"] = "test", ["AWS_SECRET_ACCESS_KEY"] = "test",
            ["AWS_EC2_METADATA_DISABLED"] = "true",
        };
        Installation = installation;
        ports = AwsPorts.FromInstallation(installation, v => environment.GetValueOrDefault(v), TimeProvider.System, new SystemDice());
    }

    public string Name { get; }

    public Installation Installation { get; }

    public Documents Documents => ports.Ports.Documents;

    public IReadOnlyDictionary<string, string> Environment => environment;

    public static async Task<TestStack> MakeAsync(StackMoto moto, string name, string door = Door)
    {
        var aws = new Peers.AwsCalls(moto.Address);
        Installation installation = await ResourcesAsync(aws, name, door);
        string text = System.Text.Json.JsonSerializer.Serialize(installation, InstallationJson.Default.Installation);
        await aws.CallAsync("ssm", "PutParameter", new JsonObject { ["Name"] = $"/cki/{name}/installation", ["Type"] = "String", ["Value"] = text });
        return new TestStack(name, moto.Address, aws, installation);
    }

    /// <summary>The tool as a process, on this stack.</summary>
    public Task<(int Code, string Output)> VerbAsync(params string[] arguments) => RunAsync([.. arguments, "--stack", Name]);

    /// <summary>The tool as a process, with this account's credentials.</summary>
    public async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        await using ChildProcess process = Start(arguments);
        int code = await process.ExitAsync(TimeSpan.FromMinutes(3));
        return (code, process.Output);
    }

    public ChildProcess Start(params string[] arguments) => new("dotnet", [Repository.Tool, .. arguments], environment);

    public Task SetSecretAsync(string name, string value) => aws.CallAsync(
        "ssm", "PutParameter", new JsonObject { ["Name"] = $"/cki/{Name}/secrets/{name}", ["Type"] = "SecureString", ["Value"] = value, ["Overwrite"] = true });

    /// <summary>What was sent to a queue, and the attributes it carries.</summary>
    public async Task<IReadOnlyList<(CloudEvent Event, string? Due)>> SentAsync(string queue)
    {
        var asked = new JsonObject
        {
            ["QueueUrl"] = Installation.Queues[queue], ["MaxNumberOfMessages"] = 10, ["VisibilityTimeout"] = 0, ["MessageAttributeNames"] = new JsonArray("All"),
        };
        JsonObject received = await aws.CallAsync("sqs", "ReceiveMessage", asked);
        return
        [
            .. (received["Messages"]?.AsArray() ?? []).Select(m => (
                CloudEvent.Parse((string)m!["Body"]!), (string?)m["MessageAttributes"]?[Post.DueAttribute]?["StringValue"])),
        ];
    }

    public Task SendAsync(string queueUrl, string body) =>
        aws.CallAsync("sqs", "SendMessage", new JsonObject { ["QueueUrl"] = queueUrl, ["MessageBody"] = body });

    /// <summary>Everything that was audited, as <c>act subject: reason</c>, oldest first.</summary>
    public async Task<IReadOnlyList<string>> AuditedAsync()
    {
        var audited = new List<string>();
        foreach (string key in await Documents.KeysAsync(AuditEntry.Prefix, 1000, CancellationToken.None))
        {
            AuditEntry entry = (await Documents.GetAsync(key, DocumentJson.Default.AuditEntry, CancellationToken.None))!.Value;
            audited.Add($"{entry.Act} {entry.Subject}{(entry.Reason is null ? "" : $": {entry.Reason}")}");
        }
        return audited;
    }

    public ValueTask DisposeAsync()
    {
        ports.Dispose();
        aws.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<Installation> ResourcesAsync(Peers.AwsCalls aws, string name, string door)
    {
        foreach (string bucket in new[] { $"{name}-state", $"{name}-archive" })
            await aws.SendAsync(HttpMethod.Put, $"/{bucket}", "s3", new StringContent(
                $"<CreateBucketConfiguration><LocationConstraint>{Peers.AwsCalls.Region}</LocationConstraint></CreateBucketConfiguration>"));
        var queues = new Dictionary<string, string>();
        var dead = new Dictionary<string, string>();
        foreach (string queue in QueueNames.All)
        {
            queues[queue] = (string)(await aws.CallAsync("sqs", "CreateQueue", new JsonObject { ["QueueName"] = $"{name}-{queue}" }))["QueueUrl"]!;
            dead[queue] = (string)(await aws.CallAsync("sqs", "CreateQueue", new JsonObject { ["QueueName"] = $"{name}-{queue}-dead" }))["QueueUrl"]!;
        }
        var flows = new Dictionary<string, string>();
        foreach (string flow in SuiteEnvironment.Flows)
            flows[flow] = (string)(await aws.CallAsync("states", "CreateStateMachine", new JsonObject
            {
                ["name"] = $"{name}-{flow}", ["roleArn"] = $"arn:aws:iam::{Peers.AwsCalls.Account}:role/flows",
                ["definition"] = """{"StartAt":"Done","States":{"Done":{"Type":"Succeed"}}}""",
            }))["stateMachineArn"]!;
        return new Installation(
            name, Peers.AwsCalls.Region, $"{name}-state", $"{name}-archive", $"/cki/{name}/secrets/", queues, dead, flows, door, $"/cki/{name}", new Dictionary<string, string>());
    }
}
