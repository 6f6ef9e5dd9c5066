namespace Cki;

/// <summary>A tree's page: health, branches, newest runs with what was covered or skipped, and days further back; and the page of one day.</summary>
public static class TreePage
{
    private const int DaysOpen = 31;

    public static string Of(BoardTree tree) => BoardFrame.Page(
        new BoardPlace($"Tree {tree.Tree}", "../", $"{tree.Tree}.json") { Feed = $"{tree.Tree}.xml" }, html => Body(html, tree));

    public static string Of(BoardDay day) => BoardFrame.Page(
        new BoardPlace($"{day.Tree} on {day.Day}", "../../", $"{day.Day}.json"),
        html =>
        {
            using (html.Tag("h1"))
                html.Text("Tree").Text(" ").LinkIn($"../{day.Tree}.html", day.Tree.Value).Text(" ").Text($"on {day.Day}");
            BoardDayCount count = BoardFolding.Count(day);
            html.Element("p", $"{Words(count)}.", "lead");
            if (day.IsCut)
                html.Element("p", $"Only the newest {day.Runs.Count} are listed; each older run still has its page.");
            html.Element("h2", "Runs");
            RunLines.Write(html, day.Runs, "../../");
        });

    private static void Body(HtmlText html, BoardTree tree)
    {
        html.Element("h1", $"Tree {tree.Tree}");
        Health(html, tree.Health);
        html.Element("h2", "Branches");
        if (tree.Branches.Count == 0)
            html.Element("p", "No commit has been tested yet.");
        else
            IndexPage.Branches(html, tree.Branches, "../");
        html.Element("h2", "Newest runs");
        RunLines.Write(html, tree.Newest, "../");
        html.Element("h2", "Day by day");
        Days(html, tree, tree.Days.Take(DaysOpen));
        if (tree.Days.Count <= DaysOpen || html.Length >= BoardFrame.PageMax)
            return;
        using HtmlText.Closing details = html.Tag("details");
        html.Element("summary", $"{tree.Days.Count - DaysOpen} days further back");
        Days(html, tree, tree.Days.Skip(DaysOpen));
    }

    private static void Health(HtmlText html, BoardTreeHealth? health)
    {
        if (health is null)
            return;
        using HtmlText.Closing line = html.Tag("p", "lead");
        BoardFrame.Badge(html, health.IsWell ? "WELL" : "TROUBLE", health.IsWell ? "good" : "odd");
        html.Text(" ").Element("span", Words(health));
    }

    /// <summary>How a tree is heard of, in one line.</summary>
    public static string Words(BoardTreeHealth health)
    {
        string polled = health switch
        {
            { PollFailingSince: { } since } => $"cannot be polled since {ReportWords.Time(since)}: {health.PollError}",
            { PolledAt: { } at } => $"polled at {ReportWords.Time(at)}",
            _ => "not polled yet",
        };
        string hook = health.HookDownSince is { } down ? $"; its webhook is down since {ReportWords.Time(down)}: {health.HookTrouble}" : "";
        string waiting = health.Waiting > 0 ? $"; {ReportWords.Count(health.Waiting, "head waits", "heads wait")} for its turn" : "";
        return SafeText.Line($"{ReportWords.Count(health.Branches, "branch", "branches")} known; {polled}{hook}{waiting}.");
    }

    private static void Days(HtmlText html, BoardTree tree, IEnumerable<BoardDayCount> days)
    {
        using HtmlText.Closing list = html.Tag("ul", "plain");
        foreach (BoardDayCount day in days.TakeWhile(_ => html.Length < BoardFrame.PageMax))
        {
            using HtmlText.Closing item = html.Tag("li");
            html.LinkIn($"{tree.Tree}/{day.Day}.html", day.Day).Text(" ").Element("span", Words(day));
        }
    }

    private static string Words(BoardDayCount day)
    {
        (int Count, string Word)[] parts =
        [
            (day.Passed, "passed"), (day.Failed, "failed"), (day.Infrastructure, "infrastructure"), (day.Undetermined, "undetermined"), (day.Other, "other"),
            (day.Running, "under test"), (day.NotTested, "covered or skipped"),
        ];
        return $"{ReportWords.Count(day.All, "commit", "commits")}: {string.Join(", ", parts.Where(p => p.Count > 0).Select(p => $"{p.Count} {p.Word}"))}";
    }
}
