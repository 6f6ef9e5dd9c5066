using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cki.Tests.AdapterRooms;

/// <summary>One SMTP conversation after another on loopback. Commands are answered by <see cref="Answer"/>, or as a friendly server would.</summary>
public sealed class SmtpServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public SmtpServer()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = ServeAsync();
    }

    public int Port { get; }

    /// <summary>By command line; <c>.</c> stands for the end of the data. Null: the friendly answer. Empty: hang up.</summary>
    public Func<string, string?> Answer { get; set; } = _ => null;

    public List<string> Commands { get; } = [];

    public List<string> Mails { get; } = [];

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        while (true)
        {
            TcpClient peer;
            try
            {
                peer = await _listener.AcceptTcpClientAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
            using (peer)
                await TalkAsync(peer.GetStream());
        }
    }

    private async Task TalkAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await SayAsync(stream, Answer("connect") ?? "220 mx.example ready");
        while (await reader.ReadLineAsync() is { } line)
        {
            Commands.Add(line);
            string answer = Answer(line) ?? (line.Split(' ')[0].ToUpperInvariant() switch
            {
                "EHLO" => "250-mx.example\r\n250-AUTH PLAIN\r\n250 8BITMIME",
                "DATA" => "354 go on",
                "QUIT" => "221 bye",
                "AUTH" => "235 welcome",
                _ => "250 ok",
            });
            if (answer.Length == 0)
                return;
            await SayAsync(stream, answer);
            if (answer.StartsWith("354", StringComparison.Ordinal) && !await TakeMailAsync(reader, stream))
                return;
        }
    }

    private async Task<bool> TakeMailAsync(StreamReader reader, NetworkStream stream)
    {
        var mail = new StringBuilder();
        for (string? line = await reader.ReadLineAsync(); line is not null and not "."; line = await reader.ReadLineAsync())
            mail.Append(line).Append('\n');
        string answer = Answer(".") ?? "250 queued";
        if (answer.StartsWith("250", StringComparison.Ordinal))
            Mails.Add(mail.ToString());
        if (answer.Length > 0)
            await SayAsync(stream, answer);
        return answer.Length > 0;
    }

    private static async Task SayAsync(NetworkStream stream, string text) => await stream.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n"));
}
