using System.Net;
using System.Net.Sockets;

namespace Cki.Adapters;

/// <summary>Whether a port takes connections, and whether a name is resolved.</summary>
internal sealed class SocketProbes(TimeProvider clock)
{
    public async Task<CheckSight> TcpAsync(CheckConfig check, string? memory, CancellationToken cancellationToken)
    {
        var target = (CheckTarget.Tcp)check.Target;
        long began = clock.GetTimestamp();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(target.Host, target.Port, cancellationToken);
        TimeSpan took = clock.GetElapsedTime(began);
        return WebProbes.Timed($"connected after {took.TotalMilliseconds:0} ms", took, target.SlowMs);
    }

    public async Task<CheckSight> DnsAsync(CheckConfig check, string? memory, CancellationToken cancellationToken)
    {
        var target = (CheckTarget.Dns)check.Target;
        long began = clock.GetTimestamp();
        IPAddress[] found = await Dns.GetHostAddressesAsync(target.Host, cancellationToken);
        TimeSpan took = clock.GetElapsedTime(began);
        string[] missing = [.. target.Addresses.Where(a => !found.Contains(IPAddress.Parse(a)))];
        string said = $"{target.Host} is {string.Join(", ", found.Select(a => a.ToString()).Order(StringComparer.Ordinal))}";
        return missing.Length > 0 || found.Length == 0 ? CheckSight.Down($"{said}, not {string.Join(", ", missing)}") : WebProbes.Timed(said, took, slowMs: null);
    }
}
