using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Cki;

/// <summary>
/// What an unexplained failure is known again by: its end lines without what differs from job to job (numbers, ids, addresses, paths, times, names of
/// hosts). Bounded: at most <see cref="LinesMax"/> lines of <see cref="CharactersMax"/> characters.
/// </summary>
/// <param name="Value">16 hex digits.</param>
/// <param name="Normalised">Lines the value is made of, in order.</param>
/// <param name="Lines">The same lines as they stood.</param>
public sealed partial record UnknownSignature(string Value, IReadOnlyList<string> Normalised, IReadOnlyList<string> Lines)
{
    public const int LinesMax = 3;
    public const int CharactersMax = 200;

    /// <summary>How far back from the end a line may stand.</summary>
    private const int WindowLines = 40;

    /// <summary>Null where the trace has no line of its own to go by.</summary>
    public static UnknownSignature? Of(TraceReading trace)
    {
        string[] own = [.. trace.Tail.Where(IsOwn).TakeLast(WindowLines).Select(l => l.Text.Trim())];
        string[] telling = [.. own.Where(l => Trouble().IsMatch(l)).TakeLast(LinesMax)];
        string[] lines = telling.Length > 0 ? telling : [.. own.TakeLast(LinesMax)];
        if (lines.Length == 0)
            return null;
        lines = [.. lines.Select(l => l.Length <= CharactersMax ? l : l[..CharactersMax])];
        string[] normalised = [.. lines.Select(Normalise)];
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', normalised)));
        return new UnknownSignature(Convert.ToHexStringLower(hash)[..16], normalised, lines);
    }

    public static string Normalise(string line)
    {
        string text = Address().Replace(line, "URL");
        text = Id().Replace(text, "ID");
        text = PathLike().Replace(text, "PATH");
        text = Numbers().Replace(text, "N");
        return Blanks().Replace(text, " ").Trim();
    }

    // The script's own words, or the runner's where it never came to a script; not the runner's "Job failed: exit code 1", which says nothing.
    private static bool IsOwn(TraceLine line) =>
        line.Section is not (TraceSection.AfterScript or TraceSection.Cleanup)
        && line.Origin is LineOrigin.Tool or LineOrigin.Test
        && !EndMark().IsMatch(line.Text);

    [GeneratedRegex(@"^(?:ERROR: Job failed|Job succeeded|Cleaning up|Uploading artifacts|section_|Running after)", RegexOptions.ExplicitCapture)]
    private static partial Regex EndMark();

    [GeneratedRegex(
        @"error|fail|fatal|panic|traceback|assert|killed|abort|undefined|cannot|can't|could not|couldn't|unable|not found|denied|exception|timed? ?out|refused|reset|unexpected|invalid|no such",
        RegexOptions.IgnoreCase)]
    private static partial Regex Trouble();

    [GeneratedRegex(@"[a-z][a-z0-9+.-]*://\S+", RegexOptions.IgnoreCase)]
    private static partial Regex Address();

    // Commit ids, digests, UUIDs, addresses in memory.
    [GeneratedRegex(@"\b(?:0x[0-9a-f]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[a-f]*[0-9])[0-9a-f]{7,64})\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Id();

    [GeneratedRegex(@"(?<![\w.])/[\w.+~-]+(?:/[\w.+~-]+)+/?", RegexOptions.ExplicitCapture)]
    private static partial Regex PathLike();

    [GeneratedRegex(@"\d+(?:[.:,]\d+)*")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
