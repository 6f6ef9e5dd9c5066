using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Cki.Contract.Tests.Consumers;

/// <summary>
/// Debian's RabbitMQ as processes of the test: free loopback ports, a directory of its own, a port mapper of its own, both ended by their own ids.
/// </summary>
public sealed class RabbitServer : IAsyncLifetime
{
    private const string Program = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private const string Ready = "Server startup complete";
    private static readonly TimeSpan s_startLimit = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cki-rabbit-");
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly List<Process> _processes = [];

    public int Port { get; private set; }

    public Uri Address => new($"amqp://127.0.0.1:{Port}/");

    /// <summary>Of the management API.</summary>
    public int ManagementPort { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Port = FreePort();
        int mapper = FreePort();
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = _directory.FullName, ["ERL_EPMD_PORT"] = Text(mapper), ["ERL_EPMD_ADDRESS"] = "127.0.0.1", ["RABBITMQ_NODENAME"] = $"cki-{Port}@localhost",
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1", ["RABBITMQ_NODE_PORT"] = Text(Port), ["RABBITMQ_DIST_PORT"] = Text(FreePort()), ["RABBITMQ_LOGS"] = "-",
            ["RABBITMQ_MNESIA_BASE"] = In("db"), ["RABBITMQ_LOG_BASE"] = In("log"), ["RABBITMQ_PID_FILE"] = In("pid"), ["RABBITMQ_ENABLED_PLUGINS_FILE"] = In("plugins"),
            ["RABBITMQ_CONF_ENV_FILE"] = In("none"), ["RABBITMQ_CONFIG_FILE"] = In("rabbitmq"), ["RABBITMQ_GENERATED_CONFIG_DIR"] = In("generated"),
        };
        ManagementPort = FreePort();
        await File.WriteAllTextAsync(In("plugins"), "[rabbitmq_management].\n");
        await File.WriteAllTextAsync(
            In("rabbitmq.conf"), $"listeners.tcp.default = 127.0.0.1:{Port}\nmanagement.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {ManagementPort}\n");
        Start("epmd", ["-port", Text(mapper), "-address", "127.0.0.1"], environment);
        var ready = new TaskCompletionSource();
        Process server = Start(Program, [], environment, line =>
        {
            if (line.Contains(Ready, StringComparison.Ordinal))
                ready.TrySetResult();
        });
        Task first = await Task.WhenAny(ready.Task, server.WaitForExitAsync(), Task.Delay(s_startLimit));
        if (first != ready.Task)
            throw new InvalidOperationException($"{Program} did not start (tests/setup.sh installs it):\n{string.Join('\n', _lines.TakeLast(30))}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Process process in _processes.AsEnumerable().Reverse())
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
        _directory.Delete(recursive: true);
    }

    internal static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private Process Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, Action<string>? told = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        _processes.Add(process);
        void Take(object sender, DataReceivedEventArgs line)
        {
            _lines.Enqueue(line.Data ?? "");
            told?.Invoke(line.Data ?? "");
        }
        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private string In(string name) => Path.Combine(_directory.FullName, name);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
