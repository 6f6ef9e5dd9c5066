using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cki.Tests.AdapterRooms;

/// <summary>A server on loopback that answers each connection with bytes of a script, whatever it was asked; then it is silent or hangs up.</summary>
public sealed class HostileServer : IDisposable
{
    private const string GitType = "Content-Type: application/x-git-upload-pack-advertisement\r\n";
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> _open = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Func<HostileServer, NetworkStream, CancellationToken, Task> _answer;
    private readonly bool _hangsUp;

    private HostileServer(Func<HostileServer, NetworkStream, CancellationToken, Task> answer, bool hangsUp)
    {
        (_answer, _hangsUp) = (answer, hangsUp);
        _listener.Start();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/tree.git");
        _ = ServeAsync();
    }

    public Uri Url { get; }

    public int Connections => _open.Count;

    public static HostileServer Silent() => new((_, _, _) => Task.CompletedTask, hangsUp: false);

    /// <summary>Stops in the middle of its list.</summary>
    public static HostileServer Stalling() => Saying($"HTTP/1.1 200 OK\r\n{GitType}Content-Length: 100000\r\n\r\n003daaaaaaaaaaaaaaaaaaaaaaaa");

    public static HostileServer Babbling() => Saying($"HTTP/1.1 200 OK\r\n{GitType}Content-Length: 64\r\n\r\n{new string('\u0007', 64)}");

    public static HostileServer NotEvenHttp() => Saying(new string('?', 4000) + "\r\n\r\n", hangsUp: true);

    public static HostileServer Redirecting(string to) => Saying($"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", hangsUp: true);

    /// <summary>To itself.</summary>
    public static HostileServer Looping() =>
        new((server, stream, ct) => WriteAsync(stream, $"HTTP/1.1 302 Found\r\nLocation: {server.Url}/info/refs\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", ct), hangsUp: true);

    /// <summary>A list that never ends.</summary>
    public static HostileServer Endless() => new(async (_, stream, ct) =>
    {
        await WriteAsync(stream, $"HTTP/1.1 200 OK\r\n{GitType}Connection: close\r\n\r\n", ct);
        string name = "refs/heads/" + new string('n', 60_000);
        byte[] line = Encoding.ASCII.GetBytes($"{name.Length + 46:x4}{new string('a', 40)} {name}\n");
        while (true)
            await stream.WriteAsync(line, ct);
    }, hangsUp: true);

    public void Dispose()
    {
        _end.Cancel();
        _listener.Stop();
        lock (_open)
            _open.ForEach(o => o.Dispose());
        _end.Dispose();
    }

    private static HostileServer Saying(string text, bool hangsUp = false) => new((_, stream, ct) => WriteAsync(stream, text, ct), hangsUp);

    private static Task WriteAsync(NetworkStream stream, string text, CancellationToken cancellationToken) =>
        stream.WriteAsync(Encoding.Latin1.GetBytes(text), cancellationToken).AsTask();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_end.Token);
                lock (_open)
                    _open.Add(client);
                _ = AnswerAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            return;
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        try
        {
            NetworkStream stream = client.GetStream();
            _ = await stream.ReadAsync(new byte[4096], _end.Token);
            await _answer(this, stream, _end.Token);
            if (_hangsUp)
                client.Dispose();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            client.Dispose();
        }
    }
}
