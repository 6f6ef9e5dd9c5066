using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cki.Contract.Tests.Consumers;

/// <summary>Between a client and a server: once the client has said a word, what the server answers is lost and the connection is cut.</summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _to;
    private readonly byte[] _word;
    private readonly CancellationTokenSource _over = new();

    public CuttingProxy(int to, string word)
    {
        _to = to;
        _word = Encoding.UTF8.GetBytes(word);
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Cuts { get; private set; }

    public void Dispose()
    {
        _over.Cancel();
        _listener.Dispose();
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                _ = CarryAsync(await _listener.AcceptTcpClientAsync(_over.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using TcpClient near = client;
        using var far = new TcpClient();
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _to, _over.Token);
            using var answers = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
            Task back = far.GetStream().CopyToAsync(near.GetStream(), answers.Token);
            byte[] bytes = new byte[64 * 1024];
            int read;
            while ((read = await near.GetStream().ReadAsync(bytes, _over.Token)) > 0)
            {
                bool isSaid = bytes.AsSpan(0, read).IndexOf(_word) >= 0;
                if (isSaid)
                    await answers.CancelAsync();
                await far.GetStream().WriteAsync(bytes.AsMemory(0, read), _over.Token);
                if (!isSaid)
                    continue;
                Cuts++;
                // The server has it before the client learns that nobody answers.
                await Task.Delay(300, _over.Token);
                return;
            }
            await back;
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // Either end is gone.
        }
    }
}
