using System.Net;
using System.Text.RegularExpressions;

namespace Cki;

/// <summary>channels.yaml: entries of kind <c>mail</c>.</summary>
internal static partial class MailChannelReader
{
    private const int RecipientsMax = 100;
    private const int TlsPort = 465;
    private const int SizeLeast = 10_000;
    private const int SizeMost = 10_000_000;

    private static readonly string[] Threads = ["run", "branch", "patch"];
    private static readonly string[] Digests = ["none", "hourly", "daily"];

    public static ChannelConfig.Mail Read(EntryReader entry)
    {
        var mail = new ChannelConfig.Mail(
            entry.Text("name") ?? "", entry.Required("smtp_host"), (int)entry.Number("smtp_port", 25, 1, 65535), entry.Flag("starttls", otherwise: true),
            entry.Required("from"), Recipients(entry), entry.SecretName("user_secret"), entry.SecretName("password_secret"))
        {
            ForOperators = entry.Flag("for_operators", otherwise: false),
            OnlyOn = entry.On("only_on", ReportOn.Always),
            Cc = Addresses(entry, "cc"),
            ReplyTo = entry.Text("reply_to"),
            Thread = (MailThread)Array.IndexOf(Threads, entry.Choice("thread", Threads, "run")),
            SizeMax = (int)entry.Number("size_max", ChannelConfig.Mail.SizeMaxDefault, SizeLeast, SizeMost),
            Digest = (MailDigest)Array.IndexOf(Digests, entry.Choice("digest", Digests, "none")),
            DigestHour = (int)entry.Number("digest_hour", 6, 0, 23),
            MuteKeySecret = entry.SecretName("mute_key_secret"),
            TlsCaSecret = entry.SecretName("tls_ca_secret"),
            Rules = MailRulesReader.Rules(entry),
            Maintainers = MailRulesReader.Maintainers(entry),
            Authors = MailRulesReader.Authors(entry),
        };
        CheckAddress(entry, "from", mail.From.Length > 0 ? mail.From : null);
        CheckAddress(entry, "reply_to", mail.ReplyTo);
        CheckLogin(entry, mail);
        CheckDigest(entry, mail);
        return mail;
    }

    /// <summary>Every text that is no mail address is an error. Empty where the field is missing.</summary>
    public static IReadOnlyList<string> Addresses(EntryReader entry, string field)
    {
        IReadOnlyList<ConfigNode.Scalar> all = entry.Scalars(field, RecipientsMax) ?? [];
        foreach (ConfigNode.Scalar recipient in all.Where(r => !MailAddress().IsMatch(r.Text)))
            entry.Errors.Add(recipient.Place, entry.PathOf(field), $"'{recipient.Text}' is no mail address");
        return all.Count == 0 ? [] : [.. all.Select(r => r.Text)];
    }

    private static void CheckAddress(EntryReader entry, string field, string? address)
    {
        if (address is not null && !MailAddress().IsMatch(address))
            entry.Wrong(field, $"'{address}' is no mail address");
    }

    private static void CheckLogin(EntryReader entry, ChannelConfig.Mail mail)
    {
        bool isTls = mail.StartTls || mail.SmtpPort == TlsPort;
        if (mail.UserSecret is null != mail.PasswordSecret is null)
            entry.Wrong(mail.UserSecret is null ? "password_secret" : "user_secret", "user_secret and password_secret come together");
        else if (mail.UserSecret is not null && !isTls && !IsLoopback(mail.SmtpHost))
            entry.Wrong("starttls", $"must be true (or smtp_port {TlsPort}): the password would travel in the clear");
        if (mail.TlsCaSecret is not null && !isTls)
            entry.Wrong("tls_ca_secret", $"needs starttls (or smtp_port {TlsPort})");
    }

    /// <summary>A digest is one mail for all its readers.</summary>
    private static void CheckDigest(EntryReader entry, ChannelConfig.Mail mail)
    {
        if (mail.Digest != MailDigest.Daily && entry.Has("digest_hour"))
            entry.Wrong("digest_hour", "is for digest: daily");
        if (mail.Digest == MailDigest.None)
            return;
        foreach (string field in new[] { "rules", "maintainers", "authors" }.Where(entry.Has))
            entry.Wrong(field, "picks recipients report by report, a digest is one mail for all: use a channel of its own");
        if (mail.Thread != MailThread.Run)
            entry.Wrong("thread", "a digest answers nothing");
        if (mail.MuteKeySecret is not null)
            entry.Wrong("mute_key_secret", "a digest carries no mute links");
    }

    private static IReadOnlyList<string> Recipients(EntryReader entry)
    {
        if (entry.Scalars("to", RecipientsMax) is null or { Count: 0 })
            entry.Wrong("to", "must name at least one recipient");
        return Addresses(entry, "to");
    }

    private static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));

    /// <summary><c>cki@example.org</c> or <c>CKI &lt;cki@example.org&gt;</c>.</summary>
    [GeneratedRegex(@"\A(?:[^\s@<>,;]+@[^\s@<>,;]+|[^<>@,;\r\n]+ <[^\s@<>,;]+@[^\s@<>,;]+>)\z")]
    private static partial Regex MailAddress();
}
