namespace Cki;

/// <summary>What stands for operators: pauses, outages, checks, channels, dead letters, trees, mutes.</summary>
public static class StatePage
{
    public static string Of(BoardStanding state) => BoardFrame.Page(
        new BoardPlace("State", "", "state.json") { Current = "state.html" },
        html =>
        {
            html.Element("h1", "State");
            using (html.Tag("p", "lead"))
            {
                html.Text("Looked at").Text(" ");
                BoardFrame.Time(html, state.At);
            }
            Pauses(html, state);
            Outages(html, state);
            StateParts.Checks(html, state.Checks);
            StateParts.Channels(html, state);
            Dead(html, state.DeadLetters);
            StateParts.Trees(html, state.Trees);
            Mutes(html, state.Mutes);
        });

    private static void Pauses(HtmlText html, BoardStanding state)
    {
        html.Element("h2", "Pauses");
        Switch[] standing = [.. state.Pauses.Where(p => p.Until is null || p.Until > state.At)];
        if (standing.Length == 0)
            html.Element("p", "Nothing is paused.");
        else
            BoardFrame.Table(html, "What operators hold", ["what", "since", "until", "by", "reason"], rows =>
            {
                foreach (Switch pause in standing)
                {
                    using HtmlText.Closing row = rows.Tag("tr");
                    rows.Element("th", SafeText.Line(pause.What, 80), null, ("scope", "row"));
                    Time(rows, pause.Since);
                    Time(rows, pause.Until, "until resumed");
                    rows.Element("td", SafeText.Line(pause.By, 60));
                    rows.Element("td", SafeText.Line(pause.Reason, 200));
                }
            });
    }

    private static void Outages(HtmlText html, BoardStanding state)
    {
        html.Element("h2", "Outages");
        if (state.Outages.Count == 0)
        {
            html.Element("p", "No failure class was ever in outage.");
            return;
        }
        BoardFrame.Table(html, "Failure classes, those in outage first", ["class", "state", "since", "jobs held", "pipelines hit", "probes", "next probe", "outages before"], rows =>
        {
            foreach (BoardOutage outage in state.Outages.OrderByDescending(o => o.State.Holds).ThenBy(o => o.State.Class, StringComparer.Ordinal))
                Outage(rows, outage);
        });
    }

    private static void Outage(HtmlText html, BoardOutage outage)
    {
        OutageState s = outage.State;
        using HtmlText.Closing row = html.Tag("tr");
        html.Element("th", SafeText.Line(s.Class, 60), null, ("scope", "row"));
        using (html.Tag("td"))
        {
            (string word, string tone) = s.Phase switch { OutagePhase.Open => ("HELD", "bad"), OutagePhase.HalfOpen => ("PROBING", "odd"), _ => ("WELL", "good") };
            BoardFrame.Badge(html, word, tone);
            string by = s.By is { } person ? $"by {person}" : "";
            html.Element("div", SafeText.Line($"{by}{(by.Length > 0 && s.Reason is not null ? ": " : "")}{s.Reason}", 200), "why");
        }
        Time(html, s.Holds ? s.OpenedAt ?? s.Since : s.ClosedAt);
        html.Element("td", StateParts.Count(outage.Held, BoardOutage.HeldMax));
        html.Element("td", StateParts.Count(s.Pipelines));
        html.Element("td", StateParts.Count(s.Probes));
        Time(html, s.Holds ? s.NextProbeAt : null);
        string last = s.Past.Count > 0 ? $"{s.Past.Count}, the last from {ReportWords.Time(s.Past[^1].From)} for {ReportWords.Span(s.Past[^1].To - s.Past[^1].From)}" : "none";
        html.Element("td", last);
    }

    private static void Dead(HtmlText html, IReadOnlyList<BoardDead> dead)
    {
        html.Element("h2", "Dead letters");
        BoardDead[] some = [.. dead.Where(d => d.Count > 0)];
        if (some.Length == 0)
        {
            html.Element("p", "None.");
            return;
        }
        html.Element("p", $"Filed: {string.Join(", ", some.Select(d => $"{StateParts.Count(d.Count, BoardDead.CountMax)} of {d.Queue}"))}. They are returned by themselves; 'cki dead list' shows them.");
    }

    private static void Mutes(HtmlText html, IReadOnlyList<BoardMute> mutes)
    {
        if (mutes.Count == 0)
            return;
        html.Element("h2", "Mutes");
        BoardFrame.Table(html, "Who does not want to hear of what", ["jobs", "tree", "for", "until"], rows =>
        {
            foreach (BoardMute mute in mutes)
            {
                using HtmlText.Closing row = rows.Tag("tr");
                rows.Element("th", SafeText.Line(mute.Pattern, 100), null, ("scope", "row"));
                rows.Element("td", mute.Tree?.Value ?? "all trees");
                rows.Element("td", mute.IsForOne ? "one reader" : "all developers");
                Time(rows, mute.Until);
            }
        });
    }

    private static void Time(HtmlText html, DateTimeOffset? at, string none = "") => StateParts.Time(html, at, none);
}
