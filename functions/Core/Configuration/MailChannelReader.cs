using System.Net;
using System.Text.RegularExpressions;

namespace Cki;

/// <summary>channels.yaml: entries of kind <c>mail</c>.</summary>
internal static partial class MailChannelReader
{
    private const int RecipientsMax = 100;
    private const int TlsPort = 465;

    public static ChannelConfig.Mail Read(EntryReader entry)
    {
        var mail = new ChannelConfig.Mail(
            entry.Text("name") ?? "", entry.Required("smtp_host"), (int)entry.Number("smtp_port", 25, 1, 65535), entry.Flag("starttls", otherwise: true),
            entry.Required("from"), Recipients(entry), entry.SecretName("user_secret"), entry.SecretName("password_secret"))
        {
            ForOperators = entry.Flag("for_operators", otherwise: false),
        };
        if (mail.From.Length > 0 && !MailAddress().IsMatch(mail.From))
            entry.Wrong("from", $"'{mail.From}' is no mail address");
        if (mail.UserSecret is null != mail.PasswordSecret is null)
            entry.Wrong(mail.UserSecret is null ? "password_secret" : "user_secret", "user_secret and password_secret come together");
        else if (mail.UserSecret is not null && !mail.StartTls && mail.SmtpPort != TlsPort && !IsLoopback(mail.SmtpHost))
            entry.Wrong("starttls", $"must be true (or smtp_port {TlsPort}): the password would travel in the clear");
        return mail;
    }

    private static IReadOnlyList<string> Recipients(EntryReader entry)
    {
        IReadOnlyList<ConfigNode.Scalar>? to = entry.Scalars("to", RecipientsMax);
        if (to is null or { Count: 0 })
            entry.Wrong("to", "must name at least one recipient");
        foreach (ConfigNode.Scalar recipient in (to ?? []).Where(r => !MailAddress().IsMatch(r.Text)))
            entry.Errors.Add(recipient.Place, entry.PathOf("to"), $"'{recipient.Text}' is no mail address");
        return [.. (to ?? []).Select(r => r.Text)];
    }

    private static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));

    /// <summary><c>cki@example.org</c> or <c>CKI &lt;cki@example.org&gt;</c>.</summary>
    [GeneratedRegex(@"\A(?:[^\s@<>,;]+@[^\s@<>,;]+|[^<>@,;\r\n]+ <[^\s@<>,;]+@[^\s@<>,;]+>)\z")]
    private static partial Regex MailAddress();
}
