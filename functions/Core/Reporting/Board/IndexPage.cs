namespace Cki;

/// <summary>The board's front page: what operators must know, each tree's branches with a strip of verdicts, the newest runs.</summary>
public static class IndexPage
{
    /// <summary>Strips stop here, in bytes: names go on, and room is left for the runs.</summary>
    private const int StripsUntil = BoardFrame.PageMax / 2;

    public static string Of(BoardIndexed index) =>
        BoardFrame.Page(new BoardPlace("Board", "", "index.json") { Current = "index.html" }, html => Body(html, index));

    private static void Body(HtmlText html, BoardIndexed index)
    {
        html.Element("h1", "CKI Serverless");
        html.Element("p", Summary(index), "lead");
        Notices(html, index.Notices);
        Trees(html, index.Trees);
        LevelsPart.Write(html, index.Levels);
        html.Element("h2", "Newest runs");
        if (index.Runs.Count == 0)
            html.Element("p", "None yet. A commit pushed to a configured tree appears here.");
        else
            RunLines.Write(html, index.Runs, "", withTree: true);
    }

    private static string Summary(BoardIndexed index)
    {
        int standing = index.Notices.Count(n => n.EndedAt is null);
        string trouble = standing == 0 ? "no trouble standing" : ReportWords.Count(standing, "trouble standing", "troubles standing");
        int running = index.Trees.SelectMany(t => t.Branches).SelectMany(b => b.Marks).Count(m => m.Verdict is null);
        return $"{ReportWords.Count(index.Trees.Count, "tree", "trees")}, {ReportWords.Count(running, "run", "runs")} of those below under test, {trouble}.";
    }

    private static void Notices(HtmlText html, IReadOnlyList<NoticeState> notices)
    {
        if (notices.Count == 0)
            return;
        html.Element("h2", "For operators");
        foreach (NoticeState notice in notices.TakeWhile(_ => html.Length < StripsUntil / 2))
            Notice(html, notice);
    }

    private static void Notice(HtmlText html, NoticeState notice)
    {
        using HtmlText.Closing box = html.Tag("div", notice.EndedAt is null ? "notice odd" : "notice idle");
        html.Element("h3", notice.Title);
        using (html.Tag("p", "why"))
        {
            html.Text("since").Text(" ");
            BoardFrame.Time(html, notice.Since);
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

    private static void Trees(HtmlText html, IReadOnlyList<BoardTreeLine> trees)
    {
        if (trees.Count == 0)
            return;
        html.Element("h2", "Trees");
        foreach (BoardTreeLine tree in trees.TakeWhile(_ => html.Length < StripsUntil + (StripsUntil / 2)))
        {
            using HtmlText.Closing box = html.Tag("div", "tree");
            using (html.Tag("h3"))
                html.LinkIn($"trees/{tree.Tree}.html", tree.Tree.Value);
            if (tree.Branches.Count == 0 || html.Length >= StripsUntil)
                continue;
            Branches(html, tree.Branches, "");
        }
    }

    /// <param name="root">Path to the board's root.</param>
    public static void Branches(HtmlText html, IReadOnlyList<BoardBranch> branches, string root)
    {
        using HtmlText.Closing list = html.Tag("ul", "strips");
        foreach (BoardBranch branch in branches.TakeWhile(_ => html.Length < BoardFrame.PageMax * 3 / 4))
        {
            using HtmlText.Closing item = html.Tag("li");
            html.Element("span", branch.Name, "name").Text(" ");
            RunLines.Strip(html, branch.Marks, root);
        }
    }
}
