namespace Cki;

/// <summary>A report as plain text for people: 72 columns, facts in the order a kernel developer asks for them.</summary>
public static class ReportText
{
    public static string Of(ReportModel model)
    {
        var lines = new MailLines();
        ReportHeadline.Write(lines, model);
        Result(lines, model);
        ReportJobs.Failures(lines, model);
        if (model.Result.Verdict == Verdict.Failed)
            ReportCommands.Write(lines, model, "Reproduce", () => lines.Blank());
        ReportJobs.Write(lines, "Known", model.Result.Known);
        ReportJobs.Write(lines, OthersLabel(model.Result.Verdict), model.Result.Others);
        Warnings(lines, model.Result);
        Reruns(lines, model.Result);
        Commit(lines, model);
        Times(lines, model);
        Links(lines, model);
        if (model.Phase == ReportPhase.Early)
            lines.Blank().Field("Status", "EARLY: other jobs still run, or wait to. A follow-up comes in this thread only if this result changes.");
        return lines.Blank().Raw("-- ").Raw("CKI Serverless, run").Raw($"{model.Run}, attempt {model.Attempt}").ToString();
    }

    private static void Result(MailLines lines, ReportModel model)
    {
        RunResult result = model.Result;
        bool isKnown = result is { Verdict: Verdict.Passed, Known.Count: > 0 };
        string word = isKnown ? "KNOWN FAIL" : ReportWords.Of(result.Verdict);
        if (model.Phase == ReportPhase.Early)
            word += " so far";
        if (model.Mended is { } mended)
            word += $"; {mended}";
        lines.Field("Result", result.Reason.Length == 0 ? $"{word}." : $"{word}: {result.Reason}");
        if (model.Phase != ReportPhase.Early)
            ResultMatrix.Write(lines, result);
        Covers(lines, model);
        if (isKnown)
            lines.Field("Sent to", $"the channels of tree {model.Tree}; not to the authors of {model.Sha.Short}: nothing of this is theirs");
        if (Meaning(model) is { } meaning)
            lines.Field("For", meaning);
        lines.Blank();
    }

    private static void Covers(MailLines lines, ReportModel model)
    {
        string since = model.Previous is { } previous ? $" since {previous.Short}" : "";
        if (model.Covers is > 1)
            lines.Field("Covers", $"{model.Covers} commits{since}; only this tip was run.{(model.CoversUnknown is null ? "" : $" Perhaps more: {model.CoversUnknown}")}");
        else if (model.CoversUnknown is not null)
            lines.Field("Covers", $"an unknown number of commits{since}: {model.CoversUnknown}");
    }

    private static string OthersLabel(Verdict verdict) =>
        ReportRoute.IsForDevelopers(verdict) ? "Not blamed" : verdict == Verdict.Undetermined ? "Unexplained" : "Failed";

    /// <summary>Why an operator, not a developer, reads this.</summary>
    private static string? Meaning(ReportModel model) => model.Result.Verdict switch
    {
        Verdict.Passed or Verdict.Failed => null,
        // Who was blamed before reads it as well.
        _ when model.Correction is not null => null,
        Verdict.Undetermined => "operators. The cause is unknown; developers were not told.",
        Verdict.Infrastructure => "operators. The fault is ours; developers were not told.",
        Verdict.Configuration => "operators. Pipeline, variables or kernel configuration are wrong; developers were not told.",
        Verdict.Superseded => "operators. A newer head took its place.",
        Verdict.Canceled => "operators. A person cancelled it.",
        Verdict.Vanished => "operators. The commit was gone before its pipeline started: it was not tested.",
        _ => "operators. The deadline passed; what was not run is named above.",
    };

    private static void Warnings(MailLines lines, RunResult result)
    {
        PassedWithWarning[] fresh = [.. result.PassedWith.Where(IsNew)];
        Listed(lines, fresh.Length == 1 ? "New warning" : "New warnings", [.. fresh.Select(Words)]);
        Listed(lines, "Warning", [.. result.PassedWith.Where(w => !IsNew(w)).Select(Words), .. result.Warnings]);
    }

    private static bool IsNew(PassedWithWarning warning) => warning.Parent?.Result == ParentResult.Passed;

    private static string Words(PassedWithWarning warning) =>
        $"{warning.Line} ({warning.Name} in {warning.Job}, which passed; {warning.Parent?.Told ?? "the parent was not compared"})";

    private static void Listed(MailLines lines, string label, IReadOnlyList<string> entries)
    {
        if (entries.Count == 0)
            return;
        lines.Field(label, entries[0]);
        foreach (string entry in entries.Skip(1).Take(ReportModel.JobsMax - 1))
            lines.More(entry);
        if (entries.Count > ReportModel.JobsMax)
            lines.More($"and {entries.Count - ReportModel.JobsMax} more");
        lines.Blank();
    }

    private static void Reruns(MailLines lines, RunResult result)
    {
        IReadOnlyList<RerunJob> reruns = result.Reruns;
        if (reruns.Count == 0)
            return;
        int jobs = reruns.Select(r => r.Name).Distinct().Count();
        int all = result.Cells.Sum(c => c.JobsTotal);
        lines.Field("Reruns", all >= jobs ? $"{jobs} of {ReportWords.Count(all, "job", "jobs")}:" : $"{ReportWords.Count(jobs, "job", "jobs")}:");
        foreach (RerunJob rerun in reruns.Take(ReportModel.JobsMax))
            lines.Hang("  ", "    ", $"{rerun.Name} (job {rerun.FirstJobId} to {rerun.LastJobId}){When(rerun)}, by {rerun.Matcher}: {rerun.Reason.TrimEnd('.')}; outcome: {rerun.Outcome}");
        if (reruns.Count > ReportModel.JobsMax)
            lines.Raw($"  and {reruns.Count - ReportModel.JobsMax} more");
        lines.Blank();
    }

    private static string When(RerunJob rerun)
    {
        string at = rerun.At is { } due ? $", due {ReportWords.Time(due)}" : "";
        return rerun.Section is "prepare" or "get_sources" ? $"{at}, before its script began" : at;
    }

    private static void Commit(MailLines lines, ReportModel model)
    {
        lines.Field("Commit", model.Sha.Value);
        if (model.Title is not null)
            lines.More(model.Title);
        lines.Field("Branch", model.Place);
        if (model.Previous is { } previous)
            lines.Field("Head before", previous.Short);
        if (model.Result.Verdict != Verdict.Failed)
            ReportCommands.Write(lines, model, "Get it", () => { });
    }

    private static void Times(MailLines lines, ReportModel model)
    {
        lines.Field("Found", $"{ReportWords.Of(model.FoundBy)}, {ReportWords.Time(model.DetectedAt)}");
        if (model.SettledAt is { } settled)
        {
            string tested = model.StartedAt is { } started ? $"{ReportWords.Time(started)} to {ReportWords.Time(settled)} ({ReportWords.Span(settled - started)})" : $"until {ReportWords.Time(settled)}";
            lines.Field("Tested", tested);
        }
        else if (model.StartedAt is { } started)
            lines.Field("Tested", $"since {ReportWords.Time(started)}");
        for (int i = 0; i < model.EarlierAttempts.Count; i++)
            lines.Field(i == 0 ? "Before" : "", model.EarlierAttempts[i]);
    }

    private static void Links(MailLines lines, ReportModel model)
    {
        if (model.PipelineUrl is not null)
            lines.Field("Pipeline", model.PipelineUrl);
        if (model.BoardUrl is not null)
            lines.Field("Details", model.BoardUrl);
    }
}
