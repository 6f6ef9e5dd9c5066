using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Cki.Adapters;

/// <summary>
/// Certificate authorities by name instead of by process. WebhookIntake's process trusts a handful of Amazon's roots (SSL_CERT_FILE), which makes its
/// cold start fast; where it must reach anybody else, it loads the system's store for that one client, and only then.
/// </summary>
public static class SystemTrust
{
    /// <summary>Amazon Linux, Debian, Fedora.</summary>
    private static readonly string[] s_bundles =
        ["/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"];

    /// <summary>A handler that trusts the system's store; where none is found, whatever the process trusts.</summary>
    public static HttpMessageHandler CreateHandler() => new SocketsHttpHandler { SslOptions = Options(null) };

    /// <param name="extraPem">PEM text with further roots, e.g. a company's own; null for none.</param>
    internal static SslClientAuthenticationOptions Options(string? extraPem)
    {
        var roots = new X509Certificate2Collection();
        if (s_bundles.FirstOrDefault(File.Exists) is { } bundle)
            roots.ImportFromPemFile(bundle);
        if (extraPem is not null)
            roots.ImportFromPem(extraPem);
        var options = new SslClientAuthenticationOptions();
        if (roots.Count > 0)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }
        return options;
    }
}
