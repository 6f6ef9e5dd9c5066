using System.Text;

namespace Cki;

/// <summary>
/// A report or notice as one line for IRC. Nothing of it can be read as an instruction: it begins with our own word, has no control characters (so no
/// colour codes and no second line), no <c>%NAME</c> as irccat knows them, no mention of everybody.
/// </summary>
public static class ChatLine
{
    /// <summary>Below the 400 bytes that are safe behind a server's prefix in a line of 512 (contracts.md, 7).</summary>
    public const int BytesMax = 390;

    private const string Name = "[CKI] ";
    private const int LinkBytesMax = 200;
    private const int SubjectBytesMax = 120;

    /// <summary>Subject, and where to read on.</summary>
    public static string Of(OutgoingReport report)
    {
        string link = Link(report.Model?.BoardUrl ?? report.Model?.PipelineUrl);
        string copy = report.MayBeCopy ? ChatText.Repeated : "";
        int room = BytesMax - Encoding.UTF8.GetByteCount(link) - copy.Length;
        return ChatText.CutBytes(Harmless(Subject(report)), room) + copy + link;
    }

    /// <summary>A mail's place in its thread says that it is a correction, its text that it is early; a line alone must say so itself.</summary>
    public static string Subject(OutgoingReport report)
    {
        string bare = Short(report.Subject.StartsWith("Re: ", StringComparison.Ordinal) ? report.Subject["Re: ".Length..] : report.Subject);
        string word = report.Kind.Split('-')[0].ToUpperInvariant();
        return word is not ("EARLY" or "CORRECTION") ? report.Subject : bare.StartsWith(word, StringComparison.Ordinal) ? Name + bare : $"{Name}{word} {bare}";
    }

    /// <summary>Several reports that waited for the channel, as one: <c>[CKI] 5 reports: FAIL build arm64: ...; PASS ...; and 2 more</c>.</summary>
    /// <param name="subjects">Two or more, oldest first.</param>
    public static string Digest(IReadOnlyList<string> subjects)
    {
        var line = new StringBuilder($"{Name}{subjects.Count} reports: ");
        for (int i = 0; i < subjects.Count; i++)
        {
            bool isLast = i + 1 == subjects.Count;
            string next = ChatText.CutBytes(Short(Harmless(subjects[i])), SubjectBytesMax) + (isLast ? "" : "; ");
            string more = $"and {subjects.Count - i} more";
            if (Bytes(line) + Encoding.UTF8.GetByteCount(next) + (isLast ? 0 : more.Length) > BytesMax)
                return line.Append(more).ToString();
            line.Append(next);
        }
        return line.ToString();
    }

    private static int Bytes(StringBuilder line) => Encoding.UTF8.GetByteCount(line.ToString());

    private static string Short(string subject) => subject.StartsWith(Name, StringComparison.Ordinal) ? subject[Name.Length..] : subject;

    private static string Harmless(string text)
    {
        string calm = ChatText.Calm(SafeText.Line(text)).Replace("<!", "< !", StringComparison.Ordinal).Replace("<@", "< @", StringComparison.Ordinal);
        var clean = new StringBuilder(calm.Length + 8);
        for (int i = 0; i < calm.Length; i++)
        {
            clean.Append(calm[i]);
            if (calm[i] == '%' && i + 1 < calm.Length && char.IsAsciiLetter(calm[i + 1]))
                clean.Append(' ');
        }
        string line = clean.ToString();
        return line.StartsWith(Name, StringComparison.Ordinal) || line.StartsWith($"Re: {Name}", StringComparison.Ordinal) ? line : Name + line;
    }

    /// <summary>None where it holds what a bot may read as a colour, or is too long to leave room for words.</summary>
    private static string Link(string? address) =>
        address is null || address.Contains('%') || Encoding.UTF8.GetByteCount(address) > LinkBytesMax ? "" : $" {address}";
}
