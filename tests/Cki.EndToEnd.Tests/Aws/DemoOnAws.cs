using System.Net;
using System.Text.Json.Nodes;
using Cki.Adapters;
using Cki.Kestrel;
using Cki.Tool;
using Cki.Tool.Demo;

namespace Cki.EndToEnd.Tests.Aws;

/// <summary>The world of <c>cki demo</c> around the deployed suite: its GitLab, its configuration pushed as an operator would, its secrets.</summary>
internal sealed class DemoOnAws : IAsyncDisposable
{
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(250);

    private readonly Scratch scratch = new();
    private readonly HttpClient hooks = new() { Timeout = Timeout.InfiniteTimeSpan };
    private WebServer? gitLab;
    private HttpClient? board;

    private DemoOnAws(DeployedSuite suite)
    {
        Suite = suite;
        World = new DemoWorld(TimeProvider.System, new SystemDice(), hooks);
    }

    public DeployedSuite Suite { get; }

    public DemoWorld World { get; }

    public DemoFacts Facts { get; private set; } = null!;

    public string Reports => scratch.In("reports");

    public static async Task<DemoOnAws> StartAsync()
    {
        var demo = new DemoOnAws(await DeployedSuite.StartAsync());
        demo.gitLab = await WebServer.StartAsync(demo.World.World.HandleAsync);
        demo.World.World.Settings = demo.World.World.Settings with { Url = demo.gitLab.Address.ToString().TrimEnd('/') };
        await demo.ConfigureAsync();
        demo.World.HookTo(demo.Suite.Address);
        demo.board = new HttpClient(new BoardHandler(new BoardPages(demo.Suite.Ports.Store))) { BaseAddress = new Uri("http://board.test/") };
        demo.Facts = new DemoFacts(demo.World, demo.Reports, demo.Suite.Ports.Documents, demo.board);
        return demo;
    }

    /// <summary>Until the tree has been seen for the first time: what is pushed from then on is new.</summary>
    public Task BaselineAsync() => UntilAsync(
        async () => await Suite.Ports.Documents.GetAsync(TreeHeads.Key(new TreeName("demo")), DocumentJson.Default.TreeHeads, default) is { Value.FirstSeenAt: not null },
        TimeSpan.FromSeconds(60));

    public async Task UntilAsync(Func<Task<bool>> condition, TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within);
        while (!await condition())
        {
            if (limit.IsCancellationRequested)
                throw new TimeoutException($"not within {within}\n{Tail()}");
            await Task.Delay(s_glance, CancellationToken.None);
        }
    }

    /// <summary>What the functions logged that is no plain information.</summary>
    public string Tail() => string.Join('\n', Suite.Functions.Values.Select(function =>
        $"== {function.LogicalId}\n" + string.Join('\n', function.Errors.TakeLast(5).Select(error => "error " + error)) + "\n" + string.Join('\n', function.Output.Split('\n').Where(line => !line.Contains("\"Information\"", StringComparison.Ordinal) && !line.Contains("_aws", StringComparison.Ordinal)).TakeLast(12))));

    public async ValueTask DisposeAsync()
    {
        await Suite.DisposeAsync();
        board?.Dispose();
        if (gitLab is not null)
            await gitLab.DisposeAsync();
        hooks.Dispose();
        scratch.Dispose();
    }

    private async Task ConfigureAsync()
    {
        DemoConfig.Write(scratch.In("config"), gitLab!.Address, Reports, scratch.In("notices"));
        foreach ((string name, string value) in new[] { ("gitlab-demo-token", DemoWorld.Token), ("gitlab-demo-hook", DemoWorld.HookToken) })
        {
            await Suite.Aws.CallAsync("ssm", "PutParameter", new JsonObject
            {
                ["Name"] = Suite.Installation.SecretsPath + name, ["Value"] = value, ["Type"] = "SecureString",
            });
        }
        var bundles = new ConfigBundles(Suite.Ports.Documents, TimeProvider.System);
        ConfigPush push = await bundles.PushAsync(ConfigDirectory.Bundle(scratch.In("config")), "the test", arm: true, default);
        if (push is not ConfigPush.Done)
            throw new InvalidOperationException($"the configuration was not pushed: {push}");
    }

    /// <summary>What <c>cki board --stack</c> serves.</summary>
    private sealed class BoardHandler(BoardPages pages) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            await pages.TryServeAsync(request, cancellationToken) ?? new HttpResponseMessage(HttpStatusCode.NotFound);
    }
}
