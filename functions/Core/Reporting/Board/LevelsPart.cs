using System.Globalization;

namespace Cki;

/// <summary>The table of service levels on the front page: each state is a word, its colour says the same.</summary>
public static class LevelsPart
{
    public static void Write(HtmlText html, BoardLevels? levels)
    {
        if (levels is null)
            return;
        html.Element("h2", "Service levels");
        BoardFrame.Table(html, $"Runs of all trees that were detected from {levels.Since} to {levels.Until}", ["level", "aim", "last 7 days", "last 28 days"], rows =>
        {
            foreach (BoardLevel level in levels.Levels)
                Row(rows, level);
        });
    }

    private static void Row(HtmlText html, BoardLevel level)
    {
        (string name, bool countsKept) = Named(level.Name);
        using HtmlText.Closing row = html.Tag("tr");
        html.Element("th", name, null, ("scope", "row"));
        html.Element("td", Aim(level, countsKept));
        foreach (LevelShare share in (LevelShare[])[level.Days7, level.Days28])
        {
            using HtmlText.Closing cell = html.Tag("td");
            (string word, string tone) = share.State switch { LevelState.Kept => ("KEPT", "good"), LevelState.Missed => ("MISSED", "bad"), _ => ("NO RUNS", "idle") };
            BoardFrame.Badge(html, word, tone);
            if (share.Of > 0)
                html.Element("div", Counted(share, countsKept), "why");
        }
    }

    /// <summary>Its name, and whether people count what kept it or what did not.</summary>
    private static (string Name, bool CountsKept) Named(string level) => level switch
    {
        "detection" => ($"commit detected within {Words(ServiceLevels.DetectionWithin)}", true),
        "pipeline" => ($"pipeline started within {Words(ServiceLevels.PipelineWithin)}", true),
        "verdict" => ($"verdict within {Words(ServiceLevels.VerdictWithin)}", true),
        "report" => ($"verdict reported within {Words(ServiceLevels.ReportWithin)}", true),
        "false-blame" => ("failures taken back", false),
        "unexplained" => ("infrastructure, undetermined, configuration", false),
        _ => (SafeText.Line(level, 60), false),
    };

    private static string Aim(BoardLevel level, bool countsKept)
    {
        if (countsKept)
            return $"{Percent(1 - level.MissedMost)} at least";
        return level.MissedMost == 0 ? "none" : $"{Percent(level.MissedMost)} at most";
    }

    private static string Counted(LevelShare share, bool countsKept)
    {
        int counted = countsKept ? share.Of - share.Missed : share.Missed;
        return string.Create(CultureInfo.InvariantCulture, $"{counted} of {share.Of} ({Percent((double)counted / share.Of)})");
    }

    private static string Words(TimeSpan time) => time.TotalHours >= 1 ? $"{(int)time.TotalHours} hours" : $"{(int)time.TotalMinutes} minutes";

    /// <summary>Rounded down, so that 100 % means all.</summary>
    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor((share * 1000) + 1e-6) / 10:0.#} %");
}
