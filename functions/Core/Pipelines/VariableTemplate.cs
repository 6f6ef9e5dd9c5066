using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Cki;

/// <summary>
/// Fills the placeholders of a pipeline's variables: <c>{tree} {branch} {tag} {sha} {short_sha} {previous} {url} {project} {run} {attempt}
/// {found_by} {detected_at}</c>. Once each and from left to right: what a stranger calls his branch is not read again. <c>{{word}}</c> is
/// <c>{word}</c>; other braces stand for themselves. Commit titles are not offered: they are a stranger's text, and variables meet shells.
/// </summary>
public sealed partial class VariableTemplate(TreeConfig tree, RunDetection detection, int attempt)
{
    private const string TagPrefix = "tags/";

    public static readonly IReadOnlyList<string> Known =
        ["tree", "branch", "tag", "sha", "short_sha", "previous", "url", "project", "run", "attempt", "found_by", "detected_at"];

    /// <summary>Null when every placeholder of <paramref name="text"/> is known, else what is wrong.</summary>
    public static string? Fault(string text)
    {
        string? unknown = null;
        Scan(text, word =>
        {
            if (!Known.Contains(word))
                unknown ??= word;
            return "";
        });
        return unknown is null ? null : $"holds {{{unknown}}}, which nothing replaces{ConfigErrors.Suggestion(unknown, Known)} ({{{{{unknown}}}}} for the text itself)";
    }

    /// <summary>A text that <see cref="Fill"/> gives back as it is.</summary>
    public static string Escaped(string text) => Placeholder().Replace(text, "{$0}");

    public string Fill(string text) => Scan(text, Value);

    private string Value(string word) => word switch
    {
        "tree" => tree.Name.Value,
        "branch" => detection.Branch,
        // Empty where a branch is tested.
        "tag" => detection.Branch.StartsWith(TagPrefix, StringComparison.Ordinal) ? detection.Branch[TagPrefix.Length..] : "",
        "sha" => detection.Sha.Value,
        "short_sha" => detection.Sha.Short,
        // Empty where the branch is new.
        "previous" => detection.Previous?.Value ?? "",
        "url" => tree.Url.AbsoluteUri,
        "project" => tree.Project?.Path ?? "",
        "run" => detection.Run.Value,
        "attempt" => attempt.ToString(CultureInfo.InvariantCulture),
        "found_by" => detection.FoundBy.ToString().ToLowerInvariant(),
        "detected_at" => detection.DetectedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        _ => $"{{{word}}}",
    };

    private static string Scan(string text, Func<string, string> value)
    {
        var filled = new StringBuilder(text.Length);
        int at = 0;
        while (at < text.Length)
        {
            int braces = text[at] != '{' ? 0 : at + 1 < text.Length && text[at + 1] == '{' ? 2 : 1;
            string word = braces == 0 ? "" : Word(text, at + braces);
            string close = new('}', braces);
            bool isPlaceholder = word.Length > 0 && text.AsSpan(at + braces + word.Length).StartsWith(close);
            if (!isPlaceholder)
            {
                filled.Append(text[at++]);
                continue;
            }
            filled.Append(braces == 2 ? $"{{{word}}}" : value(word));
            at += word.Length + 2 * braces;
        }
        return filled.ToString();
    }

    private static string Word(string text, int from)
    {
        int end = from;
        while (end < text.Length && (text[end] is >= 'a' and <= 'z' or '_'))
            end++;
        return text[from..end];
    }

    [GeneratedRegex(@"\{[a-z_]+\}")]
    private static partial Regex Placeholder();
}
