using System.Text.Json.Nodes;
using Cki.Adapters;
using Cki.Tool.Telemetry;

namespace Cki.Tool;

/// <summary>An installation on AWS, with the operator's own credentials: what the stack wrote down of itself, and its ports.</summary>
internal sealed class StackInstallation : OpenedInstallation
{
    private readonly Installation installation;
    private readonly AwsPorts aws;

    private StackInstallation(Installation installation, AwsPorts aws)
        : base(aws.Ports.Store, aws.Ports.Queue)
    {
        this.installation = installation;
        this.aws = aws;
    }

    public override string Name => $"--stack {installation.Stack}";

    public override Uri? FrontDoor => Uri.TryCreate(installation.WebhookUrl, UriKind.Absolute, out Uri? url) ? url : null;

    /// <summary>The state bucket alone, without the archive.</summary>
    public IObjectStore State => new S3Store(aws.Session, new StoreBuckets(() => installation.StateBucket, () => installation.StateBucket));

    public override ISecrets Secrets => aws.Ports.Secrets;

    /// <summary>Under which path the stack's secrets lie, for advice.</summary>
    public string SecretsPath => installation.SecretsPath;

    /// <remarks>Throws <see cref="BadInputException"/> where the account and region hold no such stack.</remarks>
    public static async Task<OpenedInstallation> OpenAsync(string stack, CancellationToken cancellationToken)
    {
        Installation found = await FindAsync(stack, cancellationToken);
        return new StackInstallation(found, AwsPorts.FromInstallation(found, Environment.GetEnvironmentVariable, TimeProvider.System, new SystemDice()));
    }

    public override IAsyncEnumerable<HumanLine> LogsAsync(LogQuery query, CancellationToken cancellationToken) =>
        new StackLogReading(new LogEvents(aws.Session, installation.LogGroup), TimeProvider.System).ReadAsync(query, cancellationToken);

    public override async Task<ConfigReading> ReadConfigAsync(CancellationToken cancellationToken) =>
        await BundleInForceAsync(cancellationToken) is { } bundle
            ? bundle.Read()
            : throw new BadInputException($"{Name} has no configuration yet: cki config push {Name} --config DIR");

    public override async Task<ConfigBundle?> BundleInForceAsync(CancellationToken cancellationToken) =>
        await Bundles.CurrentAsync(cancellationToken) is not { } current
            ? null
            : await Bundles.BundleAsync(current.Hash, cancellationToken)
                ?? throw new BadInputException($"{ConfigBundle.KeyOf(current.Hash)}, which is to be in force, is not in the store: push it again");

    public override Task<ConfigPush> PushConfigAsync(ConfigBundle bundle, bool arm, CancellationToken cancellationToken) =>
        Bundles.PushAsync(bundle, Environment.UserName, arm, cancellationToken);

    public override Task<ConfigPush> RollbackConfigAsync(string? hash, CancellationToken cancellationToken) =>
        Bundles.RollbackAsync(hash, Environment.UserName, cancellationToken);

    public override async Task<IReadOnlyList<QueueDepth>> QueuesAsync(CancellationToken cancellationToken)
    {
        var depths = new SqsDepths(aws.Session);
        var all = new List<QueueDepth>();
        IEnumerable<(string Name, string Url)> queues = installation.Queues.Select(q => (q.Key, q.Value)).Concat(installation.DeadQueues.Select(q => ($"{q.Key}-dead", q.Value)));
        foreach ((string name, string url) in queues.OrderBy(q => q.Name, StringComparer.Ordinal))
        {
            SqsDepth depth = await depths.ReadAsync(url, cancellationToken);
            all.Add(await AgedAsync(new QueueDepth(name, depth.Ready, depth.Delayed, depth.InFlight, null), url, cancellationToken));
        }
        return all;
    }

    /// <summary>SQS itself tells no age. CloudWatch is asked only where it matters: something waits and nobody takes it.</summary>
    private async Task<QueueDepth> AgedAsync(QueueDepth depth, string url, CancellationToken cancellationToken)
    {
        if (depth is not { Ready: > 0, InFlight: 0 })
            return depth;
        try
        {
            QueueSight sight = await new QueueNumbers(aws.Session).ReadAsync(url[(url.LastIndexOf('/') + 1)..], cancellationToken);
            return depth with { OldestSent = aws.Session.Clock.GetUtcNow() - sight.Age };
        }
        catch (QueueUnavailableException e)
        {
            return depth with { AgeTrouble = e.Message };
        }
    }

    public override async Task<CloudFact?> CloudAsync(CancellationToken cancellationToken) =>
        await new CloudExamination(aws.Session, installation.Stack).LookAsync(cancellationToken);

    public override async Task<IReadOnlyList<PartStanding>> PartsAsync(CancellationToken cancellationToken)
    {
        var parts = new List<PartStanding>
        {
            await PartStanding.OfAsync($"bucket {installation.StateBucket}", () => Store.ListAsync("config/", null, 1, cancellationToken)),
            await PartStanding.OfAsync($"bucket {installation.ArchiveBucket}", () => Store.ListAsync("deliveries/", null, 1, cancellationToken)),
        };
        foreach ((string flow, string arn) in installation.Flows.OrderBy(f => f.Key, StringComparer.Ordinal))
            parts.Add(await PartStanding.OfAsync($"state machine {flow}", () => DescribeAsync(flow, arn, cancellationToken)));
        return parts;
    }

    public override ValueTask DisposeAsync()
    {
        aws.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task DescribeAsync(string flow, string arn, CancellationToken cancellationToken)
    {
        var api = new SignedJson(aws.Session, JsonService.StepFunctions);
        JsonAnswer answer = await api.CallAsync("DescribeStateMachine", new JsonObject { ["stateMachineArn"] = arn }, cancellationToken);
        if (answer is JsonAnswer.Refused refused)
            throw new FlowsUnavailableException($"{flow}: {refused.Error}: {refused.Message}");
    }

    private static async Task<Installation> FindAsync(string stack, CancellationToken cancellationToken)
    {
        using var session = new AwsSession(Environment.GetEnvironmentVariable, TimeProvider.System, new SystemDice());
        try
        {
            return await Installation.FindAsync(session, stack, cancellationToken)
                ?? throw new BadInputException($"--stack {stack}: there is no parameter {Installation.ParameterOf(stack)} in region {session.Region} of this account");
        }
        catch (AwsUnavailableException e)
        {
            throw new StoreUnavailableException($"--stack {stack}: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // No region, or no credentials: the operator's own environment.
            throw new BadInputException($"--stack {stack}: {e.Message}");
        }
    }
}
