using Cki.Adapters;
using Cki.GitLabSimulator;
using Cki.Kestrel;
using Cki.Tool;
using Cki.Tool.Demo;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cki.Benchmarks;

/// <summary>A suite on a fresh directory beside a simulated GitLab, both behind loopback sockets.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private readonly string directory;
    private readonly HttpClient hooks = new() { Timeout = Timeout.InfiniteTimeSpan };

    private Bench(string directory)
    {
        this.directory = directory;
        Demo = new DemoWorld(TimeProvider.System, new SystemDice(), hooks);
    }

    public DemoWorld Demo { get; }

    public GitLabWorld World => Demo.World;

    public WebServer GitLab { get; private set; } = null!;

    public SuiteHost Suite { get; private set; } = null!;

    public string Directory => directory;

    /// <summary>The suite's own, on its database.</summary>
    public SuitePorts Ports => Suite.Ports;

    public static async Task<Bench> StartAsync()
    {
        var bench = new Bench(System.IO.Directory.CreateTempSubdirectory("cki-bench-").FullName);
        bench.GitLab = await WebServer.StartAsync(bench.World.HandleAsync);
        string In(string name) => Path.Combine(bench.directory, name);
        DemoConfig.Write(In("config"), bench.GitLab.Address, In("reports"), In("notices"));
        System.IO.Directory.CreateDirectory(In("secrets"));
        File.WriteAllText(Path.Combine(In("secrets"), "gitlab-demo-token"), DemoWorld.Token);
        File.WriteAllText(Path.Combine(In("secrets"), "gitlab-demo-hook"), DemoWorld.HookToken);
        bench.Suite = await SuiteHost.StartAsync(
            new SuiteOptions(In("config"), In("data"), "127.0.0.1:0") { Secrets = In("secrets"), Arm = true, Tick = TimeSpan.FromSeconds(1) },
            NullLoggerFactory.Instance,
            CancellationToken.None);
        return bench;
    }

    public async ValueTask DisposeAsync()
    {
        await Suite.DisposeAsync();
        await GitLab.DisposeAsync();
        hooks.Dispose();
        System.IO.Directory.Delete(directory, recursive: true);
    }

    public static double Percentile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted[(int)Math.Min(sorted.Length - 1, Math.Floor(sorted.Length * share))];
    }
}
