using System.Globalization;
using System.Text;

namespace Cki;

/// <summary>Plain text in 72 columns: labelled fields with a hanging indent, as kernel lists read best. A web address is never broken.</summary>
public sealed class MailLines
{
    public const int Columns = 72;

    /// <summary>Width of the label column.</summary>
    public const int LabelColumns = 13;

    private readonly StringBuilder text = new();

    /// <summary>UTF-16 units so far.</summary>
    public int Length => text.Length;

    public MailLines Blank() => Raw("");

    public MailLines Raw(string line)
    {
        text.Append(line).Append('\n');
        return this;
    }

    /// <summary>Label and text, continued under the text.</summary>
    public MailLines Field(string label, string value) =>
        Hang(label.PadRight(LabelColumns), new string(' ', LabelColumns), value);

    /// <summary>A further paragraph of the field before.</summary>
    public MailLines More(string value) => Field("", value);

    public MailLines Hang(string first, string rest, string value)
    {
        string indent = first;
        int room = Columns - Math.Max(Width(first), Width(rest));
        foreach (string line in Wrap(value, room))
        {
            Raw((indent + line).TrimEnd());
            indent = rest;
        }
        return this;
    }

    public override string ToString() => text.ToString();

    /// <summary>Breaks at blanks; a word that is wider than the room is cut, unless it is an address.</summary>
    public static IEnumerable<string> Wrap(string value, int room)
    {
        var line = new StringBuilder();
        int width = 0;
        foreach (string word in value.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(w => Pieces(w, room)))
        {
            int wide = Width(word);
            if (width > 0 && width + 1 + wide > room)
            {
                yield return line.ToString();
                line.Clear();
                width = 0;
            }
            if (width > 0)
                line.Append(' ');
            line.Append(word);
            width += wide + (width > 0 ? 1 : 0);
        }
        yield return line.ToString();
    }

    /// <summary>Columns that a terminal gives the text: combining marks none, East Asian wide characters and emoji two.</summary>
    public static int Width(string value)
    {
        int width = 0;
        foreach (Rune rune in value.EnumerateRunes())
            width += Width(rune);
        return width;
    }

    private static int Width(Rune rune)
    {
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format)
            return 0;
        return rune.Value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF)
            or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0x1F300 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD)
            ? 2
            : 1;
    }

    private static IEnumerable<string> Pieces(string word, int room)
    {
        if (Width(word) <= room || word.Contains("://"))
        {
            yield return word;
            yield break;
        }
        var piece = new StringBuilder();
        int width = 0;
        foreach (Rune rune in word.EnumerateRunes())
        {
            if (width + Width(rune) > room)
            {
                yield return piece.ToString();
                piece.Clear();
                width = 0;
            }
            piece.Append(rune);
            width += Width(rune);
        }
        yield return piece.ToString();
    }
}
