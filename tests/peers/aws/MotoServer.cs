using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Cki.Peers;

/// <summary>moto as a process of a test, on a free loopback port; ended by its own id, and by the end of its standard input if the test dies.</summary>
internal sealed class MotoServer : IAsyncDisposable
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly ConcurrentQueue<string> errors = new();

    private MotoServer(Process process) => this.process = process;

    /// <summary><c>http://127.0.0.1:40123/</c>: every service answers there.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>What it wrote to standard error: tracebacks.</summary>
    public string Errors => string.Join('\n', errors);

    /// <param name="root">The checkout.</param>
    /// <param name="lambdaPort">A <see cref="LambdaDoor"/>'s, for the tasks of state machines; null: moto itself.</param>
    public static async Task<MotoServer> StartAsync(string root, int? lambdaPort = null)
    {
        var start = new ProcessStartInfo("python3")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            ArgumentList = { "-B", Path.Combine(root, "tests", "peers", "moto_server.py") },
        };
        if (lambdaPort is not null)
        {
            start.ArgumentList.Add("--lambda-port");
            start.ArgumentList.Add(lambdaPort.Value.ToString(CultureInfo.InvariantCulture));
        }
        var server = new MotoServer(Process.Start(start) ?? throw new InvalidOperationException("python3 did not start"));
        try
        {
            await server.ListenAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private async Task ListenAsync()
    {
        using var limit = new CancellationTokenSource(s_startLimit);
        process.ErrorDataReceived += (_, line) => errors.Enqueue(line.Data ?? "");
        process.BeginErrorReadLine();
        string? said = await process.StandardOutput.ReadLineAsync(limit.Token);
        if (said?.Split(' ') is not ["listening", var port])
            throw new InvalidOperationException($"moto did not start: '{said}'. `pip install -r tests/requirements.txt`?\n{Errors}");
        Address = new Uri($"http://127.0.0.1:{port}/");
    }
}
