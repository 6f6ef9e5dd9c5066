using System.Net;
using System.Security.Cryptography;

namespace Cki.Adapters;

/// <summary>The one HTTP client of a process, for composition.</summary>
public static class OutboundHttp
{
    /// <summary>Name of the optional secret with the PEM text of further certificate authorities: a company's GitLab behind its own.</summary>
    public const string ExtraRootsSecret = "extra-ca";

    /// <summary>Redirects are followed by those who know what may travel along (a token must not); limits come from each caller's clock.</summary>
    public static HttpClient Create() => Client(Handler());

    /// <summary>The same, and the roots of secret <see cref="ExtraRootsSecret"/> are trusted too. It is looked for at the first request.</summary>
    public static HttpClient Create(ISecrets secrets) => Client(new TrustingHandler(secrets));

    private static HttpClient Client(HttpMessageHandler handler) => new(handler) { Timeout = Timeout.InfiniteTimeSpan };

    private static SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        // New connections see DNS changes.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(10),
        ConnectCallback = NearAddresses.ConnectAsync,
    };

    /// <summary>Opens the real handler at the first request, when secrets can be read; unreadable secrets fail that request, and the next one looks again.</summary>
    private sealed class TrustingHandler(ISecrets secrets) : HttpMessageHandler
    {
        private HttpMessageInvoker? _open;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpMessageInvoker open = Volatile.Read(ref _open) ?? Keep(await OpenAsync(cancellationToken));
            return await open.SendAsync(request, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _open?.Dispose();
            base.Dispose(disposing);
        }

        private async Task<HttpMessageInvoker> OpenAsync(CancellationToken cancellationToken)
        {
            SocketsHttpHandler handler = Handler();
            if (await secrets.GetAsync(ExtraRootsSecret, cancellationToken) is { } pem)
                handler.SslOptions = Options(pem);
            return new HttpMessageInvoker(handler);
        }

        private static System.Net.Security.SslClientAuthenticationOptions Options(string pem)
        {
            try
            {
                return SystemTrust.Options(pem);
            }
            catch (CryptographicException e)
            {
                throw new HttpRequestException($"Secret {ExtraRootsSecret} is not PEM text with certificates: {e.Message}", e);
            }
        }

        /// <summary>Two first requests may have opened two: one of them is kept.</summary>
        private HttpMessageInvoker Keep(HttpMessageInvoker opened)
        {
            HttpMessageInvoker? first = Interlocked.CompareExchange(ref _open, opened, null);
            if (first is null)
                return opened;
            opened.Dispose();
            return first;
        }
    }
}
