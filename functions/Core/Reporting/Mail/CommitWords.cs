using System.Text.RegularExpressions;

namespace Cki;

/// <summary>What a commit's message says in its trailers. Total: messages are strangers'.</summary>
public static partial class CommitWords
{
    private const int MessageMax = 200_000;

    /// <summary>
    /// Id of the mail that brought the patch, without angle brackets: of a <c>Message-ID:</c> trailer, else of a <c>Link:</c> to lore.kernel.org or
    /// patch.msgid.link. The last one wins: who applied the patch wrote it. Null for none.
    /// </summary>
    public static string? PatchMessageId(string? message)
    {
        string? linked = null;
        string? named = null;
        foreach (string line in Lines(message))
        {
            if (NamedId().Match(line) is { Success: true } name)
                named = name.Groups["id"].Value;
            else if (LinkedId().Match(line) is { Success: true } link)
                linked = Uri.UnescapeDataString(link.Groups["id"].Value);
        }
        string? id = named ?? linked;
        return id is not null && Id().IsMatch(id) ? id : null;
    }

    /// <summary>Value of a trailer of the last paragraph; null for none.</summary>
    public static string? Trailer(string? message, string name)
    {
        string[] lines = [.. Lines(message)];
        int end = lines.Length;
        while (end > 0 && lines[end - 1].Length == 0)
            end--;
        // The first line is the title, never a trailer.
        for (int i = end - 1; i > 0 && lines[i].Length > 0; i--)
        {
            if (lines[i].StartsWith(name, StringComparison.OrdinalIgnoreCase) && lines[i].Length > name.Length && lines[i][name.Length] == ':')
                return lines[i][(name.Length + 1)..].Trim();
        }
        return null;
    }

    /// <summary>One bare address that can stand in a header and an envelope.</summary>
    public static bool IsAddress(string text) => text.Length <= 254 && Address().IsMatch(text);

    private static IEnumerable<string> Lines(string? message) =>
        (message ?? "")[..Math.Min(message?.Length ?? 0, MessageMax)].ReplaceLineEndings("\n").Split('\n').Select(l => l.Trim());

    [GeneratedRegex(@"\AMessage-ID:\s*<(?<id>[^<>\s]{3,250})>\z", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex NamedId();

    [GeneratedRegex(@"\ALink:\s*https?://(lore\.kernel\.org/[A-Za-z0-9._-]+|lkml\.kernel\.org/r|patch\.msgid\.link)/(?<id>[^/\s<>?#]{3,250})/?\z", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex LinkedId();

    [GeneratedRegex(@"\A[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+\z")]
    private static partial Regex Id();

    [GeneratedRegex(@"\A[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Address();
}
