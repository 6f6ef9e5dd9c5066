using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace Cki.Adapters;

/// <summary>Peers that must prove who they are: by the system's certificate authorities and those of secret <see cref="OutboundHttp.ExtraRootsSecret"/>.</summary>
internal sealed class SecuredProbes(ISecrets secrets, TimeProvider clock)
{
    public async Task<CheckSight> TlsAsync(CheckConfig check, string? memory, CancellationToken cancellationToken)
    {
        var target = (CheckTarget.Tls)check.Target;
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(target.Host, target.Port, cancellationToken);
        await using var stream = new SslStream(new NetworkStream(socket));
        DateTimeOffset expires = DateTimeOffset.MinValue;
        string fault = "";
        SslClientAuthenticationOptions options = SystemTrust.Options(await secrets.GetAsync(OutboundHttp.ExtraRootsSecret, cancellationToken));
        options.TargetHost = target.ServerName;
        options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
        {
            if (certificate is X509Certificate2 shown)
                expires = new DateTimeOffset(shown.NotAfter.ToUniversalTime());
            fault = Fault(target.ServerName, chain, errors);
            return fault.Length == 0;
        };
        try
        {
            await stream.AuthenticateAsClientAsync(options, cancellationToken);
        }
        catch (System.Security.Authentication.AuthenticationException) when (fault.Length > 0)
        {
            return CheckSight.Down(fault);
        }
        double days = Math.Floor((expires - clock.GetUtcNow()).TotalDays);
        string said = $"{stream.SslProtocol}, the certificate expires {ReportWords.Time(expires)}, in {days:0} days";
        return (days < target.WarnDays ? CheckSight.Degraded(said) : CheckSight.Up(said)) with { Value = days, Unit = "days" };
    }

    public async Task<CheckSight> SmtpAsync(CheckConfig check, string? memory, CancellationToken cancellationToken)
    {
        var target = (CheckTarget.Smtp)check.Target;
        X509ChainPolicy? policy = SystemTrust.Options(await secrets.GetAsync(OutboundHttp.ExtraRootsSecret, cancellationToken)).CertificateChainPolicy;
        long began = clock.GetTimestamp();
        using var smtp = new SmtpClient { CheckCertificateRevocation = false };
        smtp.ServerCertificateValidationCallback = (_, certificate, _, errors) => errors == SslPolicyErrors.None
            || (errors == SslPolicyErrors.RemoteCertificateChainErrors && policy is not null && certificate is X509Certificate2 shown && IsTrusted(shown, policy));
        try
        {
            await smtp.ConnectAsync(target.Host, target.Port, Security(target), cancellationToken);
            await smtp.NoOpAsync(cancellationToken);
            await smtp.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (SslHandshakeException)
        {
            return CheckSight.Down("its certificate is not trusted, expired or of another name");
        }
        catch (Exception e) when (e is SmtpCommandException or ProtocolException or NotSupportedException or ServiceNotConnectedException)
        {
            return CheckSight.Down(e.Message);
        }
        TimeSpan took = clock.GetElapsedTime(began);
        return WebProbes.Timed($"greeted{(Security(target) == SecureSocketOptions.None ? "" : ", encrypted")} and said goodbye after {took.TotalMilliseconds:0} ms", took, slowMs: null);
    }

    private static SecureSocketOptions Security(CheckTarget.Smtp target) =>
        target.Port == MailChannel.TlsPort ? SecureSocketOptions.SslOnConnect : target.StartTls ? SecureSocketOptions.StartTls : SecureSocketOptions.None;

    private static string Fault(string name, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            return "it shows no certificate";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"its certificate is not for {name}";
        string[] why = [.. (chain?.ChainStatus ?? []).Select(s => s.Status.ToString()).Distinct().Order(StringComparer.Ordinal)];
        return errors == SslPolicyErrors.None ? "" : $"its certificate is not trusted: {string.Join(", ", why)}";
    }

    private static bool IsTrusted(X509Certificate2 certificate, X509ChainPolicy policy)
    {
        using var chain = new X509Chain { ChainPolicy = policy };
        return chain.Build(certificate);
    }
}
