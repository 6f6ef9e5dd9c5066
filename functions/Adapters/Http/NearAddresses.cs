using System.Net;
using System.Net.Sockets;

namespace Cki.Adapters;

/// <summary>
/// Addresses to which no server may send us: link-local ones (a cloud's metadata service is one), and for a server elsewhere our own machine, where
/// a function's runtime listens.
/// </summary>
internal static class NearAddresses
{
    /// <summary>169.254.0.0/16, fe80::/10, and the address that means none.</summary>
    public static bool IsLinkLocal(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            return address.IsIPv6LinkLocal || address.Equals(IPAddress.IPv6Any);
        byte[] bytes = address.GetAddressBytes();
        return bytes is [169, 254, _, _] or [0, ..];
    }

    /// <summary>Why a redirect may not be followed by what it names; names are judged once they are resolved, see <see cref="OutboundHttp"/>.</summary>
    public static string? Fault(Uri from, Uri to)
    {
        if (IPAddress.TryParse(to.DnsSafeHost, out IPAddress? address) && IsLinkLocal(address))
            return $"it was redirected to the link-local address {to.DnsSafeHost}";
        return to.IsLoopback && !from.IsLoopback ? $"it was redirected to {to.DnsSafeHost}, this machine itself" : null;
    }

    /// <summary>As the handler does by itself, but not to a link-local address, whatever name stands for it.</summary>
    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        DnsEndPoint to = context.DnsEndPoint;
        IPAddress[] addresses = IPAddress.TryParse(to.Host, out IPAddress? address) ? [address] : await Dns.GetHostAddressesAsync(to.Host, cancellationToken);
        if (addresses.FirstOrDefault(IsLinkLocal) is { } near)
            throw new HttpRequestException($"{to.Host} stands for the link-local address {near}: nothing is asked there");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, to.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
