using System.Globalization;

namespace Cki;

/// <summary>The share of runs that ended without a word on the commit, day by day: ours (infrastructure) and unexplained (undetermined).</summary>
public static class HistoryPage
{
    private const int Height = 180;
    private const int Base = 160;
    private const int Room = 140;

    public static string Of(BoardHistory history) => BoardFrame.Page(
        new BoardPlace("History", "", "history.json") { Current = "history.html" },
        html =>
        {
            html.Element("h1", "Infrastructure and undetermined, day by day");
            html.Element("p", "The share of the runs detected on a day that ended without a word on the commit. Days without a settled run are empty.", "lead");
            BoardDayCount[] all = ByDay(history.Days, null);
            if (all.Length == 0)
            {
                html.Element("p", "No run has been detected yet.");
                return;
            }
            html.Element("h2", "All trees");
            Picture(html, all, "all");
            Table(html, "Runs of all trees by day", all);
            html.Element("h2", "By tree");
            TreeRows(html, history.Days);
        });

    /// <summary>Oldest first; days without any run are left out.</summary>
    private static BoardDayCount[] ByDay(IReadOnlyList<BoardDayCount> days, TreeName? tree) =>
    [
        .. days.Where(d => tree is null || d.Tree == tree).GroupBy(d => d.Day).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => Sum(tree ?? g.First().Tree, g.Key, [.. g])),
    ];

    private static BoardDayCount Sum(TreeName tree, string day, BoardDayCount[] of) => new(
        tree, day, of.Sum(d => d.Passed), of.Sum(d => d.Failed), of.Sum(d => d.Infrastructure), of.Sum(d => d.Undetermined), of.Sum(d => d.Other), of.Sum(d => d.Running),
        of.Sum(d => d.NotTested));

    private static void Picture(HtmlText html, BoardDayCount[] days, string id)
    {
        double most = days.Max(d => Share(d, d.Infrastructure + d.Undetermined));
        double scale = most <= 0.1 ? 0.1 : most <= 0.25 ? 0.25 : most <= 0.5 ? 0.5 : 1;
        using HtmlText.Closing figure = html.Tag("figure");
        using (html.Tag(
            "svg", "picture", ("role", "img"), ("aria-labelledby", $"{id}-title {id}-text"), ("width", "100%"), ("height", Text(Height))))
        {
            html.Element("title", "Share of runs that ended as infrastructure or undetermined, by day", null, ("id", $"{id}-title"));
            html.Element("desc", $"{days.Length} days from {days[0].Day} to {days[^1].Day}; the worst day has {Percent(most)}. The numbers are in the table below.", null, ("id", $"{id}-text"));
            Line(html, scale);
            Line(html, scale / 2, scale);
            for (int i = 0; i < days.Length; i++)
                Column(html, days[i], scale, (i, days.Length));
            html.Element("text", days[0].Day, null, ("x", "0"), ("y", Text(Height - 4)));
            html.Element("text", days[^1].Day, null, ("x", "100%"), ("y", Text(Height - 4)), ("text-anchor", "end"));
        }
        using HtmlText.Closing caption = html.Tag("figcaption");
        html.Element("span", "", "key odd").Text(" ").Text("infrastructure").Text(" ").Element("span", "", "key idle").Text(" ").Text("undetermined");
    }

    private static void Line(HtmlText html, double share, double? scale = null)
    {
        string y = Text(Base - (Room * share / (scale ?? share)));
        html.Element("line", null, "grid", ("x1", "0"), ("x2", "100%"), ("y1", y), ("y2", y));
        html.Element("text", Percent(share), null, ("x", "0"), ("y", Text(double.Parse(y, CultureInfo.InvariantCulture) - 4)));
    }

    private static void Column(HtmlText html, BoardDayCount day, double scale, (int At, int Of) place)
    {
        double ours = Room * Share(day, day.Infrastructure) / scale;
        double unknown = Room * Share(day, day.Undetermined) / scale;
        double slot = 1.0 / place.Of;
        string x = BoardFrame.Percent((place.At + 0.15) * slot);
        string width = BoardFrame.Percent(Math.Min(0.7 * slot, 0.05));
        html.Element("rect", null, "base", ("x", x), ("width", width), ("y", Text(Base)), ("height", "2"));
        if (ours > 0)
            html.Element("rect", null, "odd", ("x", x), ("width", width), ("y", Text(Base - ours)), ("height", Text(ours)));
        if (unknown > 0)
            html.Element("rect", null, "idle", ("x", x), ("width", width), ("y", Text(Base - ours - unknown)), ("height", Text(unknown)));
    }

    private static void Table(HtmlText html, string caption, BoardDayCount[] days)
    {
        using HtmlText.Closing details = html.Tag("details");
        html.Element("summary", "The numbers");
        BoardFrame.Table(html, caption, ["day", "passed", "failed", "infrastructure", "undetermined", "other", "running", "not tested"], rows =>
        {
            foreach (BoardDayCount day in days.Reverse())
                Row(rows, day.Day, [day.Passed, day.Failed, day.Infrastructure, day.Undetermined, day.Other, day.Running, day.NotTested]);
        });
    }

    private static void TreeRows(HtmlText html, IReadOnlyList<BoardDayCount> days) =>
        BoardFrame.Table(html, "All the days shown, by tree", ["tree", "settled", "passed", "failed", "infrastructure", "undetermined", "share of both"], rows =>
        {
            foreach (IGrouping<TreeName, BoardDayCount> tree in days.GroupBy(d => d.Tree).OrderBy(g => g.Key.Value, StringComparer.Ordinal).TakeWhile(_ => html.Length < BoardFrame.PageMax))
            {
                BoardDayCount sum = Sum(tree.Key, "", [.. tree]);
                using HtmlText.Closing row = rows.Tag("tr");
                using (rows.Tag("th", null, ("scope", "row")))
                    rows.LinkIn($"trees/{tree.Key}.html", tree.Key.Value);
                foreach (int count in new[] { sum.Settled, sum.Passed, sum.Failed, sum.Infrastructure, sum.Undetermined })
                    rows.Element("td", count.ToString(CultureInfo.InvariantCulture));
                rows.Element("td", Percent(Share(sum, sum.Infrastructure + sum.Undetermined)));
            }
        });

    private static void Row(HtmlText html, string head, int[] cells)
    {
        using HtmlText.Closing row = html.Tag("tr");
        html.Element("th", head, null, ("scope", "row"));
        foreach (int cell in cells)
            html.Element("td", cell.ToString(CultureInfo.InvariantCulture));
    }

    private static double Share(BoardDayCount day, int of) => day.Settled == 0 ? 0 : (double)of / day.Settled;

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");

    private static string Text(double pixels) => pixels.ToString("0.#", CultureInfo.InvariantCulture);
}
