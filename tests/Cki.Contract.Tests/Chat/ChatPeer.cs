using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Cki.Contract.Tests.Chat;

/// <summary><c>tests/peers/chat.js</c> as a process of the test: Slack with its limits, irccat, CKI's chat bot; ended by its own id.</summary>
internal sealed class ChatPeer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<JsonNode> _told = [];
    private readonly TaskCompletionSource<int> _port = new();

    private ChatPeer(string ircPort, string trouble)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(PeerScript.Root, "tests", "peers", "chat.js"), ircPort, trouble])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, StandardOutputEncoding = Encoding.UTF8,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException("node did not start");
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.BeginOutputReadLine();
    }

    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>Messages that Slack took.</summary>
    public IReadOnlyList<JsonNode> Slack => Told("slack");

    /// <param name="ircPort">Of a real IRC server; 0: irccat's lines go nowhere.</param>
    public static async Task<ChatPeer> StartAsync(int ircPort = 0, bool hasTrouble = false)
    {
        var peer = new ChatPeer(ircPort.ToString(System.Globalization.CultureInfo.InvariantCulture), hasTrouble ? "trouble" : "none");
        peer.Address = new Uri($"http://127.0.0.1:{await peer._port.Task.WaitAsync(TimeSpan.FromSeconds(60))}/");
        return peer;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private IReadOnlyList<JsonNode> Told(string kind)
    {
        lock (_told)
            return [.. _told.Select(t => t[kind]).OfType<JsonNode>()];
    }

    private void Take(string? line)
    {
        if (line is null || JsonNode.Parse(line) is not { } told)
            return;
        if (told["port"] is { } port)
            _port.TrySetResult((int)port);
        lock (_told)
            _told.Add(told);
    }
}

/// <summary>Secrets of the test.</summary>
internal sealed class ChatSecrets(IReadOnlyDictionary<string, string> values) : ISecrets
{
    public Task<string?> GetAsync(string name, CancellationToken cancellationToken) => Task.FromResult(values.GetValueOrDefault(name));
}
