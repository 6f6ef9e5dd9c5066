using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Cki.Adapters;

namespace Cki.Contract.Tests.Ports;

/// <summary>An AWS that is not ours, as a process of the test on a free loopback port; it ends with its standard input, so with the test too.</summary>
internal sealed class PeerServer : IAsyncDisposable
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);
    private readonly Process process;
    private readonly ConcurrentQueue<string> errors = new();

    private PeerServer(Process process) => this.process = process;

    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    public static Task<PeerServer> MotoAsync() => StartAsync("python3", "-B", Path.Combine(PeerScript.Root, "tests", "peers", "moto_server.py"));

    public static Task<PeerServer> LocalSqsAsync() => StartAsync("node", Path.Combine(PeerScript.Root, "tests", "peers", "sqs.js"));

    public AwsSession Session(TimeProvider? clock = null) => SessionAt(Address, clock);

    /// <summary>Every service is looked for at one address.</summary>
    public static AwsSession SessionAt(Uri address, TimeProvider? clock = null)
    {
        var environment = new Dictionary<string, string>
        {
            ["AWS_REGION"] = "eu-central-1", ["AWS_ACCESS_KEY_ID"] = "test", ["AWS_SECRET_ACCESS_KEY"] = "test", ["AWS_ENDPOINT_URL"] = address.AbsoluteUri,
        };
        return new AwsSession(environment.GetValueOrDefault, clock ?? TimeProvider.System, new SystemDice());
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static async Task<PeerServer> StartAsync(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var server = new PeerServer(Process.Start(start) ?? throw new InvalidOperationException($"{command} did not start"));
        try
        {
            using var limit = new CancellationTokenSource(s_startLimit);
            server.process.ErrorDataReceived += (_, line) => server.errors.Enqueue(line.Data ?? "");
            server.process.BeginErrorReadLine();
            string? said = await server.process.StandardOutput.ReadLineAsync(limit.Token);
            if (said?.Split(' ') is not ["listening", var port])
                throw new InvalidOperationException($"{command} {arguments[^1]} did not start: '{said}'\n{string.Join('\n', server.errors)}");
            server.Address = new Uri($"http://127.0.0.1:{port}/");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }
}
