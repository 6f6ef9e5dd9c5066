using System.Globalization;
using System.Text;

namespace Cki;

/// <summary>
/// Makes text from outside (commit titles, branch and job names, log lines) harmless for people's eyes and line-based channels: terminal
/// sequences go, control characters and line breaks become blanks, characters that reorder or hide text go, lone surrogates are replaced.
/// Markup is not its matter: <see cref="HtmlText"/> escapes.
/// </summary>
public static class SafeText
{
    /// <summary>Longest line of any report, in UTF-16 units; a quoted line of a trace has at most 400.</summary>
    public const int LineMax = 400;

    private const char Escape = '\u001b';

    /// <summary>One line without line breaks, trimmed; more than <paramref name="max"/> units end in "...".</summary>
    public static string Line(string? text, int max = LineMax)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        // Cut before the work: a stranger's megabyte costs no more than a line.
        ReadOnlySpan<char> rest = text.AsSpan(0, Math.Min(text.Length, 8 * max));
        var clean = new StringBuilder(Math.Min(rest.Length, max + 4));
        while (rest.Length > 0 && clean.Length <= max)
        {
            int skipped = SequenceLength(rest);
            if (skipped > 0)
            {
                rest = rest[skipped..];
                continue;
            }
            _ = Rune.DecodeFromUtf16(rest, out Rune rune, out int used);
            rest = rest[used..];
            Append(clean, rune);
        }
        string line = clean.ToString().Trim();
        bool isCut = rest.Length > 0 || text.Length > 8 * max;
        return line.Length <= max && !isCut ? line : Cut(line, max - 3) + "...";
    }

    /// <summary>Several lines, each as <see cref="Line"/> makes it; at most <paramref name="most"/>.</summary>
    public static IReadOnlyList<string> Lines(IEnumerable<string> lines, int most) => [.. lines.Take(most).Select(l => Line(l))];

    /// <summary>Paragraphs of our own notices may hold line breaks; each line is cleaned.</summary>
    public static string Paragraphs(string? text, int linesMax = 60) =>
        string.Join('\n', (text ?? "").ReplaceLineEndings("\n").Split('\n', linesMax + 1).Take(linesMax).Select(l => Line(l)));

    /// <summary>An absolute http(s) address, else null: no link of ours runs a script or opens a file.</summary>
    public static string? HttpAddress(string? text) =>
        text is { Length: > 0 and <= 2000 } && Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"
            ? new Uri(text).AbsoluteUri
            : null;

    private static void Append(StringBuilder clean, Rune rune)
    {
        UnicodeCategory category = Rune.GetUnicodeCategory(rune);
        if (category is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator)
        {
            if (clean.Length > 0 && clean[^1] != ' ')
                clean.Append(' ');
            return;
        }
        // Format characters hide or reorder (RTL overrides, zero-width, tags); the joiner that builds emoji stays.
        if (category is UnicodeCategory.Format && rune.Value != 0x200D)
            return;
        if (category is UnicodeCategory.PrivateUse)
            rune = Rune.ReplacementChar;
        clean.Append(rune);
    }

    /// <summary>Length of the terminal sequence that the text starts with; 0 for none.</summary>
    private static int SequenceLength(ReadOnlySpan<char> text)
    {
        bool isTwoBytes = text[0] == Escape && text.Length > 1;
        char kind = isTwoBytes ? text[1] : text[0] switch { '\u009b' => '[', '\u009d' => ']', _ => '\0' };
        int start = isTwoBytes ? 2 : 1;
        return kind switch
        {
            '[' => ControlSequence(text, start),
            ']' or 'P' or '_' or '^' when isTwoBytes || kind == ']' => StringSequence(text, start),
            _ => isTwoBytes && !char.IsControl(kind) ? 2 : 0,
        };
    }

    private static int ControlSequence(ReadOnlySpan<char> text, int start)
    {
        int end = start;
        while (end < text.Length && text[end] is >= '\u0020' and <= '\u003f')
            end++;
        return end < text.Length && text[end] is >= '\u0040' and <= '\u007e' ? end + 1 : end;
    }

    private static int StringSequence(ReadOnlySpan<char> text, int start)
    {
        int end = text[start..].IndexOfAny("\a\u001b\u009c\n");
        if (end < 0)
            return start;
        end += start;
        bool isStringTerminator = text[end] == Escape && end + 1 < text.Length && text[end + 1] == '\\';
        return isStringTerminator ? end + 2 : text[end] is Escape or '\n' ? end : end + 1;
    }

    private static string Cut(string line, int max)
    {
        int end = Math.Min(line.Length, max);
        if (end > 0 && char.IsHighSurrogate(line[end - 1]))
            end--;
        return line[..end].TrimEnd();
    }
}
