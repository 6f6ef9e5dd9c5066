using System.Net.Sockets;
using System.Text;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

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
        using MimeMessage message = Message(report);
        using var smtp = new RecipientNotingClient { Timeout = (int)Limit.TotalMilliseconds };
        try
        {
            await smtp.ConnectAsync(channel.SmtpHost, channel.SmtpPort, Security(), deadline.Token);
            if (login is { } known)
                await smtp.AuthenticateAsync(known.User, known.Password, deadline.Token);
            await smtp.SendAsync(message, deadline.Token);
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
        return new ChannelOutcome.Sent(report.MessageId) { Note = smtp.Refused.Count == 0 ? null : $"{Where}: not taken: {string.Join("; ", smtp.Refused)}" };
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

    private MimeMessage Message(OutgoingReport report)
    {
        var body = new TextPart("plain");
        body.SetText(Encoding.UTF8, report.Text);
        var message = new MimeMessage { Subject = report.Subject, Date = clock.GetUtcNow(), MessageId = report.MessageId, Body = body };
        message.From.Add(MailboxAddress.Parse(channel.From));
        message.To.AddRange(channel.To.Select(MailboxAddress.Parse));
        message.Headers.Add("Auto-Submitted", "auto-generated");
        if (report.InReplyTo is not null)
            message.InReplyTo = report.InReplyTo;
        foreach (string id in report.References)
            message.References.Add(id);
        return message;
    }

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

    /// <summary>One recipient that the server does not know must not keep the mail from the others.</summary>
    private sealed class RecipientNotingClient : SmtpClient
    {
        private SmtpResponse? _last;

        public List<string> Refused { get; } = [];

        protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
        {
            _last = response;
            Refused.Add($"{mailbox.Address} ({(int)response.StatusCode} {response.Response})");
        }

        protected override void OnNoRecipientsAccepted(MimeMessage message) =>
            throw new SmtpCommandException(SmtpErrorCode.RecipientNotAccepted, _last?.StatusCode ?? SmtpStatusCode.TransactionFailed, string.Join("; ", Refused));
    }
}
