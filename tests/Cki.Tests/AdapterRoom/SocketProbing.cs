using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Xunit;

namespace Cki.Tests.AdapterRooms;

/// <summary>Checks over plain and secured sockets, and of git servers.</summary>
public sealed class SocketProbing : ProbeRoom
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly RSA _rootKey = RSA.Create(2048);
    private readonly X509Certificate2 _root;

    public SocketProbing()
    {
        _listener.Start();
        var request = new CertificateRequest("CN=Test Root", _rootKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-500), DateTimeOffset.UtcNow.AddDays(500));
        Suite.Secrets.Values["extra-ca"] = _root.ExportCertificatePem();
    }

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public override void Dispose()
    {
        base.Dispose();
        _listener.Dispose();
        _rootKey.Dispose();
        _root.Dispose();
    }

    /// <summary>For <c>localhost</c>, of our root.</summary>
    private X509Certificate2 Certificate(double days, X509Certificate2? issuer = null)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        X509Certificate2 bare = issuer is null
            ? request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-400), DateTimeOffset.UtcNow.AddDays(days))
            : request.Create(issuer, DateTimeOffset.UtcNow.AddDays(-400), DateTimeOffset.UtcNow.AddDays(days), [1, 2, 3, (byte)(days + 100)]);
        using X509Certificate2 whole = issuer is null ? bare : bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    private async Task ServeAsync(X509Certificate2 certificate)
    {
        using TcpClient peer = await _listener.AcceptTcpClientAsync();
        await using var stream = new SslStream(peer.GetStream());
        try
        {
            await stream.AuthenticateAsServerAsync(certificate);
            _ = await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            // The client did not like the certificate.
        }
    }

    [Fact]
    public async Task A_port_that_takes_connections_is_up_and_one_that_does_not_throws()
    {
        Assert.Equal((CheckStatus.Up, "connected after N ms"), Plain(await SeeAsync(new CheckTarget.Tcp("127.0.0.1", Port, null))));
        int port = Port;
        _listener.Dispose();
        await Assert.ThrowsAsync<SocketException>(() => SeeAsync(new CheckTarget.Tcp("127.0.0.1", port, null)));
    }

    [Fact]
    public async Task A_name_is_resolved_to_what_it_should_be()
    {
        CheckSight found = await SeeAsync(new CheckTarget.Dns("localhost", ["127.0.0.1"]));
        Assert.Equal(CheckStatus.Up, found.Status);
        Assert.Contains("127.0.0.1", found.Said);
        CheckSight other = await SeeAsync(new CheckTarget.Dns("localhost", ["192.0.2.1"]));
        Assert.Equal(CheckStatus.Down, other.Status);
        Assert.EndsWith(", not 192.0.2.1", other.Said);
        await Assert.ThrowsAsync<SocketException>(() => SeeAsync(new CheckTarget.Dns("no-such-host.invalid", [])));
    }

    [Theory]
    [InlineData(90.5, CheckStatus.Up, "in 90 days")]
    [InlineData(20.5, CheckStatus.Degraded, "in 20 days")]
    [InlineData(-1, CheckStatus.Down, "its certificate is not trusted: NotTimeValid")]
    public async Task A_certificate_is_judged_by_a_real_handshake(double days, CheckStatus status, string said)
    {
        using X509Certificate2 certificate = Certificate(days, _root);
        Task server = ServeAsync(certificate);
        CheckSight sight = await SeeAsync(new CheckTarget.Tls("127.0.0.1", Port, "localhost", 21));
        await server;
        Assert.Equal(status, sight.Status);
        Assert.EndsWith(said, sight.Said);
    }

    [Fact]
    public async Task A_certificate_of_another_name_or_of_nobody_we_know_is_down()
    {
        using X509Certificate2 good = Certificate(90, _root);
        using X509Certificate2 strange = Certificate(90);
        Task server = ServeAsync(good);
        Assert.Equal((CheckStatus.Down, "its certificate is not for db.example"), Plain(await SeeAsync(new CheckTarget.Tls("127.0.0.1", Port, "db.example", 21))));
        await server;
        server = ServeAsync(strange);
        Assert.Equal((CheckStatus.Down, "its certificate is not trusted: UntrustedRoot"), Plain(await SeeAsync(new CheckTarget.Tls("127.0.0.1", Port, "localhost", 21))));
        await server;
    }

    [Fact]
    public async Task A_mail_server_greets_and_says_goodbye()
    {
        using var server = new SmtpServer();
        Assert.Equal((CheckStatus.Up, "greeted and said goodbye after N ms"), Plain(await SeeAsync(new CheckTarget.Smtp("127.0.0.1", server.Port, false))));
        Assert.Equal(["EHLO", "NOOP", "QUIT"], server.Commands.Select(c => c.Split(' ')[0]));
        Assert.Empty(server.Mails);
    }

    [Theory]
    [InlineData("connect", "554 no service here", "no service here")]
    [InlineData("NOOP", "421 shutting down", "shutting down")]
    public async Task A_mail_server_that_says_no_is_down(string at, string answer, string said)
    {
        using var server = new SmtpServer { Answer = line => line.StartsWith(at, StringComparison.Ordinal) ? answer : null };
        Assert.Equal((CheckStatus.Down, said), Plain(await SeeAsync(new CheckTarget.Smtp("127.0.0.1", server.Port, false))));
    }

    [Fact]
    public async Task A_mail_server_without_the_encryption_that_is_asked_for_is_down()
    {
        using var server = new SmtpServer();
        CheckSight sight = await SeeAsync(new CheckTarget.Smtp("127.0.0.1", server.Port, true));
        Assert.Equal((CheckStatus.Down, "The SMTP server does not support the STARTTLS extension."), Plain(sight));
    }

    [Fact]
    public async Task A_git_server_lists_its_branches()
    {
        using var server = new GitServer(speaksNew: true);
        CommitSha head = server.Commit("one");
        server.InRepository("update-ref", "refs/heads/main", head.Value);
        server.InRepository("update-ref", "refs/heads/next", head.Value);
        Assert.Equal((CheckStatus.Up, "2 branches after N ms"), Plain(await SeeAsync(new CheckTarget.Git(server.Url, null))));
        Assert.Equal((CheckStatus.Up, $"main is at {head.Value[..12]}, after N ms"), Plain(await SeeAsync(new CheckTarget.Git(server.Url, "main"))));
        Assert.Equal((CheckStatus.Down, "there is no branch gone"), Plain(await SeeAsync(new CheckTarget.Git(server.Url, "gone"))));
        CheckSight none = await SeeAsync(new CheckTarget.Git(new Uri(server.Url, "/no.git"), null));
        Assert.Equal(CheckStatus.Down, none.Status);
        Assert.StartsWith("Cannot list the refs of http://127.0.0.1:", none.Said);
    }
}
