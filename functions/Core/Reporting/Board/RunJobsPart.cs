namespace Cki;

/// <summary>The herder's view of the jobs on a run's page: every attempt, what was decided about it and why.</summary>
public static class RunJobsPart
{
    private const int JobsMax = 200;

    public static void Write(HtmlText html, BoardRun run)
    {
        List<JobRecord> jobs = [.. run.Jobs.Where(IsTold)];
        if (jobs.Count == 0)
            return;
        html.Element("h2", "Jobs the herder looked at");
        int shown = 0;
        foreach (JobRecord job in jobs.Take(JobsMax).TakeWhile(_ => html.Length < BoardFrame.PageMax * 9 / 10))
        {
            Job(html, job);
            shown++;
        }
        if (shown < jobs.Count)
            html.Element("p", $"and {jobs.Count - shown} more, see the JSON.");
    }

    /// <summary>Something happened to it beside passing.</summary>
    public static bool IsTold(JobRecord job) => job.Attempts.Any(IsTold);

    private static bool IsTold(JobAttempt attempt) => attempt.Decision.Finding != JobFinding.Passed || attempt.Decision.Act != HerdAct.Leave;

    private static void Job(HtmlText html, JobRecord job)
    {
        using HtmlText.Closing box = html.Tag("div", "job");
        using (html.Tag("h3"))
        {
            html.Text(SafeText.Line(job.Name, 120)).Text(" ").Element("small", SafeText.Line(job.Stage, 30));
            if (job.AllowFailure)
                html.Text(" ").Element("small", "may fail");
        }
        using HtmlText.Closing list = html.Tag("ol", "attempts");
        foreach (JobAttempt attempt in job.Attempts.TakeLast(20))
            Attempt(html, job, attempt);
    }

    private static void Attempt(HtmlText html, JobRecord job, JobAttempt attempt)
    {
        using HtmlText.Closing item = html.Tag("li", HerdWords.Tone(attempt.Decision));
        html.LinkOut(attempt.WebUrl, $"job {attempt.JobId}").Text(" ");
        string how = attempt.FailureReason is { Length: > 0 } reason ? $"{attempt.Status} ({reason})" : attempt.Status;
        string where = attempt.Runner is { Length: > 0 } runner ? $" on {runner}" : "";
        html.Element("span", SafeText.Line($"{how}{where}: ", 160)).Text(" ").Element("b", HerdWords.Of(attempt.Decision));
        using (html.Tag("p"))
        {
            string kind = attempt.Decision.Class is { Length: > 0 } named ? $", class {named}" : "";
            html.Text(attempt.Decision.Reason).Text(" ").Element("small", $"(ended in {attempt.Decision.Section}{kind})");
        }
        if (attempt.Decision.Quote.Count > 0 && html.Length < BoardFrame.PageMax)
            html.Quote(SafeText.Lines(attempt.Decision.Quote, ReportModel.QuoteMax));
        if (job.RetryOf(attempt.JobId) is { } retry)
            html.Element("p", Retry(retry), "why");
    }

    private static string Retry(JobRetry retry) => retry.State switch
    {
        RetryState.Done => $"Run again as job {retry.NewJobId}.",
        RetryState.Dropped => $"Not run again after all: {retry.Outcome}",
        _ => $"To be run again at {ReportWords.Second(retry.DueAt)}.",
    };
}
