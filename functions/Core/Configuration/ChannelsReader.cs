using System.Net;
using System.Text.RegularExpressions;

namespace Cki;

/// <summary>channels.yaml: where reports and notices go.</summary>
internal sealed partial class ChannelsReader(ConfigErrors errors)
{
    private const int ChannelsMax = 200;
    private const int RecipientsMax = 100;
    private const int TlsPort = 465;
    private static readonly string[] Kinds = ["mail", "commit_status", "webhook", "folder"];

    private readonly HashSet<string> _names = [];

    public IReadOnlyList<ChannelConfig> Read(ConfigNode file) =>
        [.. new EntryReader(file, "", ConfigFields.ChannelsFile, errors).Entries("channels", ChannelsMax, Channel).OfType<ChannelConfig>()];

    /// <summary>Null where the kind is unknown: nothing else can be said about its fields.</summary>
    private ChannelConfig? Channel(ConfigNode node, string path)
    {
        // The kind decides which fields are known, so it is looked up before.
        string? kind = (node as ConfigNode.Map)?.Entries.Where(e => e.Key.Text == "kind").Select(e => (e.Value as ConfigNode.Scalar)?.Text).FirstOrDefault();
        switch (kind)
        {
            case "mail":
                return Mail(Entry(node, path, ConfigFields.MailChannel));
            case "commit_status":
                return CommitStatus(Entry(node, path, ConfigFields.CommitStatusChannel));
            case "webhook":
                return Webhook(Entry(node, path, ConfigFields.WebhookChannel));
            case "folder":
                return Folder(Entry(node, path, ConfigFields.FolderChannel));
            default:
                errors.Add(node.Place, $"{path}.kind", kind is null ? $"is missing; known are {string.Join(", ", Kinds)}" : $"is '{kind}', not one of {string.Join(", ", Kinds)}");
                return null;
        }
    }

    private EntryReader Entry(ConfigNode node, string path, IReadOnlyList<string> known)
    {
        var entry = new EntryReader(node, path, known, errors);
        entry.Unique("name", _names, entry.Name("name"));
        return entry;
    }

    private static ChannelConfig.Mail Mail(EntryReader entry)
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

    private static ChannelConfig.CommitStatus CommitStatus(EntryReader entry) => new(entry.Text("name") ?? "", entry.Text("context") ?? "cki");

    private static ChannelConfig.Webhook Webhook(EntryReader entry) =>
        new(entry.Text("name") ?? "", entry.Address("url"), entry.RequiredSecretName("key_secret")) { ForOperators = entry.Flag("for_operators", otherwise: false) };

    private static ChannelConfig.Folder Folder(EntryReader entry) =>
        new(entry.Text("name") ?? "", entry.Required("path")) { ForOperators = entry.Flag("for_operators", otherwise: false) };

    private static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));

    /// <summary><c>cki@example.org</c> or <c>CKI &lt;cki@example.org&gt;</c>.</summary>
    [GeneratedRegex(@"\A(?:[^\s@<>,;]+@[^\s@<>,;]+|[^<>@,;\r\n]+ <[^\s@<>,;]+@[^\s@<>,;]+>)\z")]
    private static partial Regex MailAddress();
}
