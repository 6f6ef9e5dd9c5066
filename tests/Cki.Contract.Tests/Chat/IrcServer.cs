using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Cki.Contract.Tests.Consumers;
using Xunit;

namespace Cki.Contract.Tests.Chat;

/// <summary>Debian's ngircd as a process of the test, on a free loopback port.</summary>
public sealed class IrcServer : IAsyncLifetime
{
    private const string Program = "/usr/sbin/ngircd";
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cki-irc-");
    private Process? _process;

    public int Port { get; } = RabbitServer.FreePort();

    public async ValueTask InitializeAsync()
    {
        string file = Path.Combine(_directory.FullName, "ngircd.conf");
        await File.WriteAllTextAsync(
            file,
            $"""
            [Global]
            Name = irc.test.example
            Info = Test
            Listen = 127.0.0.1
            Ports = {Port}
            MotdPhrase = hello
            PidFile = {_directory.FullName}/pid
            [Limits]
            MaxConnectionsIP = 0
            MaxPenaltyTime = 0
            [Options]
            DNS = no
            Ident = no
            PAM = no
            SyslogFacility = local1
            """);
        _process = Process.Start(new ProcessStartInfo(Program, ["-n", "-f", file]) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{Program} did not start (tests/setup.sh installs it)");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await ListeningAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
            _process.Kill(entireProcessTree: true);
        if (_process is not null)
            await _process.WaitForExitAsync();
        _process?.Dispose();
        _directory.Delete(recursive: true);
    }

    /// <summary>Somebody who sits in #kernel and #other.</summary>
    internal async Task<IrcReader> ReaderAsync(CancellationToken cancellationToken)
    {
        var reader = new IrcReader(new TcpClient("127.0.0.1", Port));
        await reader.JoinAsync(cancellationToken);
        return reader;
    }

    private async Task ListeningAsync()
    {
        for (int tries = 0; tries < 600; tries++)
        {
            if (_process!.HasExited)
                throw new InvalidOperationException($"{Program} ended with {_process.ExitCode}");
            try
            {
                using var probe = new TcpClient("127.0.0.1", Port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(100);
            }
        }
        throw new InvalidOperationException($"{Program} does not listen on {Port}");
    }
}

/// <summary>What a person sees in the channels: messages, topics, joins and parts, as the server sends them.</summary>
internal sealed class IrcReader(TcpClient client) : IDisposable
{
    private readonly StreamReader _lines = new(client.GetStream(), new UTF8Encoding(false));
    private readonly StreamWriter _words = new(client.GetStream(), new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };

    public async Task JoinAsync(CancellationToken cancellationToken)
    {
        await _words.WriteLineAsync("NICK reader\r\nUSER reader 0 * :reader");
        await UntilAsync(" 001 reader ", cancellationToken);
        await _words.WriteLineAsync("JOIN #kernel\r\nJOIN #other");
        await UntilAsync(" 366 reader #other ", cancellationToken);
    }

    /// <summary>Everything that happened, up to the line that holds <paramref name="last"/>; each as <c>COMMAND target :text</c>, joins of the bot left out.</summary>
    public async Task<List<string>> SeenUntilAsync(string last, CancellationToken cancellationToken)
    {
        List<string> seen = await UntilAsync(last, cancellationToken);
        return [.. seen.Select(l => l[(l.IndexOf(' ') + 1)..]).Where(l => !l.StartsWith("JOIN", StringComparison.Ordinal))];
    }

    public void Dispose() => client.Dispose();

    private async Task<List<string>> UntilAsync(string last, CancellationToken cancellationToken)
    {
        var seen = new List<string>();
        while (await _lines.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("PING", StringComparison.Ordinal))
                await _words.WriteLineAsync(line.Replace("PING", "PONG", StringComparison.Ordinal));
            else
                seen.Add(line);
            if (line.Contains(last, StringComparison.Ordinal))
                return seen;
        }
        throw new InvalidOperationException($"The server hung up before '{last}':\n{string.Join('\n', seen)}");
    }
}
