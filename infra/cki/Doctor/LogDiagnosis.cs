using System.Globalization;
using System.Text.RegularExpressions;

namespace Cki.Tool;

/// <summary>
/// Judges what runners leave of logs. A runner's <c>output_limit</c> stands in its own config.toml, which no API shows: what shows it is a log that was cut.
/// Pure.
/// </summary>
internal static partial class LogDiagnosis
{
    /// <summary>GitLab Runner's, where nothing is set: 4096 KB.</summary>
    private const long DefaultLimit = 4 << 20;

    /// <summary>What the runner itself still adds behind the cut.</summary>
    private const long CutSlack = 2048;

    private const double NearLimit = 0.75;

    /// <summary>The line of the cut, GitLab's word that the job goes on, an empty one.</summary>
    private const int LastLines = 4;

    private const string Fix = "raise output_limit (KB; 4096 where it is not set) in the runner's config.toml, e.g. [[runners]] output_limit = 65536, and restart it";

    public static IEnumerable<Finding> Of(ProjectFact fact)
    {
        if (fact.Refs.Count == 0)
            yield break;
        if (fact.Logs is not { } logs)
        {
            yield return Finding.CannotTell("log limit", $"{fact.Project}: jobs cannot be listed: {fact.LogsTrouble}", "see in GitLab that the newest logs are whole, and output_limit in the runners' config.toml");
            yield break;
        }
        if (logs.Count == 0)
            yield return Finding.Note("log limit", $"{fact.Project}: no job has finished yet, so that the runners' limit for logs does not show", "set output_limit = 65536 in the runners' config.toml: 4096 KB are too few for a kernel's build");
        foreach (LogFact log in logs)
        {
            if (Judge(fact.Project, log) is { } finding)
                yield return finding;
        }
        if (logs.Count > 0 && logs.All(l => l.Log.Bytes <= DefaultLimit) && logs.Where(l => l.Log.Bytes >= DefaultLimit * NearLimit).MaxBy(l => l.Log.Bytes) is { } near && Judge(fact.Project, near) is null)
            yield return Finding.Note("log limit", $"{fact.Project}: {Named(near)} has {Megabytes(near.Log.Bytes!.Value)}, and runners cut logs at 4 MB where nothing else is set", Fix);
    }

    private static Finding? Judge(ProjectRef project, LogFact log)
    {
        if (log.End is null)
            return Finding.CannotTell("log limit", $"{project}: {Named(log)} cannot be read: {log.Trouble}", "see in GitLab that it is whole");
        if (CutAt(log.End) is { } limit)
            return Finding.Problem("log limit", $"{project}: {Named(log)} was cut at {Megabytes(limit)}: what went wrong behind that is not seen", Fix);
        return log.Log.Bytes is >= DefaultLimit and <= DefaultLimit + CutSlack
            ? Finding.Problem("log limit", $"{project}: {Named(log)} has {log.Log.Bytes} bytes, which is where runners cut logs if nothing else is set", Fix)
            : null;
    }

    /// <summary>Bytes; null: it was not. Only the last lines count: behind the cut nothing of the job's own can come.</summary>
    private static long? CutAt(string end)
    {
        string[] lines = [.. end.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0).TakeLast(LastLines)];
        Match? cut = lines.Select(l => Cut().Match(l)).LastOrDefault(m => m.Success);
        return cut is null ? null : long.Parse(cut.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static string Named(LogFact log) => $"the log of job '{SafeText.Line(log.Log.Name, 80)}' ({log.Log.Job}{(log.Log.Runner is { } runner ? $" on {SafeText.Line(runner, 60)}" : "")})";

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MB");

    // GitLab Runner's words, coloured; in newer ones a line follows that says the job goes on without its output.
    [GeneratedRegex(@"Job's log exceeded limit of ([0-9]{1,15}) bytes", RegexOptions.CultureInvariant)]
    private static partial Regex Cut();
}
