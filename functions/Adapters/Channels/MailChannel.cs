using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace Cki.Adapters;

/// <summary>
/// Plain-text mail over SMTP. Message-ID and threading are the report's, so that a mail sent twice is one mail to its readers. Whether the peer's
/// no is for good is the first digit of its answer: 5 for good, 4 for now.
/// </summary>
public sealed class MailChannel(ChannelConfig.Mail channel, ISecrets secrets, TimeProvider clock) : IReportChannel
{
    /// <summary>For the whole conversation. RFC 5321 allows servers minutes for the final answer; a list server that greylists says 4xx at once.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Port where TLS starts with the connection.</summary>
    public const int TlsPort = 465;

    private string Where => $"mail {channel.Name} by {channel.SmtpHost}:{channel.SmtpPort}";

    public async Task<ChannelOutcome> SendAsync(OutgoingReport report, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(Limit, clock, cancellationToken);
        (string User, string Password)? login = await LoginAsync(deadline.Token);
        using var smtp = new SmtpConversation { Timeout = (int)Limit.TotalMilliseconds };
        if (channel.TlsCaSecret is { } ca)
        {
            if (TlsTrust.Of(await SecretAsync(ca, deadline.Token), clock) is not { } trust)
                return new ChannelOutcome.Refused($"{Where}: secret '{ca}' holds no certificate in PEM", Permanent: false);
            smtp.ServerCertificateValidationCallback = trust.IsTrusted;
        }
        string? peerId;
        try
        {
            await smtp.ConnectAsync(channel.SmtpHost, channel.SmtpPort, Security(), deadline.Token);
            if (login is { } known)
                await smtp.AuthenticateAsync(known.User, known.Password, deadline.Token);
            peerId = await smtp.SendAllAsync(MailMessages.Of(channel, report, clock.GetUtcNow()), deadline.Token);
        }
        catch (SmtpCommandException e)
        {
            return new ChannelOutcome.Refused($"{Where}: {(int)e.StatusCode} {e.Message}", Permanent: (int)e.StatusCode is >= 500 and < 600);
        }
        catch (Exception e) when (e is AuthenticationException or NotSupportedException)
        {
            // A person mends the secret or the server's settings; the report is worth waiting for that.
            return new ChannelOutcome.Refused($"{Where}: {e.Message}", Permanent: false);
        }
        catch (Exception e) when (e is ProtocolException or IOException or SocketException or SslHandshakeException or ServiceNotConnectedException)
        {
            return new ChannelOutcome.Unavailable($"{Where}: {e.Message}");
        }
        catch (OperationCanceledException) when (deadline.IsOver)
        {
            return new ChannelOutcome.Unavailable($"{Where}: not done within {Limit.TotalSeconds:0} s");
        }
        await FarewellAsync(smtp, deadline.Token);
        return new ChannelOutcome.Sent(AmazonMessageId.Of(channel.SmtpHost, peerId) ?? report.MessageId)
        {
            Note = smtp.Refused.Count == 0 ? null : $"{Where}: not taken: {string.Join("; ", smtp.Refused)}",
        };
    }

    private SecureSocketOptions Security() =>
        channel.SmtpPort == TlsPort ? SecureSocketOptions.SslOnConnect : channel.StartTls ? SecureSocketOptions.StartTls : SecureSocketOptions.None;

    private async Task<(string User, string Password)?> LoginAsync(CancellationToken cancellationToken)
    {
        if (channel.UserSecret is null || channel.PasswordSecret is null)
            return null;
        return (await SecretAsync(channel.UserSecret, cancellationToken), await SecretAsync(channel.PasswordSecret, cancellationToken));
    }

    private async Task<string> SecretAsync(string name, CancellationToken cancellationToken) =>
        await secrets.GetAsync(name, cancellationToken) ?? throw new SecretsUnavailableException($"There is no secret '{name}' (of channel {channel.Name})");

    /// <summary>The mail is taken; a peer that hangs up without a goodbye takes nothing back.</summary>
    private static async Task FarewellAsync(SmtpClient smtp, CancellationToken cancellationToken)
    {
        try
        {
            await smtp.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception e) when (e is ProtocolException or IOException or SocketException or CommandException or OperationCanceledException)
        {
            smtp.Dispose();
        }
    }
}
