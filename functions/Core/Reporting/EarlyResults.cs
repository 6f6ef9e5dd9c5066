namespace Cki;

/// <summary>
/// What herding's records alone say of an attempt that still runs. Whatever is not in them is not told: it has neither passed nor is it not run.
/// </summary>
public static class EarlyResults
{
    /// <summary>Null: no gating job failed on strong evidence.</summary>
    /// <param name="records">Of the attempt's pipelines, each with the names of the bridges that lead to it (<c>a / b</c>; empty at the top).</param>
    public static RunResult? Of(IReadOnlyList<(JobRecord Record, string Path)> records)
    {
        JobOutcome[] failed =
        [
            .. RunOutcomes.Of([.. records.SelectMany(Jobs)], [.. records.Select(r => r.Record)], [])
                .Where(o => o.Says == JobSays.Failed && !o.Last.AllowFailure),
        ];
        if (failed.Length == 0)
            return null;
        string reason = failed.Length == 1 ? $"{failed[0].Last.Name}: {failed[0].Reason}" : $"{failed.Length} jobs so far; first {failed[0].Last.Name}: {failed[0].Reason}";
        return new RunResult(Verdict.Failed, reason)
        {
            Cells = ResultCells.Of(failed),
            Failures = [.. failed.Select(RunResults.Told)],
        };
    }

    private static IEnumerable<PipelineJob> Jobs((JobRecord Record, string Path) of) => of.Record.Attempts.Select(attempt =>
        new PipelineJob(
            attempt.JobId, of.Path.Length == 0 ? of.Record.Name : $"{of.Path} / {of.Record.Name}", of.Record.Stage, attempt.Status, of.Record.AllowFailure,
            attempt.FailureReason, attempt.Runner, attempt.WebUrl)
        {
            PipelineId = of.Record.Pipeline.Id,
        });
}
