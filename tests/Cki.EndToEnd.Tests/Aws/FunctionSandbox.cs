using System.Collections.Concurrent;
using Cki.Peers;

namespace Cki.EndToEnd.Tests.Aws;

/// <summary>One process of a published function with its own Runtime API and its own way to AWS: what Lambda calls an execution environment.</summary>
internal sealed class FunctionSandbox : IAsyncDisposable
{
    private readonly RuntimeApi api;
    private readonly AwsProxy proxy;
    private readonly string[] command;
    private readonly ConcurrentQueue<string> ended = new();
    private ChildProcess? process;

    private FunctionSandbox(RuntimeApi api, AwsProxy proxy, string[] command)
    {
        this.api = api;
        this.proxy = proxy;
        this.command = command;
        proxy.Sandbox = this;
    }

    /// <summary>Of all its processes.</summary>
    public string Output => string.Join('\n', ended.Append(process?.Output ?? ""));

    public static async Task<FunctionSandbox> StartAsync(DeployedFunction function, AwsProxy proxy)
    {
        await proxy.StartAsync();
        RuntimeApi api = await RuntimeApi.StartAsync();
        return new FunctionSandbox(api, proxy, [.. Variables(function, api, proxy).Select(one => $"{one.Key}={one.Value}").Prepend("-i"), PublishedFunctions.Bootstrap(function.Stage)]);
    }

    /// <summary>A process that died before is started again, as Lambda does.</summary>
    public async Task<Invoked> InvokeAsync(string json, TimeSpan limit)
    {
        if (process is null || process.HasExited)
        {
            if (process is not null)
            {
                ended.Enqueue(process.Output);
                await process.DisposeAsync();
            }
            process = new ChildProcess("env", command);
        }
        Task<Invoked> invoked = api.InvokeAsync(System.Text.Encoding.UTF8.GetBytes(json), limit);
        if (await Task.WhenAny(invoked, process.ExitAsync(Timeout.InfiniteTimeSpan)) != invoked)
            api.ProcessDied();
        return await invoked;
    }

    /// <summary>Calls to AWS so far, without upkeep.</summary>
    public int Calls => proxy.Count;

    /// <summary>kill -9.</summary>
    public Task KillAsync() => process?.KillAsync() ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
        await api.DisposeAsync();
        await proxy.DisposeAsync();
    }

    /// <summary>The template's, and what Lambda itself gives. Nothing of the test's own environment.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Variables(DeployedFunction function, RuntimeApi api, AwsProxy proxy) =>
        function.Environment.Concat(new Dictionary<string, string>
        {
            ["AWS_LAMBDA_RUNTIME_API"] = api.Address,
            ["AWS_LAMBDA_FUNCTION_NAME"] = function.Name,
            ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = function.MemoryMegabytes.ToString(),
            ["AWS_REGION"] = AwsCalls.Region,
            ["AWS_ACCESS_KEY_ID"] = "test",
            ["AWS_SECRET_ACCESS_KEY"] = "test",
            ["AWS_SESSION_TOKEN"] = "test",
            ["AWS_ENDPOINT_URL"] = proxy.Address.ToString().TrimEnd('/'),
            ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
            ["HOME"] = "/tmp",
        });
}

/// <summary>Around all functions.</summary>
internal sealed record FunctionWorld(Uri Aws, Action<RecordedCall> Record, CallsPerInvocation PerInvocation);

/// <summary>A function of the template: its processes come with the load, up to a few, and are kept.</summary>
internal sealed class DeployedFunction : IAsyncDisposable
{
    /// <summary>Processes at once, whatever the template allows: more would only wait for the machine.</summary>
    private const int ProcessesMax = 2;

    private readonly FunctionWorld world;
    private readonly SemaphoreSlim free;
    private readonly ConcurrentStack<FunctionSandbox> idle = new();
    private readonly ConcurrentBag<FunctionSandbox> all = [];

    public DeployedFunction(string logicalId, DeployedResource resource, FunctionWorld world)
    {
        LogicalId = logicalId;
        Name = resource.Id;
        // As moto's Lambda has them, which had them from CloudFormation.
        Environment = resource.Found!["Environment"]!["Variables"]!.AsObject().ToDictionary(one => one.Key, one => (string)one.Value!);
        Stage = Path.GetFileNameWithoutExtension((string)resource.Wanted["Code"]!["S3Key"]!);
        Limit = TimeSpan.FromSeconds((int)resource.Wanted["Timeout"]!);
        MemoryMegabytes = (int)resource.Wanted["MemorySize"]!;
        this.world = world;
        free = new SemaphoreSlim(ProcessesMax);
    }

    public string LogicalId { get; }

    public string Name { get; }

    public string Stage { get; }

    public TimeSpan Limit { get; }

    public int MemoryMegabytes { get; }

    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>What happens to its calls; null: they pass.</summary>
    public ICallFate? Fate { get; set; }

    public string Output => string.Join('\n', all.Select(sandbox => sandbox.Output));

    /// <summary>Errors that its invocations ended with.</summary>
    public ConcurrentQueue<string> Errors { get; } = new();

    /// <summary>A call that Lambda makes in the function's name.</summary>
    public void Called(string action, string resource) => world.Record(new RecordedCall(LogicalId, action, resource));

    public async Task<Invoked> InvokeAsync(string json)
    {
        await free.WaitAsync();
        try
        {
            if (!idle.TryPop(out FunctionSandbox? sandbox))
                all.Add(sandbox = await FunctionSandbox.StartAsync(this, new AwsProxy(LogicalId, world.Aws, world.Record) { Fate = () => Fate }));
            try
            {
                int before = sandbox.Calls;
                Invoked invoked = await sandbox.InvokeAsync(json, Limit);
                if (invoked.IsError)
                    Errors.Enqueue(invoked.Body);
                else
                    world.PerInvocation.Note(json, sandbox.Calls - before);
                return invoked;
            }
            finally
            {
                idle.Push(sandbox);
            }
        }
        finally
        {
            free.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (FunctionSandbox sandbox in all)
            await sandbox.DisposeAsync();
        free.Dispose();
    }
}
