using System.Globalization;

namespace Cki;

/// <summary>
/// A run's timeline as a picture: a bar per pipeline, the looks at each job that did not just pass, waits before retries, reports. Widths are percent of
/// the page, so that it fits a phone and its words keep their size.
/// </summary>
public static class RunPicture
{
    private const int RowsMax = 40;
    private const int RowHeight = 34;
    private const int BarHeight = 10;
    private const int LabelMax = 60;

    /// <summary>Seen, however short it was.</summary>
    private const double WidthMin = 0.008;

    private sealed record Bar(DateTimeOffset From, DateTimeOffset To, string Css);

    private sealed record Line(string Label, IReadOnlyList<Bar> Bars);

    public static void Write(HtmlText html, BoardRun run)
    {
        DateTimeOffset from = run.Detection.DetectedAt;
        IReadOnlyList<TimelineEntry> story = RunTimeline.Of(run);
        DateTimeOffset latest = story.Count > 0 && story[^1].At > from ? story[^1].At : from.AddMinutes(1);
        Line[] all = [.. Attempts(run, latest), .. run.Jobs.Where(RunJobsPart.IsTold).Select(Job), .. Reports(run)];
        Line[] lines = [.. all.Where(l => l.Bars.Count > 0)];
        if (lines.Length == 0)
            return;
        DateTimeOffset to = lines.SelectMany(l => l.Bars).Select(b => b.To).Append(latest).Max();
        using HtmlText.Closing figure = html.Tag("figure");
        Draw(html, [.. lines.Take(RowsMax)], (from, to));
        using HtmlText.Closing caption = html.Tag("figcaption");
        if (lines.Length > RowsMax)
            html.Element("p", $"{lines.Length - RowsMax} more jobs are told below only.");
        foreach ((string css, string word) in ((string, string)[])[("good", "passed"), ("bad", "the commit"), ("odd", "retried or ours"), ("wait", "waiting"), ("busy", "running"), ("idle", "else")])
            html.Element("span", "", $"key {css}").Text(" ").Element("span", word).Text(" ");
    }

    private static void Draw(HtmlText html, Line[] lines, (DateTimeOffset From, DateTimeOffset To) span)
    {
        int height = (lines.Length * RowHeight) + 20;
        using HtmlText.Closing picture = html.Tag(
            "svg", "picture", ("role", "img"), ("aria-labelledby", "picture-title picture-text"), ("width", "100%"), ("height", Text(height)));
        html.Element("title", "Timeline of the run", null, ("id", "picture-title"));
        html.Element(
            "desc",
            $"{ReportWords.Span(span.To - span.From)} from {ReportWords.Second(span.From)} to {ReportWords.Second(span.To)}, {ReportWords.Count(lines.Length, "row", "rows")}. The same in words follows.",
            null,
            ("id", "picture-text"));
        for (int i = 0; i < lines.Length; i++)
            Row(html, lines[i], i * RowHeight, span);
        html.Element("text", ReportWords.Time(span.From), "axis", ("x", "0"), ("y", Text(height - 4)));
        html.Element("text", $"+{ReportWords.Span(span.To - span.From)}", "axis", ("x", "100%"), ("y", Text(height - 4)), ("text-anchor", "end"));
    }

    private static void Row(HtmlText html, Line line, int top, (DateTimeOffset From, DateTimeOffset To) span)
    {
        html.Element("text", line.Label, null, ("x", "0"), ("y", Text(top + 13)));
        html.Element("rect", null, "track", ("x", "0"), ("width", "100%"), ("y", Text(top + 18)), ("height", Text(BarHeight)), ("rx", "2"));
        foreach (Bar bar in line.Bars)
        {
            double whole = (span.To - span.From).TotalSeconds;
            double width = Math.Max(WidthMin, Math.Clamp((bar.To - bar.From).TotalSeconds / whole, 0, 1));
            double x = Math.Clamp((bar.From - span.From).TotalSeconds / whole, 0, 1 - width);
            html.Element(
                "rect", null, bar.Css, ("x", BoardFrame.Percent(x)), ("width", BoardFrame.Percent(width)), ("y", Text(top + 18)), ("height", Text(BarHeight)), ("rx", "2"));
        }
    }

    private static IEnumerable<Line> Attempts(BoardRun run, DateTimeOffset latest)
    {
        foreach (RunAttempt attempt in run.Pipeline?.Attempts ?? [])
        {
            string css = attempt.Result is { } result ? BoardFrame.Tone(result.Verdict) : "busy";
            string label = $"Attempt {attempt.Number}, pipeline {attempt.Pipeline?.Id}";
            yield return new Line(label, attempt.StartedAt is { } started ? [new Bar(started, attempt.SettledAt ?? latest, css)] : []);
        }
    }

    private static Line Job(JobRecord job)
    {
        var bars = new List<Bar>();
        foreach (JobAttempt attempt in job.Attempts)
        {
            if (job.RetryOf(attempt.JobId) is { } retry)
                bars.Add(new Bar(attempt.DecidedAt, retry.ClaimedAt ?? retry.DueAt, "wait"));
            bars.Add(new Bar(attempt.DecidedAt - (attempt.RanFor ?? TimeSpan.Zero), attempt.DecidedAt, HerdWords.Tone(attempt.Decision)));
        }
        return new Line(SafeText.Line(job.Name, LabelMax), bars);
    }

    private static IEnumerable<Line> Reports(BoardRun run)
    {
        Bar[] sent = [.. run.Deliveries.Where(d => d.SentAt is not null).Select(d => new Bar(d.SentAt!.Value, d.SentAt.Value, "good"))];
        return sent.Length == 0 ? [] : [new Line($"{ReportWords.Count(sent.Length, "report", "reports")} sent", sent)];
    }

    private static string Text(int pixels) => pixels.ToString(CultureInfo.InvariantCulture);
}
