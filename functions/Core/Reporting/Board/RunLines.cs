namespace Cki;

/// <summary>Runs as lines and as strips of verdicts: front page, trees' pages, days' pages.</summary>
public static class RunLines
{
    /// <summary>Newest first, as given. False: not all fit.</summary>
    /// <param name="root">Path to the board's root.</param>
    /// <param name="withTree">Lines name the tree.</param>
    public static bool Write(HtmlText html, IReadOnlyList<BoardEntry> runs, string root, bool withTree = false)
    {
        int shown = 0;
        using (html.Tag("ol", "runs"))
        {
            foreach (BoardEntry run in runs.TakeWhile(_ => html.Length < BoardFrame.PageMax))
            {
                Run(html, run, root, withTree);
                shown++;
            }
        }
        if (shown < runs.Count)
            html.Element("p", $"and {runs.Count - shown} more, see the JSON.");
        return shown == runs.Count;
    }

    /// <summary>The oldest left, as one reads.</summary>
    public static void Strip(HtmlText html, IReadOnlyList<BoardMark> marks, string root)
    {
        using HtmlText.Closing strip = html.Tag("span", "strip");
        foreach (BoardMark mark in marks.Reverse())
        {
            string word = mark.Verdict is { } verdict ? ReportWords.Of(verdict) : "RUNNING";
            string said = $"{mark.Sha.Short} {word}";
            html.Element(
                "a", word[..1], $"cell {(mark.Verdict is { } of ? BoardFrame.Tone(of) : "busy")}", ("href", $"{root}runs/{mark.Run}.html"), ("title", said), ("aria-label", said));
        }
    }

    public static string Word(BoardEntry run) => run switch
    {
        { Verdict: { } verdict } => ReportWords.Of(verdict),
        { IsTested: false, State: { } state } => state.ToString().ToUpperInvariant(),
        { Attempts: 0 } => "STARTING",
        _ => "RUNNING",
    };

    public static string Tone(BoardEntry run) => run switch
    {
        { Verdict: { } verdict } => BoardFrame.Tone(verdict),
        { IsTested: false } => "idle",
        _ => "busy",
    };

    private static void Run(HtmlText html, BoardEntry run, string root, bool withTree)
    {
        using HtmlText.Closing item = html.Tag("li");
        BoardFrame.Badge(html, Word(run), Tone(run));
        using (html.Tag("div"))
        {
            html.LinkIn($"{root}runs/{run.Run}.html", $"{(withTree ? $"{run.Tree}/" : "")}{run.Branch} {run.Sha.Short}", "name");
            if (run.Title is { Length: > 0 })
                html.Element("div", run.Title);
            using HtmlText.Closing small = html.Tag("div", "why");
            BoardFrame.Time(html, run.DetectedAt);
            html.Element("span", Detail(run));
            if (run.CoveredBy is { } by)
                html.Text(" ").LinkIn($"{root}runs/{by}.html", "the run that stands for it");
        }
    }

    private static string Detail(BoardEntry run)
    {
        string lasted = run.SettledAt is { } settled ? $", settled after {ReportWords.Span(settled - run.DetectedAt)}" : "";
        string covers = run.Covers > 0 ? $", stands for {ReportWords.Count(run.Covers, "earlier commit", "earlier commits")}" : "";
        string reruns = run.Reruns > 0 ? $", {ReportWords.Count(run.Reruns, "job run again", "jobs run again")}" : "";
        string holes = run.CellsNotRun > 0 ? $", {ReportWords.Count(run.CellsNotRun, "cell", "cells")} NOT RUN" : "";
        return $"{lasted}{covers}{reruns}{holes}{(run.Reason is { Length: > 0 } ? $"; {run.Reason}" : "")}";
    }
}
