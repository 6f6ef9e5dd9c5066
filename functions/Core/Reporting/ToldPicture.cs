using System.Security.Cryptography;
using System.Text;

namespace Cki;

/// <summary>
/// What a report said, as far as it matters to those who read it before: kept with its delivery, so that a follow-up is sent only where the picture
/// changed, and a correction only where somebody was misled.
/// </summary>
/// <param name="Failed">Names of the jobs that were said to fail for the commit's sake, in ordinal order.</param>
/// <param name="Lines">Of what was quoted and what was not run; two equal ones told the same.</param>
public sealed record ToldPicture(Verdict Verdict, IReadOnlyList<string> Failed, string Lines)
{
    /// <summary>Those of <see cref="Failed"/> that were said to fail sometimes only: their latest attempt had passed. Null: none.</summary>
    public IReadOnlyList<string>? Sometimes { get; init; }

    /// <summary>Names in one picture; a report shows fewer.</summary>
    private const int FailedMax = 100;

    public bool BlamesCommit => Verdict == Verdict.Failed && Failed.Count > 0;

    public static ToldPicture Of(RunResult result)
    {
        FailedJob[] failed = [.. result.Failures.OrderBy(f => f.Name, StringComparer.Ordinal).ThenBy(f => f.JobId)];
        var said = new StringBuilder();
        foreach (FailedJob job in failed)
            said.Append(job.Name).Append('\n').Append(job.PassedLater).Append('\n').AppendJoin('\n', job.Lines).Append('\0');
        foreach (ResultCell hole in NotFromFailure(result))
            said.Append(hole.Architecture).Append(' ').Append(hole.Stage).Append('\0');
        string lines = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(said.ToString())))[..16];
        string[] sometimes = [.. failed.Where(f => f.PassedLater).Select(f => f.Name).Distinct().Take(FailedMax)];
        return new ToldPicture(result.Verdict, [.. failed.Select(f => f.Name).Distinct().Take(FailedMax)], lines) { Sometimes = sometimes.Length == 0 ? null : sometimes };
    }

    public bool IsSame(ToldPicture other) => Verdict == other.Verdict && Lines == other.Lines && Failed.SequenceEqual(other.Failed);

    // What was not run for other reasons than a failure is news: an early report could not know it.
    private static IEnumerable<ResultCell> NotFromFailure(RunResult result)
    {
        HashSet<string> failing = [.. result.Cells.Where(c => c.Result == CellResult.Fail).Select(c => c.Architecture)];
        return result.Cells.Where(c => c.Result == CellResult.NotRun && !failing.Contains(c.Architecture))
            .OrderBy(c => c.Architecture, StringComparer.Ordinal).ThenBy(c => c.Stage, StringComparer.Ordinal);
    }
}
