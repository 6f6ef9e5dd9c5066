namespace Cki;

/// <summary>Many reports as one mail: first what they are, one line each, then each as it would have come by itself, as long as there is room.</summary>
public static class DigestText
{
    private static readonly string Rule = new('=', MailLines.Columns);

    /// <param name="entries">At least one, in the order in which they are told.</param>
    /// <param name="recipients">Who gets this one.</param>
    public static OutgoingReport Of(ChannelConfig.Mail channel, DigestState state, string kind, IReadOnlyList<DigestEntry> entries, IReadOnlyList<string> recipients)
    {
        string reports = ReportWords.Count(entries.Count, "report", "reports");
        string id = ReportIds.PeerKey(state.Subject, channel.Name, kind);
        var sent = new HashSet<string>(recipients.Select(MailAddressing.Bare), StringComparer.Ordinal);
        return new OutgoingReport(
            id, "digest", $"[CKI] {reports} until {ReportWords.Time(DigestPeriod.EndOf(state.Period))}", Text(entries, channel.SizeMax / 2), ReportIds.MessageId(state.Subject, kind, channel), "{}")
        {
            Gathered = [.. entries],
            Envelope = new MailEnvelope(
                [.. channel.To.Where(a => sent.Contains(MailAddressing.Bare(a)))], [.. channel.Cc.Where(a => sent.Contains(MailAddressing.Bare(a)))], new HashSet<string>()),
        };
    }

    private static string Text(IReadOnlyList<DigestEntry> entries, int room)
    {
        var lines = new MailLines();
        for (int i = 0; i < entries.Count; i++)
        {
            lines.Hang($"{i + 1,3}. ", "     ", entries[i].Subject);
            if (entries[i].Url is { } url)
                lines.Raw($"     {url}");
        }
        for (int i = 0; i < entries.Count; i++)
        {
            bool isRoom = lines.Length + entries[i].Text.Length < room;
            lines.Blank().Raw(Rule).Hang($"{i + 1,3}. ", "     ", entries[i].Subject).Blank();
            foreach (string line in isRoom ? WithoutSignature(entries[i].Text) : [entries[i].Url is null ? "No room for it here." : "No room for it here, see its page above."])
                lines.Raw(line);
        }
        return lines.Blank().Raw("-- ").Raw("CKI Serverless, digest").ToString();
    }

    private static IEnumerable<string> WithoutSignature(string text)
    {
        string[] lines = text.TrimEnd('\n').Split('\n');
        int signature = Array.LastIndexOf(lines, "-- ");
        return (signature < 0 ? lines : lines[..signature]).Reverse().SkipWhile(l => l.Length == 0).Reverse();
    }
}
