using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cki;

/// <summary>A run's report as a note on its merge request: GitLab's Markdown, in which nothing from outside is anything but code.</summary>
public static class MergeRequestText
{
    /// <summary>GitLab takes a million characters; nobody reads more than this.</summary>
    private const int QuotesUntil = 30_000;

    /// <summary>One note per tree, channel and merge request.</summary>
    public static string IdOf(TreeName tree, string channel) =>
        $"report-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{tree}\n{channel}")))[..16]}";

    /// <summary>Newer heads rank above older ones, later attempts above earlier ones.</summary>
    public static DateTimeOffset RankOf(RunDetection run, int attempt) => run.DetectedAt.AddTicks(attempt);

    public static string Of(ReportModel model)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"**CKI** {Markdown.Code(ReportSubject.What(model.Result))} for {Markdown.Code(model.Sha.Short)}");
        text.Append(model.Title is null ? "" : $" {Markdown.Code(model.Title)}").Append("\n\n");
        Standing(text, model);
        if (model.Result.Reason.Length > 0)
            text.Append(Markdown.Code(model.Result.Reason)).Append("\n\n");
        Matrix(text, model.Result);
        Jobs(text, "Failed", model.Result.Failures);
        Jobs(text, "Failed before this merge request as well", model.Result.Known);
        Jobs(text, "Not blamed on the commit", model.Result.Others);
        Reruns(text, model.Result.Reruns);
        Warnings(text, model.Result.Warnings);
        Links(text, model);
        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void Standing(StringBuilder text, ReportModel model)
    {
        if (model.Phase == ReportPhase.Early)
            text.Append("EARLY: other jobs still run; this note changes when they have ended.\n\n");
        if (model.Correction is not { } wrong)
            return;
        string when = wrong.ReportedAt is { } at ? $" of {ReportWords.Time(at)}" : "";
        text.Append(CultureInfo.InvariantCulture, $"CORRECTION of our report{when}, {Markdown.Code(wrong.Was)}: {Markdown.Code(wrong.Now(model.Result))} ");
        if (wrong.IsPartial)
            text.AppendJoin("", new[] { Part("Withdrawn", wrong.Cleared), Part("Sometimes", wrong.Softened), Part("Still holds", wrong.Standing) });
        text.Append(CultureInfo.InvariantCulture, $"What it was: {Markdown.Code(wrong.WhatItWas)}");
        text.Append(wrong.CheckedBy is null ? "" : $", checked by {Markdown.Code(wrong.CheckedBy)}").Append(".\n\n");
    }

    private static string Part(string word, IReadOnlyList<string> jobs) =>
        jobs.Count == 0 ? "" : $"{word}: {string.Join(", ", jobs.Take(ReportModel.JobsMax).Select(Markdown.Code))}{(jobs.Count > ReportModel.JobsMax ? $" and {jobs.Count - ReportModel.JobsMax} more" : "")}. ";

    private static void Matrix(StringBuilder text, RunResult result)
    {
        IReadOnlyList<string> stages = ResultMatrix.Stages(result.Cells);
        if (stages.Count == 0)
            return;
        text.Append("| |").AppendJoin('|', stages.Select(s => $" {Markdown.Cell(s)} ")).Append("|\n|---|").Insert(text.Length, "---|", stages.Count).Append('\n');
        foreach (string architecture in ResultMatrix.Architectures(result.Cells))
        {
            string name = architecture == ResultMatrix.NoArchitecture ? "any" : Markdown.Cell(architecture);
            text.Append(CultureInfo.InvariantCulture, $"| {name} |");
            foreach (string stage in stages)
                text.Append(CultureInfo.InvariantCulture, $" {Cell(result.Cells.FirstOrDefault(c => c.Architecture == architecture && c.Stage == stage))} |");
            text.Append('\n');
        }
        text.Append('\n');
    }

    private static string Cell(ResultCell? cell)
    {
        if (cell is null)
            return "";
        string why = string.IsNullOrEmpty(cell.Why) ? "" : $" {Markdown.Cell(cell.Why)}";
        string count = string.Create(CultureInfo.InvariantCulture, $"{cell.JobsPassed} of {cell.JobsTotal}");
        return cell.Result switch
        {
            CellResult.Pass => count,
            CellResult.NotRun => $"NOT RUN{why}",
            _ => $"{count} {cell.Result.ToString().ToUpperInvariant()}{why}",
        };
    }

    private static void Jobs(StringBuilder text, string title, IReadOnlyList<FailedJob> jobs)
    {
        if (jobs.Count == 0)
            return;
        text.Append(CultureInfo.InvariantCulture, $"{title}:\n\n");
        foreach (FailedJob job in jobs.Take(ReportModel.JobsMax))
        {
            text.Append(CultureInfo.InvariantCulture, $"- {Markdown.Link(Markdown.Code(job.Name), job.WebUrl)}");
            text.Append(job.Reason.Length > 0 ? $": {Markdown.Code(job.Reason)}" : "").Append('\n');
            if (job.Lines.Count > 0 && text.Length < QuotesUntil)
                text.Append('\n').Append(Indented(Markdown.Block(job.Lines))).Append('\n');
        }
        if (jobs.Count > ReportModel.JobsMax)
            text.Append(CultureInfo.InvariantCulture, $"- and {jobs.Count - ReportModel.JobsMax} more, see the pipeline\n");
        text.Append('\n');
    }

    // Two blanks keep the block within its item of the list.
    private static string Indented(string block) => $"  {block.Replace("\n", "\n  ", StringComparison.Ordinal)}";

    private static void Reruns(StringBuilder text, IReadOnlyList<RerunJob> reruns)
    {
        if (reruns.Count == 0)
            return;
        text.Append("Run again:\n\n");
        foreach (RerunJob rerun in reruns.Take(ReportModel.JobsMax))
            text.Append(CultureInfo.InvariantCulture, $"- {Markdown.Code(rerun.Name)}, {Markdown.Code(rerun.Reason)}, outcome {Markdown.Code(rerun.Outcome)}\n");
        if (reruns.Count > ReportModel.JobsMax)
            text.Append(CultureInfo.InvariantCulture, $"- and {reruns.Count - ReportModel.JobsMax} more\n");
        text.Append('\n');
    }

    private static void Warnings(StringBuilder text, IReadOnlyList<string> warnings)
    {
        if (warnings.Count == 0)
            return;
        text.Append("Warnings:\n\n");
        foreach (string warning in warnings.Take(ReportModel.JobsMax))
            text.Append(CultureInfo.InvariantCulture, $"- {Markdown.Code(warning)}\n");
        if (warnings.Count > ReportModel.JobsMax)
            text.Append(CultureInfo.InvariantCulture, $"- and {warnings.Count - ReportModel.JobsMax} more\n");
        text.Append('\n');
    }

    private static void Links(StringBuilder text, ReportModel model)
    {
        string[] links = [.. new[] { (Text: "pipeline", Url: model.PipelineUrl), (Text: "details", Url: model.BoardUrl) }.Where(l => l.Url is not null).Select(l => Markdown.Link(l.Text, l.Url))];
        string when = model.SettledAt is { } settled ? $"Tested until {ReportWords.Time(settled)}" : $"Found {ReportWords.Time(model.DetectedAt)}";
        text.AppendJoin(", ", links.Prepend(when)).Append(CultureInfo.InvariantCulture, $". Run {Markdown.Code(model.Run.Value)}, attempt {model.Attempt}.\n");
    }
}
