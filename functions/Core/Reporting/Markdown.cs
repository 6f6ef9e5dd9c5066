using System.Text;

namespace Cki;

/// <summary>
/// Text from outside in GitLab's Markdown. It goes into code only: there GitLab reads no mention, no reference, no link, no HTML and no quick action, and
/// a longer run of backticks than any in the text cannot be closed by it.
/// </summary>
public static class Markdown
{
    /// <summary>A code span of one line; <c>(nothing)</c> for an empty text.</summary>
    public static string Code(string text)
    {
        string line = SafeText.Line(text);
        if (line.Length == 0)
            return "(nothing)";
        string ticks = new('`', LongestRun(line) + 1);
        // A blank keeps a backtick of the text apart from ours; GitLab takes it away again.
        string pad = line[0] == '`' || line[^1] == '`' ? " " : "";
        return $"{ticks}{pad}{line}{pad}{ticks}";
    }

    /// <summary>As <see cref="Code"/>, in a cell of a table, where a bar ends the cell even in code: a broken bar stands for it.</summary>
    public static string Cell(string text) => Code(text.Replace('|', '\u00a6'));

    /// <summary>A code block. Each line stands behind a bar: GitLab runs lines that begin with a slash, and nothing but our own text may begin a line.</summary>
    public static string Block(IReadOnlyList<string> lines)
    {
        string[] clean = [.. lines.Select(l => $"| {SafeText.Line(l)}".TrimEnd())];
        string fence = new('`', Math.Max(3, clean.Max(LongestRun) + 1));
        return new StringBuilder(fence).Append("text\n").AppendJoin('\n', clean).Append('\n').Append(fence).ToString();
    }

    /// <summary>A link with a text of ours or a code span; without an address the text alone.</summary>
    public static string Link(string text, string? address) => SafeText.HttpAddress(address) is { } url ? $"[{text}](<{url}>)" : text;

    private static int LongestRun(string text)
    {
        int longest = 0;
        int run = 0;
        foreach (char c in text)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }
        return longest;
    }
}
