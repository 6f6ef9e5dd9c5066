using System.Text;

namespace Cki;

/// <summary>What chat peers have in common: words that would wake a whole channel are taken apart, lengths are kept without cutting a character.</summary>
public static class ChatText
{
    /// <summary>Words that chat servers and their bridges read as "everybody" after an @.</summary>
    private static readonly string[] s_everybody = ["everyone", "channel", "here", "room", "all"];

    /// <summary>Said with every message that may be a second copy (architecture.md, rule 10).</summary>
    public const string Repeated = " (repeated)";

    /// <summary><c>@everyone</c> becomes <c>(at)everyone</c>, likewise <c>@channel</c>, <c>@here</c>, <c>@room</c> and <c>@all</c>.</summary>
    public static string Calm(string text)
    {
        if (!text.Contains('@'))
            return text;
        var calm = new StringBuilder(text.Length + 16);
        for (int i = 0; i < text.Length; i++)
        {
            string rest = text[i] == '@' ? text[(i + 1)..Math.Min(text.Length, i + 10)] : "";
            bool isLoud = rest.Length > 0 && s_everybody.Any(w => rest.StartsWith(w, StringComparison.OrdinalIgnoreCase));
            calm.Append(isLoud ? "(at)" : text[i]);
        }
        return calm.ToString();
    }

    /// <summary>At most <paramref name="unitsMax"/> UTF-16 units; what is longer ends in "...".</summary>
    public static string Cut(string text, int unitsMax)
    {
        if (text.Length <= unitsMax)
            return text;
        int end = unitsMax - 3;
        if (char.IsHighSurrogate(text[end - 1]))
            end--;
        return text[..end].TrimEnd() + "...";
    }

    /// <summary>At most <paramref name="bytesMax"/> bytes of UTF-8; what is longer ends in "...". No character is cut.</summary>
    public static string CutBytes(string text, int bytesMax)
    {
        if (Encoding.UTF8.GetByteCount(text) <= bytesMax)
            return text;
        var kept = new StringBuilder();
        int room = bytesMax - 3;
        foreach (Rune rune in text.EnumerateRunes())
        {
            room -= rune.Utf8SequenceLength;
            if (room < 0)
                break;
            kept.Append(rune);
        }
        return kept.ToString().TrimEnd() + "...";
    }
}
