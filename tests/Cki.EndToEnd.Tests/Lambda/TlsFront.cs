using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Cki.EndToEnd.Tests;

/// <summary>TLS in front of a plain loopback server, with a certificate authority made for it.</summary>
internal sealed class TlsFront : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 certificate;
    private readonly IPEndPoint behind;
    private readonly Task accepting;

    public TlsFront(Uri plain)
    {
        behind = new IPEndPoint(IPAddress.Loopback, plain.Port);
        using ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=Benchmark root", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        rootRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 root = rootRequest.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        RootPem = root.ExportCertificatePem() + "\n";
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 signed = request.Create(root, now.AddDays(-1), now.AddDays(20), [1, 2, 3, 4]);
        using X509Certificate2 whole = signed.CopyWithPrivateKey(key);
        certificate = X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pfx), null);
        listener.Start();
        accepting = AcceptAsync();
    }

    public string RootPem { get; }

    public string Address => $"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}";

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await accepting;
        certificate.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            using (var plain = new TcpClient { NoDelay = true })
            {
                client.NoDelay = true;
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(certificate);
                await plain.ConnectAsync(behind);
                NetworkStream inner = plain.GetStream();
                await Task.WhenAny(tls.CopyToAsync(inner), inner.CopyToAsync(tls));
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The peer is gone.
        }
    }
}
