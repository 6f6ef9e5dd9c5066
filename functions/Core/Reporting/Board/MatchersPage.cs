using System.Globalization;

namespace Cki;

/// <summary>Matchers' records: what their retries came to, and what they cost.</summary>
public static class MatchersPage
{
    public static string Of(BoardMatchers matchers) => BoardFrame.Page(
        new BoardPlace("Matchers", "", "matchers.json") { Current = "matchers.html" },
        html =>
        {
            html.Element("h1", "Matchers' records");
            using (html.Tag("p", "lead"))
            {
                html.Text($"Retries of the last {BoardMatchers.DaysShown} days outside of outages, counted the day after. Looked at").Text(" ");
                BoardFrame.Time(html, matchers.At);
            }
            if (matchers.IsCut)
                html.Element("p", "More days have records than are read here: the newest were.");
            if (matchers.Matchers.Count == 0)
                html.Element("p", "No matchers are configured.");
            else
                Table(html, matchers.Matchers);
        });

    private static void Table(HtmlText html, IReadOnlyList<BoardMatcher> matchers) =>
        BoardFrame.Table(
            html,
            "Matchers, in the order of their retries",
            ["matcher", "mode", "retries", "rescued", "same again", "other trouble", "real failure", "set aside", "machine hours"],
            rows =>
            {
                foreach (BoardMatcher matcher in matchers.OrderByDescending(m => m.Row?.Counted ?? -1).ThenBy(m => m.Name, StringComparer.Ordinal).TakeWhile(_ => rows.Length < BoardFrame.PageMax))
                    Row(rows, matcher);
            });

    private static void Row(HtmlText html, BoardMatcher matcher)
    {
        using HtmlText.Closing row = html.Tag("tr");
        using (html.Tag("th", null, ("scope", "row")))
        {
            html.Element("span", SafeText.Line(matcher.Name, 80));
            html.Element("div", SafeText.Line(matcher.Description, 120), "why");
        }
        string tone = matcher.Mode switch { "live" => "good", "demoted" => "odd", _ => "idle" };
        using (html.Tag("td"))
            BoardFrame.Badge(html, matcher.Mode, tone);
        if (matcher.Row is not { } r)
        {
            html.Element("td", matcher.Action == "retry" ? "none" : $"none, it says {matcher.Action}", null, ("colspan", "7"));
            return;
        }
        string rescued = r.Counted == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{r.Rescued} ({100.0 * r.Rescued / r.Counted:0} %)");
        foreach (string cell in (string[])[Text(r.Counted), rescued, Text(r.SameAgain), Text(r.OtherTrouble), Text(r.RealFailure), Text(r.SetAside)])
            html.Element("td", cell);
        html.Element("td", (r.MachineSeconds / 3600).ToString("0.0", CultureInfo.InvariantCulture));
    }

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);
}
