namespace Cki;

/// <summary>
/// Finds the orders in a note: lines that begin with <c>@bot</c>, outside of quotes and code. Total: any such line is a command or an unknown one. What
/// follows the verb is data; nothing of it is ever run.
/// </summary>
public static class OverrideParser
{
    /// <summary>Longest mute without a word about it.</summary>
    public static readonly TimeSpan MuteFor = TimeSpan.FromDays(30);

    /// <summary>A note with more is answered, and the rest of it left undone.</summary>
    public const int OrdersMax = 10;

    private const int NoteMax = 64 << 10;
    private const int LineMax = 1000;
    private const int WordsMax = 300;

    /// <param name="bot">User name of our bot.</param>
    /// <returns>In the order of the note, each once. Empty: nothing in the note is addressed to the bot.</returns>
    public static OverrideCommand[] Read(string note, string bot)
    {
        OverrideCommand[] all = [.. Lines(note, bot).Select(Parse).Distinct().Take(OrdersMax + 1)];
        return all.Length <= OrdersMax
            ? all
            : [.. all.Take(OrdersMax), new OverrideCommand.Unknown($"more than {OrdersMax} orders stand in one note: what comes after them is not done")];
    }

    private static IEnumerable<string> Lines(string note, string bot)
    {
        string? fence = null;
        foreach (string raw in (note.Length <= NoteMax ? note : note[..NoteMax]).ReplaceLineEndings("\n").Split('\n'))
        {
            string line = raw.Trim();
            if (FenceOf(line) is { } mark)
            {
                fence = fence is null ? mark : line.StartsWith(fence, StringComparison.Ordinal) ? null : fence;
                continue;
            }
            // Four blanks or a tab make a line code as well.
            bool isCode = fence is not null || raw.StartsWith("    ", StringComparison.Ordinal) || raw.StartsWith('\t');
            if (!isCode && Addressed(line, bot) is { } said)
                yield return said;
        }
    }

    private static string? FenceOf(string line) => line.StartsWith("```", StringComparison.Ordinal) ? "```" : line.StartsWith("~~~", StringComparison.Ordinal) ? "~~~" : null;

    /// <summary>What stands behind the bot's name; null: the line does not begin with it.</summary>
    private static string? Addressed(string line, string bot)
    {
        if (bot.Length == 0 || line.Length <= bot.Length || line[0] != '@' || !line.AsSpan(1).StartsWith(bot, StringComparison.OrdinalIgnoreCase))
            return null;
        string rest = line[(bot.Length + 1)..];
        // @cki-other and @cki2 are somebody else.
        if (rest.Length > 0 && rest[0] is not (' ' or '\t' or ':' or ','))
            return null;
        return SafeText.Line(rest.TrimStart(':', ',', ' ', '\t'), LineMax);
    }

    private static OverrideCommand Parse(string said)
    {
        int blank = said.IndexOf(' ');
        string verb = blank < 0 ? said : said[..blank];
        string rest = blank < 0 ? "" : Unquoted(said[(blank + 1)..].Trim());
        return (verb.ToLowerInvariant(), rest.Length) switch
        {
            (_, > WordsMax) => new OverrideCommand.Unknown($"more than {WordsMax} characters follow the verb"),
            ("retry", 0) => new OverrideCommand.Retry(null),
            ("retry", _) => new OverrideCommand.Retry(rest),
            ("retest", _) => new OverrideCommand.Retest(),
            ("stop", _) => new OverrideCommand.Stop(),
            ("wrong", 0) => new OverrideCommand.Unknown("wrong needs the name of a job"),
            ("wrong", _) => Wrong(rest),
            ("mute", 0) => new OverrideCommand.Unknown("mute needs a pattern on names of jobs"),
            ("mute", _) => Mute(rest),
            ("help" or "", _) => new OverrideCommand.Help(),
            _ => new OverrideCommand.Unknown($"there is no order {SafeText.Line(verb, 40)}"),
        };
    }

    private static OverrideCommand.Wrong Wrong(string rest)
    {
        const string Because = " because ";
        int because = rest.IndexOf(Because, StringComparison.OrdinalIgnoreCase);
        return because < 0
            ? new OverrideCommand.Wrong(rest, "")
            : new OverrideCommand.Wrong(Unquoted(rest[..because].Trim()), rest[(because + Because.Length)..].Trim());
    }

    private static OverrideCommand Mute(string rest)
    {
        const string For = " for ";
        int end = rest.LastIndexOf(For, StringComparison.OrdinalIgnoreCase);
        if (end < 0)
            return new OverrideCommand.Mute(rest, MuteFor);
        string duration = rest[(end + For.Length)..].Trim();
        if (!ConfigDuration.TryParse(duration, out TimeSpan span) || span <= TimeSpan.Zero)
            return new OverrideCommand.Unknown($"'{SafeText.Line(duration, 40)}' is no duration such as 12h or 7d");
        return span <= Cki.Mute.LongestFor
            ? new OverrideCommand.Mute(Unquoted(rest[..end].Trim()), span)
            : new OverrideCommand.Unknown($"a mute lasts at most {(int)Cki.Mute.LongestFor.TotalDays} days");
    }

    /// <summary>Names may be written as code, which keeps GitLab from reading them.</summary>
    private static string Unquoted(string text) => text.Length > 2 && text[0] is '`' or '"' && text[^1] == text[0] ? text[1..^1] : text;
}
