using System.Text;

namespace Cki;

/// <summary>A report's text as a mail carries it: below the size that its readers' server takes, with the links that stop it.</summary>
public static class MailBody
{
    /// <summary>Room for the header: about 1 kB of ours, a long list of recipients, what servers on the way add.</summary>
    private const int HeaderRoom = 6_000;

    private const string QuoteIndent = "    ";
    private const int MarkerRoom = 60;

    public static string Of(string text, ChannelConfig.Mail channel, string? link, MuteAddresses? mutes)
    {
        string footer = Footer(mutes);
        return Fit(text, channel.SizeMax - HeaderRoom - Bytes(footer), link) + footer;
    }

    /// <summary>Quoted lines go first, the last ones before the first; then whatever stands before the signature.</summary>
    /// <param name="room">In bytes as the mail travels.</param>
    /// <param name="link">Where all of it is; null: nowhere.</param>
    public static string Fit(string text, int room, string? link)
    {
        if (Bytes(text) <= room)
            return text;
        List<string> lines = [.. text.Split('\n')];
        string told = new MailLines().Field("Cut", $"to stay below the size that mail servers take.{(link is null ? "" : $" The whole: {link}")}").ToString().TrimEnd('\n');
        int left = room - Bytes(told) - MarkerRoom - lines.Where(l => !IsQuoted(l)).Sum(Line);
        int signature = lines.LastIndexOf("-- ");
        int end = signature < 0 ? lines.Count : signature;
        if (left >= 0)
            return Join([.. Quotes(lines[..end], left), told, "", .. lines[end..]]);
        List<string> kept = [];
        left = room - Bytes(told) - lines[end..].Sum(Line);
        foreach (string line in lines[..end].Where(l => !IsQuoted(l)))
        {
            left -= Line(line);
            if (left < 0)
                break;
            kept.Add(line);
        }
        return Join([.. kept, told, "", .. lines[end..]]);
    }

    /// <summary>As quoted-printable counts at most: what is no plain ASCII takes three bytes for each of its own.</summary>
    public static int Bytes(string text)
    {
        int bytes = 0;
        foreach (Rune rune in text.EnumerateRunes())
            bytes += rune.Value == '\n' ? 2 : rune.Value is >= 0x20 and < 0x7F and not '=' ? 1 : 3 * rune.Utf8SequenceLength;
        // A soft break in each 73 characters.
        return bytes + (bytes / 24);
    }

    private static int Line(string line) => Bytes(line) + 2;

    private static string Join(List<string> lines) => string.Join('\n', lines);

    /// <summary>A quotation of a job's lines, neither the columns of a table nor a field's continuation.</summary>
    private static bool IsQuoted(string line) =>
        line.StartsWith(QuoteIndent, StringComparison.Ordinal) && line.Length - line.AsSpan().TrimStart(' ').Length < MailLines.LabelColumns;

    private static IEnumerable<string> Quotes(IReadOnlyList<string> lines, int room)
    {
        int dropped = 0;
        foreach (string line in lines)
        {
            bool isQuoted = IsQuoted(line);
            room -= isQuoted ? Line(line) : 0;
            if (isQuoted && room < MarkerRoom)
            {
                dropped++;
                continue;
            }
            if (dropped > 0)
                yield return Dropped(dropped);
            room -= dropped > 0 ? MarkerRoom : 0;
            dropped = 0;
            yield return line;
        }
        if (dropped > 0)
            yield return Dropped(dropped);
    }

    private static string Dropped(int lines) => $"{QuoteIndent}({ReportWords.Count(lines, "line", "lines")} cut)";

    private static string Footer(MuteAddresses? mutes)
    {
        if (mutes is null)
            return "";
        if (mutes.Choices.Count > 0)
            return $"\nStop mails, for 90 days at most:\n{string.Concat(mutes.Choices.Select(Choice))}";
        string jobs = mutes.Pattern is null ? "" : $"Stop them where only {SafeText.Line(mutes.Jobs, 40)} fails:\n{mutes.Pattern}\n";
        return $"\nStop these mails, for 90 days at most:\n{mutes.Everything}\n{jobs}";
    }

    private static string Choice(MuteChoice choice) =>
        $"{SafeText.Line(choice.Tree.Value, 80)}, {(choice.Job is null ? "all" : $"where only {SafeText.Line(choice.Job, 40)} fails")}:\n{choice.Link}\n";
}
