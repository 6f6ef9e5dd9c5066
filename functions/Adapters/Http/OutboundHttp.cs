using System.Net;

namespace Cki.Adapters;

/// <summary>The one HTTP client of a process, for composition.</summary>
public static class OutboundHttp
{
    /// <summary>Redirects are followed by those who know what may travel along (a token must not); limits come from each caller's clock.</summary>
    public static HttpClient Create() => new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            // New connections see DNS changes.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeSpan.FromSeconds(10),
        })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
}
