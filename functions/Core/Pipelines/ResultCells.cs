namespace Cki;

/// <summary>The result matrix: one cell per architecture and stage.</summary>
public static class ResultCells
{
    private const int ReasonsMax = 3;

    /// <param name="outcomes">In order of creation, which is the order of stages.</param>
    public static IReadOnlyList<ResultCell> Of(IReadOnlyList<JobOutcome> outcomes)
    {
        string[] stages = [.. outcomes.Select(o => o.Last.Stage).Distinct()];
        return
        [
            .. outcomes
                .GroupBy(o => (o.Architecture, o.Last.Stage))
                .OrderBy(g => Architectures.Order(g.Key.Architecture))
                .ThenBy(g => g.Key.Architecture, StringComparer.Ordinal)
                .ThenBy(g => Array.IndexOf(stages, g.Key.Stage))
                .Select(g => Cell(g.Key.Architecture, g.Key.Stage, [.. g])),
        ];
    }

    private static ResultCell Cell(string architecture, string stage, JobOutcome[] jobs)
    {
        JobOutcome[] notPassed = [.. jobs.Where(o => o.Says != JobSays.Passed)];
        CellResult result = Result(jobs);
        string? why = result == CellResult.Fail || notPassed.Length == 0 ? null : Why(notPassed);
        return new ResultCell(architecture, stage, result, jobs.Count(o => o.Says is JobSays.Passed or JobSays.Flaky), jobs.Length, why);
    }

    // A job that broke for other reasons than the commit did not test it: its cell is not run, never fail. A failure that is allowed is known.
    private static CellResult Result(JobOutcome[] jobs)
    {
        if (jobs.Any(o => o.Says == JobSays.Failed && !o.Last.AllowFailure))
            return CellResult.Fail;
        if (jobs.Any(o => o.Says == JobSays.Known))
            return CellResult.Known;
        if (jobs.Any(o => o.Says == JobSays.Flaky))
            return CellResult.Flaky;
        if (jobs.Any(o => o.Says == JobSays.Passed))
            return CellResult.Pass;
        return jobs.Any(o => o.Says == JobSays.Failed) ? CellResult.Known : CellResult.NotRun;
    }

    private static string Why(JobOutcome[] jobs)
    {
        string told = string.Join("; ", jobs.Take(ReasonsMax).Select(o => $"{o.Last.Name}: {o.Reason}"));
        return jobs.Length <= ReasonsMax ? told : $"{told}; and {jobs.Length - ReasonsMax} more";
    }
}
