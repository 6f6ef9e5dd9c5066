namespace Cki;

/// <summary>Failed jobs one by one, with the lines that tell.</summary>
internal static class ReportJobs
{
    private const string QuoteFirst = "    ";
    private const string QuoteRest = "      ";
    private const int ArchitecturesMax = 8;

    /// <summary>Kernel lists refuse mails of 100 KB; beyond this many characters jobs are named without their lines.</summary>
    private const int QuotesUntil = 50_000;

    /// <summary>Those the verdict rests on, then what else of their stages is well.</summary>
    public static void Failures(MailLines lines, ReportModel model)
    {
        RunResult result = model.Result;
        bool isMixed = result.Failures.Any(f => f.Parent?.Result == ParentResult.Passed) && !ReportSubject.IsNew(result);
        foreach (FailedJob job in result.Failures.Take(ReportModel.JobsMax))
        {
            One(lines, "Fails", job);
            if (isMixed)
                lines.Hang("  Parent: ", "    ", job.Parent?.Told ?? "not compared");
        }
        Rest(lines, result.Failures);
        if (model.Phase == ReportPhase.Early || result.Verdict != Verdict.Failed)
        {
            if (result.Failures.Count > 0)
                lines.Blank();
            return;
        }
        foreach (string passes in Passes(result))
            lines.Field("Passes", passes);
        if (result.Failures.Count > 0)
            lines.Blank();
    }

    public static void Write(MailLines lines, string label, IReadOnlyList<FailedJob> jobs)
    {
        if (jobs.Count == 0)
            return;
        foreach (FailedJob job in jobs.Take(ReportModel.JobsMax))
            One(lines, label, job);
        Rest(lines, jobs);
        lines.Blank();
    }

    private static void One(MailLines lines, string label, FailedJob job)
    {
        string stage = job.Stage.Length == 0 ? "" : $" (stage {job.Stage})";
        lines.Field(label, job.Reason.Length == 0 ? $"{job.Name}{stage}" : $"{job.Name}{stage}: {job.Reason}");
        if (How(job) is { } how)
            lines.More(how);
        bool isRoom = lines.Length < QuotesUntil;
        foreach (string line in isRoom ? job.Lines : ["(no room for its lines here, see the job)"])
            lines.Hang(QuoteFirst, QuoteRest, line);
        if (job.WebUrl.Length > 0)
            lines.Raw($"  {job.WebUrl}");
    }

    private static void Rest(MailLines lines, IReadOnlyList<FailedJob> jobs)
    {
        if (jobs.Count > ReportModel.JobsMax)
            lines.Field("", $"and {jobs.Count - ReportModel.JobsMax} more, see the pipeline.");
    }

    /// <summary>Compiler, configuration, runners; null where none is known.</summary>
    private static string? How(FailedJob job)
    {
        string? config = job.Build?.Config is { } told && !job.Name.Contains(told, StringComparison.Ordinal) ? told : null;
        string? runners = job.Runners.Count switch
        {
            0 => null,
            1 => $"on {job.Runners[0]}",
            var n => $"on {n} runners with the same error: {string.Join(", ", job.Runners)}",
        };
        string how = string.Join(", ", new[] { config, job.Build?.Compiler, runners }.OfType<string>());
        return how.Length == 0 ? null : how;
    }

    private static IEnumerable<string> Passes(RunResult result)
    {
        foreach (IGrouping<string, ResultCell> stage in ResultMatrix.Ordered(result.Cells).GroupBy(c => c.Stage).Where(s => s.Any(c => c.Result == CellResult.Fail)))
        {
            int passed = stage.Sum(c => c.JobsPassed);
            int all = stage.Sum(c => c.JobsTotal);
            if (passed == 0)
                continue;
            bool isRest = passed + stage.Where(c => c.Result == CellResult.Fail).Sum(c => c.JobsTotal - c.JobsPassed) == all;
            string[] where = [.. stage.Where(c => c.JobsPassed > 0 && c.Architecture != ResultMatrix.NoArchitecture).Select(c => c.Architecture).Distinct()];
            string architectures = where.Length == 0 ? "" : $" ({string.Join(", ", where.Take(ArchitecturesMax))}{(where.Length > ArchitecturesMax ? ", ..." : "")})";
            yield return $"{(isRest ? "the other " : "")}{passed} of {all} {stage.Key} jobs{architectures}";
        }
    }
}
