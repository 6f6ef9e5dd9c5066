namespace Cki;

/// <summary>A run's page: verdict first, then what was run, the jobs with every decision about them, and the story in order of time.</summary>
public static class RunPage
{
    private const int CoversShown = 20;

    public static string Of(BoardRun run)
    {
        RunDetection found = run.Detection;
        string title = $"{found.Tree}/{found.Branch} {found.Sha.Short}";
        return BoardFrame.Page(new BoardPlace($"{State(run)} {title}", "../", $"{found.Run}.json"), html => Body(html, run, title));
    }

    private static void Body(HtmlText html, BoardRun run, string title)
    {
        RunResult? result = Latest(run)?.Result is { } raw ? ReportModel.Clean(raw) : null;
        using (html.Tag("h1"))
        {
            Verdict(html, run, result);
            html.Text(" ").Element("span", title);
        }
        if (run.Detection.Title is { Length: > 0 } commit)
            html.Element("p", SafeText.Line(commit, 200), "lead");
        if (result is { Reason.Length: > 0 })
            html.Element("p", result.Reason);
        Facts(html, run);
        if (result is not null)
            RunResultPart.Write(html, result);
        RunJobsPart.Write(html, run);
        Timeline(html, run);
        Deliveries(html, run);
    }

    private static RunAttempt? Latest(BoardRun run) => run.Pipeline is { Attempts.Count: > 0 } pipeline ? pipeline.Latest : null;

    private static string State(BoardRun run) => Latest(run) switch
    {
        { Result: { } result } => ReportWords.Of(result.Verdict),
        { Pipeline: not null } => "RUNNING",
        _ => run.Detection.State == DetectionState.Detected ? "STARTING" : run.Detection.State.ToString().ToUpperInvariant(),
    };

    private static void Verdict(HtmlText html, BoardRun run, RunResult? result)
    {
        if (result is not null)
            BoardFrame.Badge(html, result.Verdict);
        else
            BoardFrame.Badge(html, State(run), run.Detection.State == DetectionState.Detected ? "busy" : "idle");
    }

    private static void Facts(HtmlText html, BoardRun run)
    {
        RunDetection found = run.Detection;
        using HtmlText.Closing list = html.Tag("dl", "facts");
        Fact(html, "Tree", h => h.LinkIn($"../trees/{found.Tree}.html", found.Tree.Value).Text(" ").Text("branch").Text(" ").Element("b", SafeText.Line(found.Branch, 120)));
        Fact(html, "Commit", h => h.Element("code", found.Sha.Value));
        if (found.Previous is { } previous)
            Fact(html, "Head before", h => h.Element("code", previous.Short).Text(" ").Element("small", IsCompared(Latest(run)?.Result) ? "compared" : "not compared"));
        Fact(html, "Found", h =>
        {
            h.Text(ReportWords.Of(found.FoundBy)).Text(" ");
            BoardFrame.Time(h, found.DetectedAt);
        });
        if (found.Reason is { Length: > 0 } reason)
            Fact(html, "Because", h => h.Text(reason));
        if (found.CoveredBy is { } by)
            Fact(html, "Covered by", h => h.LinkIn($"{by}.html", by.Value));
        if (found is { Covers.Count: > 0 } or { CoversUnknown: not null })
            Fact(html, "Stands for", h => Covers(h, found));
        foreach (RunAttempt attempt in run.Pipeline?.Attempts ?? [])
            Fact(html, $"Attempt {attempt.Number}", h => Attempt(h, attempt));
        Fact(html, "Run", h => h.Element("code", found.Run.Value));
    }

    private static bool IsCompared(RunResult? result) =>
        result is not null && (result.Known.Count > 0 || result.Failures.Any(f => f.Parent is { Result: not ParentResult.Unknown }) || result.PassedWith.Any(p => p.Parent is { Result: not ParentResult.Unknown }));

    private static void Covers(HtmlText html, RunDetection found)
    {
        if (found.CoversCount is > 0 and var count)
            html.Text(ReportWords.Count(count, "earlier commit", "earlier commits")).Text(" ");
        foreach (CoveredCommit covered in (found.Covers ?? []).Take(CoversShown))
            html.Element("code", covered.Sha.Short).Text(" ");
        if (found.CoversCount > CoversShown)
            html.Text("and more ");
        if (found.CoversUnknown is { } unknown)
            html.Element("small", SafeText.Line(unknown, 300));
    }

    private static void Fact(HtmlText html, string name, Action<HtmlText> value)
    {
        html.Element("dt", name);
        using HtmlText.Closing dd = html.Tag("dd");
        value(html);
    }

    private static void Attempt(HtmlText html, RunAttempt attempt)
    {
        if (attempt.Pipeline is null)
            html.Text("no pipeline yet");
        else
            html.LinkOut(attempt.WebUrl, $"pipeline {attempt.Pipeline.Id}");
        if (attempt is { StartedAt: { } started, SettledAt: { } settled })
            html.Text(" ").Element("small", $"took {ReportWords.Span(settled - started)}");
        if (attempt.CanceledTwins.Count > 0)
            html.Text(" ").Element("small", $"{ReportWords.Count(attempt.CanceledTwins.Count, "second pipeline", "further pipelines")} cancelled: {string.Join(", ", attempt.CanceledTwins)}");
        if (attempt.Redrives > 0)
            html.Text(" ").Element("small", $"its flow was started again {ReportWords.Count(attempt.Redrives, "time", "times")}");
        if (attempt.Reconsidered is [.., var latest])
        {
            html.Text(" ").Element(
                "small", $"judged again {ReportWords.Count(attempt.Judgements, "time", "times")}, at last because {SafeText.Line(latest.Reason, 200).TrimEnd('.')} ({SafeText.Line(latest.By, 80)})");
        }
    }

    private static void Timeline(HtmlText html, BoardRun run)
    {
        html.Element("h2", "Timeline");
        RunPicture.Write(html, run);
        html.Element("h3", "In words");
        using HtmlText.Closing list = html.Tag("ol", "timeline");
        foreach (TimelineEntry entry in RunTimeline.Of(run))
        {
            using HtmlText.Closing item = html.Tag("li", entry.Tone);
            BoardFrame.Time(html, entry.At);
            html.Text(" ").Element("span", entry.What);
        }
    }

    private static void Deliveries(HtmlText html, BoardRun run)
    {
        if (run.Deliveries.Count == 0)
            return;
        html.Element("h2", "Reports");
        using HtmlText.Closing list = html.Tag("ul", "plain");
        foreach (ReportDelivery delivery in run.Deliveries)
        {
            using HtmlText.Closing item = html.Tag("li");
            BoardFrame.Badge(html, delivery.State.ToString().ToUpperInvariant(), delivery.State switch { DeliveryState.Sent => "good", DeliveryState.Parked => "odd", DeliveryState.Omitted => "idle", _ => "busy" });
            html.Text(" ").Element("span", $"{delivery.Channel}, {delivery.Kind}, {ReportWords.Count(delivery.Tries, "try", "tries")}");
            if (delivery.State != DeliveryState.Sent && delivery.LastError is { Length: > 0 } error)
                html.Text(" ").Element("small", StateParts.WithoutAddresses(error));
            if (delivery is { State: DeliveryState.Sent, Note: { Length: > 0 } note })
                html.Text(" ").Element("small", StateParts.WithoutAddresses(note));
        }
    }
}
