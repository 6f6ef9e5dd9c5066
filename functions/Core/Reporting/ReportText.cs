using System.Text.RegularExpressions;

namespace Cki;

/// <summary>A report as plain text for people: 72 columns, facts in the order a kernel developer asks for them.</summary>
public static partial class ReportText
{
    private const string QuoteFirst = "    ";
    private const string QuoteRest = "      ";

    /// <summary>Kernel lists refuse mails of 100 KB; beyond this many characters jobs are named without their lines.</summary>
    private const int QuotesUntil = 50_000;

    public static string Of(ReportModel model)
    {
        var lines = new MailLines();
        Result(lines, model);
        Jobs(lines, "Fails", model.Result.Failures);
        if (model.Result.Verdict == Verdict.Failed)
            lines.Field("Parent", "not compared; the fault may be older than this commit.").Blank();
        Jobs(lines, OthersLabel(model.Result.Verdict), model.Result.Others);
        Reruns(lines, model.Result.Reruns);
        Warnings(lines, model.Result.Warnings);
        Commit(lines, model);
        Times(lines, model);
        Links(lines, model);
        return lines.Blank().Raw("-- ").Raw("CKI Serverless, run").Raw($"{model.Run}, attempt {model.Attempt}").ToString();
    }

    private static void Result(MailLines lines, ReportModel model)
    {
        string word = ReportWords.Of(model.Result.Verdict);
        lines.Field("Result", model.Result.Reason.Length == 0 ? $"{word}." : $"{word}: {model.Result.Reason}");
        ResultMatrix.Write(lines, model.Result);
        if (Meaning(model.Result.Verdict) is { } meaning)
            lines.Field("For", meaning);
        lines.Blank();
    }

    private static string OthersLabel(Verdict verdict) =>
        ReportRoute.IsForDevelopers(verdict) ? "Not blamed" : verdict == Verdict.Undetermined ? "Unexplained" : "Failed";

    /// <summary>Why an operator, not a developer, reads this.</summary>
    private static string? Meaning(Verdict verdict) => verdict switch
    {
        Verdict.Passed or Verdict.Failed => null,
        Verdict.Undetermined => "operators. The cause is unknown; developers were not told.",
        Verdict.Infrastructure => "operators. The fault is ours; developers were not told.",
        Verdict.Configuration => "operators. Pipeline, variables or kernel configuration are wrong; developers were not told.",
        Verdict.Superseded => "operators. A newer head took its place.",
        Verdict.Canceled => "operators. A person cancelled it.",
        Verdict.Vanished => "operators. The commit was gone before its pipeline started: it was not tested.",
        _ => "operators. The deadline passed; what was not run is named above.",
    };

    private static void Jobs(MailLines lines, string label, IReadOnlyList<FailedJob> jobs)
    {
        if (jobs.Count == 0)
            return;
        foreach (FailedJob job in jobs.Take(ReportModel.JobsMax))
        {
            string stage = job.Stage.Length == 0 ? "" : $" (stage {job.Stage})";
            lines.Field(label, job.Reason.Length == 0 ? $"{job.Name}{stage}" : $"{job.Name}{stage}: {job.Reason}");
            bool isRoom = lines.Length < QuotesUntil;
            foreach (string line in isRoom ? job.Lines : ["(no room for its lines here, see the job)"])
                lines.Hang(QuoteFirst, QuoteRest, line);
            if (job.WebUrl.Length > 0)
                lines.Raw($"  {job.WebUrl}");
        }
        if (jobs.Count > ReportModel.JobsMax)
            lines.Field("", $"and {jobs.Count - ReportModel.JobsMax} more, see the pipeline.");
        lines.Blank();
    }

    private static void Reruns(MailLines lines, IReadOnlyList<RerunJob> reruns)
    {
        if (reruns.Count == 0)
            return;
        lines.Field("Reruns", ReportWords.Count(reruns.Count, "job was run again:", "jobs were run again:"));
        foreach (RerunJob rerun in reruns.Take(ReportModel.JobsMax))
            lines.Hang("  ", "    ", $"{rerun.Name} (job {rerun.FirstJobId} to {rerun.LastJobId}), {rerun.Matcher}: {rerun.Reason.TrimEnd('.')}; outcome: {rerun.Outcome}");
        if (reruns.Count > ReportModel.JobsMax)
            lines.Raw($"  and {reruns.Count - ReportModel.JobsMax} more");
        lines.Blank();
    }

    private static void Warnings(MailLines lines, IReadOnlyList<string> warnings)
    {
        if (warnings.Count == 0)
            return;
        lines.Field(warnings.Count == 1 ? "Warning" : "Warnings", warnings[0]);
        foreach (string warning in warnings.Skip(1).Take(ReportModel.JobsMax - 1))
            lines.More(warning);
        if (warnings.Count > ReportModel.JobsMax)
            lines.More($"and {warnings.Count - ReportModel.JobsMax} more");
        lines.Blank();
    }

    private static void Commit(MailLines lines, ReportModel model)
    {
        lines.Field("Commit", model.Sha.Value);
        if (model.Title is not null)
            lines.More(model.Title);
        lines.Field("Branch", model.Place);
        if (model.Previous is { } previous)
            lines.Field("Head before", previous.Short);
        if (model.TreeUrl is not null && Fetchable().IsMatch(model.Branch) && Fetchable().IsMatch(model.TreeUrl))
            lines.Field("Get it", "git fetch \\").Raw($"{new string(' ', MailLines.LabelColumns)}{model.TreeUrl} {GitRef(model.Branch)}").More($"git checkout {model.Sha}");
    }

    private static string GitRef(string branch) =>
        branch.StartsWith("tags/", StringComparison.Ordinal) || MergeRequests.OfRef(branch) is not null ? $"refs/{branch}" : $"refs/heads/{branch}";

    private static void Times(MailLines lines, ReportModel model)
    {
        lines.Field("Found", $"{ReportWords.Of(model.FoundBy)}, {ReportWords.Time(model.DetectedAt)}");
        if (model.SettledAt is { } settled)
        {
            string tested = model.StartedAt is { } started ? $"{ReportWords.Time(started)} to {ReportWords.Time(settled)} ({ReportWords.Span(settled - started)})" : $"until {ReportWords.Time(settled)}";
            lines.Field("Tested", tested);
        }
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

    /// <summary>A command is printed only where a stranger's branch name cannot become another command.</summary>
    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9:/._~+-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Fetchable();
}
