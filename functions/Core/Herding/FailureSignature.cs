using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Cki;

/// <summary>What two failures have in common when they are the same one: their quoted lines without what differs from run to run.</summary>
public static partial class FailureSignature
{
    private const int LinesMax = 4;
    private const int LettersMin = 8;

    /// <summary>16 hex digits; null where the lines say too little to tell failures apart.</summary>
    /// <param name="quote">Most telling first, as in <see cref="HerdDecision.Quote"/>.</param>
    public static string? Of(IReadOnlyList<string> quote)
    {
        string[] lines = [.. quote.Select(Normalised).Where(IsTelling).Distinct(StringComparer.Ordinal).Take(LinesMax).Order(StringComparer.Ordinal)];
        return lines.Length == 0 ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))))[..16];
    }

    /// <summary>Time stamps, addresses, ids and numbers become <c>#</c>; file names and words stay. A compiler's line numbers go too: code above moves them.</summary>
    public static string Normalised(string line)
    {
        string text = Stamp().Replace(line.Trim(), "");
        text = BuildDirectory().Replace(text, "");
        text = Hex().Replace(text, "#");
        text = Number().Replace(text, "#");
        return Blank().Replace(text, " ").Trim();
    }

    private static bool IsTelling(string line) => line.Count(char.IsLetter) >= LettersMin && !Make().IsMatch(line);

    [GeneratedRegex(@"\A(\[\s*\d+\.\d+\](\[\s*[TC]\d+\])?\s*|\d{4}-\d\d-\d\d[T ]\S+\s+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Stamp();

    [GeneratedRegex(@"/(builds|tmp|var|home|root|mnt)/(\S*/)?(?=\S)")]
    private static partial Regex BuildDirectory();

    [GeneratedRegex(@"\b(0x[0-9a-fA-F]+|[0-9a-fA-F]{8,})\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Hex();

    [GeneratedRegex(@"(?<![A-Za-z_])\d+(\.\d+)*(?![A-Za-z_])", RegexOptions.ExplicitCapture)]
    private static partial Regex Number();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();

    // Each failed build ends on such lines.
    [GeneratedRegex(@"\Amake(\[#\])?: \*\*\* .*(Waiting for unfinished|__sub-make|: \.\])")]
    private static partial Regex Make();
}
