namespace Cki;

/// <summary>The result on a run's page: matrix, what failed with its lines, new or known, what was run again, findings in what passed, warnings.</summary>
public static class RunResultPart
{
    private const int JobsMax = 100;

    /// <param name="result">Cleaned, see <see cref="ReportModel.Clean(RunResult)"/>.</param>
    public static void Write(HtmlText html, RunResult result)
    {
        html.Element("h2", "Result");
        if (result.Cells.Count == 0)
            html.Element("p", "NOT RUN: no job has a result.");
        else
            Matrix(html, result.Cells);
        Jobs(html, "Fails", result.Failures);
        Jobs(html, "Known failures: not new with this commit", result.Known);
        Jobs(html, ReportRoute.IsForDevelopers(result.Verdict) ? "Failed, not blamed on the commit" : "Failed, unexplained or ours", result.Others);
        Reruns(html, result.Reruns);
        PassedWith(html, result.PassedWith);
        Warnings(html, result.Warnings);
    }

    private static void Matrix(HtmlText html, IReadOnlyList<ResultCell> cells)
    {
        IReadOnlyList<string> stages = ResultMatrix.Stages(cells);
        BoardFrame.Table(html, "Jobs passed, by architecture and stage", ["architecture", .. stages], rows =>
        {
            foreach (string architecture in ResultMatrix.Architectures(cells))
                Row(rows, architecture, [.. stages.Select(s => cells.FirstOrDefault(c => c.Architecture == architecture && c.Stage == s))]);
        }, "matrix");
    }

    private static void Row(HtmlText html, string architecture, IReadOnlyList<ResultCell?> cells)
    {
        using HtmlText.Closing row = html.Tag("tr");
        html.Element("th", architecture == ResultMatrix.NoArchitecture ? "any" : architecture, null, ("scope", "row"));
        foreach (ResultCell? cell in cells)
            Cell(html, cell);
    }

    private static void Cell(HtmlText html, ResultCell? cell)
    {
        if (cell is null)
        {
            // The pipeline has no such job: neither a pass nor a hole.
            html.Element("td", "", "none");
            return;
        }
        using HtmlText.Closing td = html.Tag("td", BoardFrame.Tone(cell.Result));
        string word = cell.Result == CellResult.NotRun ? "NOT RUN" : $"{cell.Result.ToString().ToUpperInvariant()} {cell.JobsPassed}/{cell.JobsTotal}";
        html.Element("strong", word);
        if (cell.Why is not null)
            html.Element("div", cell.Why, "why");
    }

    private static void Jobs(HtmlText html, string heading, IReadOnlyList<FailedJob> jobs)
    {
        if (jobs.Count == 0)
            return;
        html.Element("h3", heading);
        foreach (FailedJob job in jobs.Take(JobsMax))
        {
            using HtmlText.Closing box = html.Tag("div", "job");
            using (html.Tag("h4"))
            {
                html.LinkOut(job.WebUrl, job.Name).Text(" ").Element("small", job.Stage.Length == 0 ? $"job {job.JobId}" : $"{job.Stage}, job {job.JobId}");
            }
            if (job.Reason.Length > 0)
                html.Element("p", job.Reason);
            if (Standing(job) is { Length: > 0 } standing)
                html.Element("p", standing, "why");
            if (job.Lines.Count > 0 && html.Length < BoardFrame.PageMax)
                html.Quote(job.Lines);
        }
        if (jobs.Count > JobsMax)
            html.Element("p", $"and {jobs.Count - JobsMax} more, see the JSON.");
    }

    /// <summary>How it compares with what was before and with its own other attempts; empty where nothing is known.</summary>
    private static string Standing(FailedJob job)
    {
        string? known = job.Known is { } before ? $"Also on {before.Where}, since {ReportWords.Time(before.Since)}." : null;
        string? parent = job.Parent is { } compared ? $"Compared: {compared.Told}." : null;
        string? sometimes = job.PassedLater ? $"Failed {job.FailedAttempts} of {job.Attempts} attempts, the latest passed: it fails sometimes." : null;
        string how = string.Join(", ", new[] { job.Build?.Config, job.Build?.Compiler, job.Runners.Count == 0 ? null : $"on {string.Join(", ", job.Runners)}" }.OfType<string>());
        return string.Join(' ', new[] { parent, known, sometimes, how.Length == 0 ? null : $"With {how}." }.OfType<string>());
    }

    private static void PassedWith(HtmlText html, IReadOnlyList<PassedWithWarning> findings)
    {
        if (findings.Count == 0)
            return;
        html.Element("h3", "Findings in jobs that passed");
        using HtmlText.Closing list = html.Tag("ul");
        foreach (PassedWithWarning finding in findings)
        {
            using HtmlText.Closing item = html.Tag("li");
            html.LinkOut(finding.WebUrl, finding.Job).Text(" ").Element("span", $"{finding.Name}: {finding.Line}")
                .Text(" ").Element("small", finding.Parent?.Told ?? "not compared");
        }
    }

    private static void Reruns(HtmlText html, IReadOnlyList<RerunJob> reruns)
    {
        if (reruns.Count == 0)
            return;
        html.Element("h3", "Run again");
        using HtmlText.Closing list = html.Tag("ul");
        foreach (RerunJob rerun in reruns.Take(JobsMax))
        {
            using HtmlText.Closing item = html.Tag("li");
            html.Element("b", rerun.Name).Text(" ").Element("span", $"(job {rerun.FirstJobId} to {rerun.LastJobId}), {rerun.Matcher}{(rerun.At is { } at ? $", {ReportWords.Time(at)}" : "")}{(rerun.Section is null ? "" : $", ended in {rerun.Section}")}: {rerun.Reason.TrimEnd('.')}; outcome: {rerun.Outcome}");
        }
    }

    private static void Warnings(HtmlText html, IReadOnlyList<string> warnings)
    {
        if (warnings.Count == 0)
            return;
        html.Element("h3", "Warnings");
        using HtmlText.Closing list = html.Tag("ul");
        foreach (string warning in warnings)
            html.Element("li", warning);
    }
}
