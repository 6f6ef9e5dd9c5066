using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Cki;

/// <summary>Run identity: readable slug plus hash of (tree, branch, sha). The same commit of the same branch is the same run, whoever found it.</summary>
public static partial class RunIds
{
    private const int SlugCharactersMax = 36;

    public static RunId Of(TreeName tree, string branch, CommitSha sha)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{tree}\n{branch}\n{sha}"));
        return new RunId($"{Slug($"{tree}-{branch}")}-{sha.Short}-{Convert.ToHexStringLower(hash)[..8]}");
    }

    /// <summary>The run that a pipeline of others is: the same commit in another pipeline is another run.</summary>
    public static RunId OfPipeline(TreeName tree, PipelineShown pipeline)
    {
        string gitRef = pipeline.GitRef.StartsWith("refs/", StringComparison.Ordinal) ? pipeline.GitRef["refs/".Length..] : pipeline.GitRef;
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{tree}\n{gitRef}\n{pipeline.Sha}\n{pipeline.Ref}"));
        return new RunId($"{Slug($"{tree}-{gitRef}")}-{pipeline.Sha.Short}-{Convert.ToHexStringLower(hash)[..8]}");
    }

    /// <summary>Name of the test-commit execution of an attempt; a successor of a died execution carries <c>-r1</c>, <c>-r2</c>.</summary>
    public static string Execution(RunId run, int attempt, int redrives = 0) =>
        redrives == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{run}-{attempt}")
            : string.Create(CultureInfo.InvariantCulture, $"{run}-{attempt}-r{redrives}");

    /// <summary>Whose execution it is; null for a name that <see cref="Execution"/> does not make.</summary>
    public static (RunId Run, int Attempt)? OfExecution(string name)
    {
        Match parts = ExecutionName().Match(name);
        return parts.Success ? (new RunId(parts.Groups["run"].Value), int.Parse(parts.Groups["attempt"].ValueSpan, CultureInfo.InvariantCulture)) : null;
    }

    public static string DetectionKey(RunId run) => $"runs/{run}/detection.json";

    public static string PipelineKey(RunId run) => $"runs/{run}/pipeline.json";

    public static string ReportKey(RunId run) => $"runs/{run}/report.json";

    private static string Slug(string text)
    {
        var slug = new StringBuilder(text.Length);
        foreach (char c in text.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c))
                slug.Append(c);
            else if (slug.Length > 0 && slug[^1] != '-')
                slug.Append('-');
        }
        string cut = slug.Length > SlugCharactersMax ? slug.ToString(0, SlugCharactersMax) : slug.ToString();
        return cut.Trim('-');
    }

    [GeneratedRegex(@"\A(?<run>[a-z0-9-]{1,60})-(?<attempt>[0-9]{1,6})(-r[0-9]{1,6})?\z")]
    private static partial Regex ExecutionName();
}
