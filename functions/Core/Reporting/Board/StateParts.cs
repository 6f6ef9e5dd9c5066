using System.Globalization;
using System.Text.RegularExpressions;

namespace Cki;

/// <summary>Checks, channels and trees on the page of what stands.</summary>
public static partial class StateParts
{
    private const int MonthsShown = 3;

    public static void Checks(HtmlText html, IReadOnlyList<CheckState> checks)
    {
        html.Element("h2", "Checks");
        if (checks.Count == 0)
        {
            html.Element("p", "None has looked yet.");
            return;
        }
        BoardFrame.Table(html, "Checks, trouble first", ["check", "status", "since", "last look", "said", "available"], rows =>
        {
            foreach (CheckState check in checks.OrderBy(c => Rank(c.Status)).ThenBy(c => c.Name, StringComparer.Ordinal).TakeWhile(_ => rows.Length < BoardFrame.PageMax / 2))
                Check(rows, check);
        });
    }

    public static void Channels(HtmlText html, BoardStanding state)
    {
        html.Element("h2", "Channels");
        if (state.Channels.Count == 0)
        {
            html.Element("p", "Nothing was sent yet.");
            return;
        }
        BoardFrame.Table(html, "Channels, trouble first", ["channel", "state", "last sent", "failures in a row", "next message", "last error"], rows =>
        {
            foreach (ChannelState channel in state.Channels.OrderByDescending(c => c.FailuresInARow > 0).ThenBy(c => c.Name, StringComparer.Ordinal))
                Channel(rows, channel, state.At);
        });
    }

    public static void Trees(HtmlText html, IReadOnlyList<BoardTreeStanding> trees)
    {
        html.Element("h2", "Trees");
        if (trees.Count == 0)
        {
            html.Element("p", "None is configured.");
            return;
        }
        BoardFrame.Table(html, "How trees are heard of", ["tree", "state", "said"], rows =>
        {
            foreach (BoardTreeStanding tree in trees.OrderBy(t => t.Health is { IsWell: true }).ThenBy(t => t.Tree.Value, StringComparer.Ordinal).TakeWhile(_ => rows.Length < BoardFrame.PageMax))
            {
                using HtmlText.Closing row = rows.Tag("tr");
                rows.Element("th", tree.Tree.Value, null, ("scope", "row"));
                using (rows.Tag("td"))
                    BoardFrame.Badge(rows, tree.Health switch { null => "NEW", { IsWell: true } => "WELL", _ => "TROUBLE" }, tree.Health switch { null => "idle", { IsWell: true } => "good", _ => "odd" });
                rows.Element("td", tree.Health is { } health ? TreePage.Words(health) : "Not looked at yet.");
            }
        });
    }

    public static void Time(HtmlText html, DateTimeOffset? at, string none = "")
    {
        using HtmlText.Closing cell = html.Tag("td");
        if (at is { } known)
            BoardFrame.Time(html, known);
        else
            html.Text(none);
    }

    /// <param name="most">Where counting ended.</param>
    public static string Count(int count, int most = int.MaxValue) => count.ToString(CultureInfo.InvariantCulture) + (count >= most ? " or more" : "");

    /// <summary>What a peer said, without the addresses it named: the board may be public.</summary>
    public static string WithoutAddresses(string? text) => Address().Replace(SafeText.Line(text, 300), "(address)");

    private static void Check(HtmlText html, CheckState check)
    {
        using HtmlText.Closing row = html.Tag("tr");
        using (html.Tag("th", null, ("scope", "row")))
        {
            html.Element("span", SafeText.Line(check.Name, 80));
            html.Element("div", SafeText.Line(check.Kind, 40), "why");
        }
        using (html.Tag("td"))
        {
            string tone = check.Status switch { CheckStatus.Up => "good", CheckStatus.Down => "bad", CheckStatus.Pending => "idle", _ => "odd" };
            BoardFrame.Badge(html, check.Status.ToString().ToUpperInvariant(), tone);
            if (check.Maintenance is { Length: > 0 } window)
                html.Element("div", $"maintenance: {SafeText.Line(window, 60)}", "why");
        }
        Time(html, check.Since);
        Time(html, check.LookedAt);
        html.Element("td", WithoutAddresses(check.Said));
        html.Element("td", Availability(check.Months));
    }

    private static string Availability(IReadOnlyList<MonthOfCheck> months) => string.Join(", ", months.TakeLast(MonthsShown).Reverse().Select(m => string.Create(
        CultureInfo.InvariantCulture, $"{SafeText.Line(m.Month, 10)} {(m.LookedSeconds <= 0 ? 100 : 100 * (1 - (m.DownSeconds / m.LookedSeconds))):0.0##} %")));

    private static void Channel(HtmlText html, ChannelState channel, DateTimeOffset now)
    {
        bool isOpen = channel.OpenUntil > now;
        using HtmlText.Closing row = html.Tag("tr");
        html.Element("th", SafeText.Line(channel.Name, 60), null, ("scope", "row"));
        using (html.Tag("td"))
        {
            (string word, string tone) = (isOpen, channel.FailuresInARow) switch { (true, _) => ("DOWN", "bad"), (_, > 0) => ("FAILING", "odd"), _ => ("WELL", "good") };
            BoardFrame.Badge(html, word, tone);
            if (channel.DownSince is { } down)
                html.Element("div", $"since {ReportWords.Time(down)}", "why");
        }
        Time(html, channel.LastSentAt, "nothing yet");
        html.Element("td", Count(channel.FailuresInARow));
        Time(html, isOpen ? channel.OpenUntil : channel.NextAt > now ? channel.NextAt : null, "any time");
        html.Element("td", channel.FailuresInARow > 0 ? WithoutAddresses(channel.LastError) : "");
    }

    private static int Rank(CheckStatus status) => status switch
    {
        CheckStatus.Down => 0,
        CheckStatus.Degraded => 1,
        CheckStatus.Unknown => 2,
        CheckStatus.Pending => 3,
        _ => 4,
    };

    [GeneratedRegex(@"[^\s<>""',;:()]+@[^\s<>""',;:()]+")]
    private static partial Regex Address();
}
