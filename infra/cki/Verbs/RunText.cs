namespace Cki.Tool;

/// <summary>One run told in lines.</summary>
internal static class RunText
{
    public static IEnumerable<string> Lines(RunFacts run, IReadOnlyList<JobRecord> jobs, IReadOnlyList<ReportDelivery> reports)
    {
        RunDetection d = run.Detection;
        yield return $"Run       {d.Run}";
        yield return $"Commit    {d.Tree}/{Common.Plain(d.Branch)} {d.Sha} {Common.Plain(d.Title)}".TrimEnd();
        yield return $"Detected  {d.DetectedAt:yyyy-MM-dd HH:mm:ss}Z by {d.FoundBy.ToString().ToLowerInvariant()}";
        yield return $"Standing  {run.Standing}";
        foreach (CoveredCommit covered in d.Covers ?? [])
            yield return $"Covers    {covered.Sha} {Common.Plain(covered.Title)}".TrimEnd();
        if (d.CoversCount > RunDetection.CoversMost)
            yield return $"          and {d.CoversCount - RunDetection.CoversMost} more";
        if (d.CoversUnknown is { } unknown)
            yield return $"Covers    {Common.Plain(unknown)}";
        foreach (RunAttempt attempt in run.Pipeline?.Attempts ?? [])
        {
            yield return $"Attempt   {attempt.Number}: {attempt.State.ToString().ToLowerInvariant()} {Common.Plain(attempt.WebUrl)}".TrimEnd();
            if (attempt.Result is { } result)
            {
                yield return $"Result    {result.Verdict.ToString().ToLowerInvariant()}: {Common.Plain(result.Reason)}";
                foreach (ResultCell cell in result.Cells)
                    yield return $"          {cell.Architecture,-8} {cell.Stage,-8} {cell.Result.ToString().ToLowerInvariant()} {cell.JobsPassed}/{cell.JobsTotal} {Common.Plain(cell.Why)}".TrimEnd();
            }
        }
        foreach (JobRecord job in jobs)
        {
            foreach (JobAttempt attempt in job.Attempts)
            {
                yield return $"Job       {Common.Plain(job.Name)} #{attempt.JobId} {attempt.Status} {attempt.FailureReason}: {attempt.Decision.Act.ToString().ToLowerInvariant()}"
                    + $" ({attempt.Decision.Matcher ?? "no matcher"}): {Common.Plain(attempt.Decision.Reason)}";
                foreach (string quote in attempt.Decision.Quote)
                    yield return $"          | {Common.Plain(quote)}";
            }
            foreach (JobRetry retry in job.Retries)
                yield return $"Retry     {Common.Plain(job.Name)} #{retry.JobId} -> {retry.NewJobId?.ToString() ?? "-"}: {retry.State.ToString().ToLowerInvariant()} {Common.Plain(retry.Outcome)}".TrimEnd();
        }
        foreach (ReportDelivery report in reports)
            yield return $"Report    {report.Channel} {report.Kind}: {report.State.ToString().ToLowerInvariant()} {Common.Plain(report.PeerId ?? report.LastError)}".TrimEnd();
    }
}
