namespace Cki;

/// <summary>channels.yaml: where reports and notices go.</summary>
internal sealed class ChannelsReader(ConfigErrors errors)
{
    private const int ChannelsMax = 200;
    private static readonly string[] Kinds = ["mail", "commit_status", "webhook", "slack", "irc", "folder", DocumentChannelsReader.Kcidb, DocumentChannelsReader.Note];

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
                return MailChannelReader.Read(Entry(node, path, ConfigFields.MailChannel));
            case "commit_status":
                return CommitStatus(Entry(node, path, ConfigFields.CommitStatusChannel));
            case "webhook":
                return ChatChannelsReader.Webhook(Entry(node, path, ConfigFields.WebhookChannel));
            case "slack":
                return ChatChannelsReader.Slack(Entry(node, path, ConfigFields.SlackChannel));
            case "irc":
                return ChatChannelsReader.Irc(Entry(node, path, ConfigFields.IrcChannel));
            case "folder":
                return Folder(Entry(node, path, ConfigFields.FolderChannel));
            case DocumentChannelsReader.Kcidb:
                return DocumentChannelsReader.ReadKcidb(Entry(node, path, ConfigFields.KcidbChannel));
            case DocumentChannelsReader.Note:
                return DocumentChannelsReader.ReadNote(Entry(node, path, ConfigFields.MergeRequestNoteChannel));
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

    private static ChannelConfig.CommitStatus CommitStatus(EntryReader entry) => new(entry.Text("name") ?? "", entry.Text("context") ?? "cki");

    private static ChannelConfig.Folder Folder(EntryReader entry) =>
        new(entry.Text("name") ?? "", entry.Required("path"))
        {
            ForOperators = entry.Flag("for_operators", otherwise: false), OnlyOn = entry.On("only_on", ReportOn.Always),
        };
}
