using System.Text.RegularExpressions;
using MailKit.Net.Smtp;
using MimeKit;

namespace Cki.Adapters;

/// <summary>One recipient that the server does not know must not keep the mail from the others.</summary>
internal sealed class SmtpConversation : SmtpClient
{
    private readonly List<SmtpStatusCode> _noes = [];

    /// <summary>Who was not taken, with the server's words.</summary>
    public List<string> Refused { get; } = [];

    /// <summary>
    /// What the server said when it took the first of them. Throws <see cref="SmtpCommandException"/> where it took none: with a 4xx as soon as one
    /// recipient may be taken later.
    /// </summary>
    public async Task<string?> SendAllAsync(IReadOnlyList<MailLetter> letters, CancellationToken cancellationToken)
    {
        string? said = null;
        bool isTaken = false;
        foreach (MailLetter letter in letters)
        {
            using MimeMessage message = letter.Message;
            try
            {
                string answer = await SendAsync(message, message.From.Mailboxes.First(), letter.Recipients, cancellationToken);
                said ??= answer;
                isTaken = true;
            }
            catch (SmtpCommandException e) when (e.ErrorCode == SmtpErrorCode.RecipientNotAccepted && letters.Count > 1)
            {
                // Its own letter; the others have theirs.
            }
        }
        return isTaken ? said : throw NoneTaken();
    }

    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
    {
        _noes.Add(response.StatusCode);
        Refused.Add($"{mailbox.Address} ({(int)response.StatusCode} {response.Response})");
    }

    protected override void OnNoRecipientsAccepted(MimeMessage message) => throw NoneTaken();

    private SmtpCommandException NoneTaken()
    {
        SmtpStatusCode status = _noes.Count == 0 ? SmtpStatusCode.TransactionFailed : _noes.OrderBy(s => (int)s / 100).ThenByDescending(_noes.LastIndexOf).First();
        return new SmtpCommandException(SmtpErrorCode.RecipientNotAccepted, status, string.Join("; ", Refused));
    }
}

/// <summary>Amazon's mail service writes a Message-ID of its own over ours and tells it with its yes: answers in the thread must name that one.</summary>
public static partial class AmazonMessageId
{
    /// <summary>Null for any other server.</summary>
    public static string? Of(string host, string? said)
    {
        if (Host().Match(host) is not { Success: true } server || said is null || Said().Match(said) is not { Success: true } answer)
            return null;
        string region = server.Groups["region"].Value;
        return $"{answer.Groups["id"].Value}@{(region == "us-east-1" ? "email" : region)}.amazonses.com";
    }

    [GeneratedRegex(@"\Aemail-smtp(-fips)?\.(?<region>[a-z0-9-]+)\.amazonaws\.com\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Host();

    [GeneratedRegex(@"\AOk (?<id>[0-9a-f-]{20,100})\z", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Said();
}
