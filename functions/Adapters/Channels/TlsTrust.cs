using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Cki.Adapters;

/// <summary>Trusts one certificate authority and no other: of a server whose certificate is no public one's.</summary>
internal sealed class TlsTrust
{
    private readonly X509Certificate2Collection _roots;
    private readonly TimeProvider _clock;

    private TlsTrust(X509Certificate2Collection roots, TimeProvider clock) => (_roots, _clock) = (roots, clock);

    /// <summary>Null where the text holds no certificate.</summary>
    public static TlsTrust? Of(string pem, TimeProvider clock)
    {
        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            return null;
        }
        return roots.Count == 0 ? null : new TlsTrust(roots, clock);
    }

    /// <summary>The name must be the server's, whoever signed.</summary>
    public bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 own || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_roots);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = _clock.GetUtcNow().UtcDateTime;
        foreach (X509ChainElement element in sent?.ChainElements.Cast<X509ChainElement>() ?? [])
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build(own);
    }
}
