namespace Cki;

/// <summary>The board's front page: what operators must know, a strip of verdicts per branch, the newest runs.</summary>
public static class IndexPage
{
    /// <summary>Runs on the page and objects read for it.</summary>
    public const int RunsMax = 200;

    private const int StripMax = 20;
    private const int EndedNoticesMax = 5;

    /// <param name="index">Runs newest first.</param>
    public static string Of(BoardIndexed index) => BoardFrame.Page("CKI Serverless", "", html => Body(html, index));

    private static void Body(HtmlText html, BoardIndexed index)
    {
        using (html.Tag("header"))
        {
            html.Element("h1", "CKI Serverless");
            html.Element("p", Summary(index), "lead");
        }
        Notices(html, index.Notices);
        Branches(html, index.Runs);
        Runs(html, index.Runs);
        using HtmlText.Closing footer = html.Tag("footer");
        html.LinkIn("index.json", "This page as JSON");
    }

    private static string Summary(BoardIndexed index)
    {
        int standing = index.Notices.Count(n => n.EndedAt is null);
        string trouble = standing == 0 ? "no trouble standing" : ReportWords.Count(standing, "trouble standing", "troubles standing");
        return $"{ReportWords.Count(index.Runs.Count, "run", "runs")}, {index.Runs.Count(r => r.Verdict is null)} under test, {trouble}.";
    }

    private static void Notices(HtmlText html, IReadOnlyList<NoticeState> notices)
    {
        List<NoticeState> shown =
        [
            .. notices.Where(n => n.EndedAt is null).OrderByDescending(n => n.Since).ThenBy(n => n.Key, StringComparer.Ordinal),
            .. notices.Where(n => n is { EndedAt: not null, Count: > 0 }).OrderByDescending(n => n.EndedAt).ThenBy(n => n.Key, StringComparer.Ordinal).Take(EndedNoticesMax),
        ];
        if (shown.Count == 0)
            return;
        html.Element("h2", "For operators");
        foreach (NoticeState notice in shown)
            Notice(html, notice);
    }

    private static void Notice(HtmlText html, NoticeState notice)
    {
        using HtmlText.Closing box = html.Tag("section", notice.EndedAt is null ? "notice odd" : "notice idle");
        html.Element("h3", notice.Title);
        using (html.Tag("p", "why"))
        {
            html.Text("since ");
            BoardFrame.Time(html.Text(" "), notice.Since);
            if (notice.EndedAt is { } ended)
            {
                html.Text(" ").Text("ended").Text(" ");
                BoardFrame.Time(html, ended);
            }
            html.Element("span", $", seen {ReportWords.Count(notice.Count, "time", "times")}");
        }
        if (notice.EndedAt is not null)
            return;
        foreach (string paragraph in notice.Text.Split('\n', 13).Take(12).Where(p => p.Length > 0))
            html.Element("p", paragraph);
    }

    private static void Branches(HtmlText html, IReadOnlyList<BoardEntry> runs)
    {
        if (runs.Count == 0)
            return;
        html.Element("h2", "Branches");
        using HtmlText.Closing list = html.Tag("ul", "strips");
        foreach (IGrouping<string, BoardEntry> branch in runs.GroupBy(r => $"{r.Tree}/{r.Branch}").OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            using HtmlText.Closing item = html.Tag("li");
            html.Element("span", branch.Key, "name");
            using HtmlText.Closing strip = html.Tag("span", "strip");
            foreach (BoardEntry run in branch.Take(StripMax).Reverse())
                html.Element("a", Letter(run), $"cell {Tone(run)}", ("href", Page(run)), ("title", $"{run.Sha.Short} {Word(run)}"), ("aria-label", $"{run.Sha.Short} {Word(run)}"));
        }
    }

    private static void Runs(HtmlText html, IReadOnlyList<BoardEntry> runs)
    {
        html.Element("h2", "Runs");
        if (runs.Count == 0)
        {
            html.Element("p", "None yet. A commit pushed to a configured tree appears here.");
            return;
        }
        using HtmlText.Closing list = html.Tag("ol", "runs");
        foreach (BoardEntry run in runs.TakeWhile(_ => html.Length < BoardFrame.PageMax))
            Run(html, run);
    }

    private static void Run(HtmlText html, BoardEntry run)
    {
        using HtmlText.Closing item = html.Tag("li");
        BoardFrame.Badge(html, Word(run), Tone(run));
        using (html.Tag("div"))
        {
            html.LinkIn(Page(run), $"{run.Tree}/{run.Branch} {run.Sha.Short}", "name");
            if (run.Title is { Length: > 0 })
                html.Element("div", run.Title);
            using HtmlText.Closing small = html.Tag("div", "why");
            BoardFrame.Time(html, run.DetectedAt);
            html.Element("span", Detail(run));
        }
    }

    private static string Detail(BoardEntry run)
    {
        string lasted = run.SettledAt is { } settled ? $", settled after {ReportWords.Span(settled - run.DetectedAt)}" : "";
        string reruns = run.Reruns > 0 ? $", {ReportWords.Count(run.Reruns, "job run again", "jobs run again")}" : "";
        string holes = run.CellsNotRun > 0 ? $", {ReportWords.Count(run.CellsNotRun, "cell", "cells")} NOT RUN" : "";
        return $"{lasted}{reruns}{holes}{(run.Reason is { Length: > 0 } ? $"; {run.Reason}" : "")}";
    }

    private static string Page(BoardEntry run) => $"runs/{run.Run}.html";

    private static string Word(BoardEntry run) => run.Verdict is { } verdict ? ReportWords.Of(verdict) : "RUNNING";

    private static string Tone(BoardEntry run) => run.Verdict is { } verdict ? BoardFrame.Tone(verdict) : "busy";

    /// <summary>Colour is never the only sign.</summary>
    private static string Letter(BoardEntry run) => Word(run)[..1];
}
