using System.Collections.Concurrent;
using System.Diagnostics;

namespace Cki.Peers;

/// <summary>
/// A server that is not ours, as a process of a test on a free loopback port, which it tells by <c>listening PORT</c>; ended by its own id, and by the
/// end of its standard input if the test dies.
/// </summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly ConcurrentQueue<string> errors = new();

    private PeerProcess(Process process) => this.process = process;

    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>What it wrote to standard error: tracebacks.</summary>
    public string Errors => string.Join('\n', errors);

    public static async Task<PeerProcess> StartAsync(string command, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var server = new PeerProcess(Process.Start(start) ?? throw new InvalidOperationException($"{command} did not start"));
        try
        {
            await server.ListenAsync(string.Join(' ', arguments.Prepend(command)));
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

    private async Task ListenAsync(string line)
    {
        using var limit = new CancellationTokenSource(s_startLimit);
        process.ErrorDataReceived += (_, error) => errors.Enqueue(error.Data ?? "");
        process.BeginErrorReadLine();
        string? said = await process.StandardOutput.ReadLineAsync(limit.Token);
        if (said?.Split(' ') is not ["listening", var port])
            throw new InvalidOperationException($"{line} did not start: '{said}'. Was tests/setup.sh run?\n{Errors}");
        Address = new Uri($"http://127.0.0.1:{port}/");
    }
}
