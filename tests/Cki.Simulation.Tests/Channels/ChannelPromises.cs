namespace Cki.Simulation.Tests;

/// <summary>What each channel got and when, judged by the peers' own books.</summary>
public sealed class ChannelPromises(Simulation simulation, Town town, ChatPeer chat, Outage outage)
{
    /// <summary>From the settled pipeline to a channel that is there: the flow's step, the queue, and the pace of chat.</summary>
    private static readonly TimeSpan s_onTime = TimeSpan.FromSeconds(90);

    /// <summary>Where our own house and the peers break too: a killed invocation, growing pauses of a message.</summary>
    private static readonly TimeSpan s_onTimeInTrouble = TimeSpan.FromMinutes(20);

    /// <summary>The longest pause of a circuit, jitter, the tick of Watch, and the next look of those who waited for the probe.</summary>
    private static readonly TimeSpan s_caughtUpWithin = TimeSpan.FromMinutes(40);

    private DateTimeOffset Started => simulation.GetUtcNow() - simulation.Elapsed;

    /// <returns>Figures for people.</returns>
    public string Check(bool isPlain)
    {
        Dictionary<string, TimeSpan> settled = [];
        foreach (Receipt report in town.Receivers.Receipts.Where(r => r.SettledAt is not null && r.Kind.StartsWith("final", StringComparison.Ordinal)))
            settled[$"{report.Run} {report.Kind}"] = report.SettledAt!.Value - Started;
        var told = new List<(string Channel, string Report, TimeSpan At, bool IsAnswerLost)>();
        told.AddRange(town.Receivers.Receipts.Where(r => r.Run is not null).Select(r => (r.Channel, $"{r.Run} {r.Kind}", r.At, r.IsAnswerLost)));
        told.AddRange(chat.Slack.Where(s => !s.IsNotice).Select(s => ("slack", Report(settled, s.Id), s.At, s.IsAnswerLost)));
        string[] all = [.. told.Where(t => t.Channel is "developers" or "second").Select(t => t.Report).Distinct().Order(StringComparer.Ordinal)];
        string[] wanted = [.. all.Where(r => r.Contains(" final-", StringComparison.Ordinal))];
        Check(wanted.Length >= 5, $"only {wanted.Length} reports for developers: this proves nothing");
        var figures = new List<string> { $"{wanted.Length} reports, {outage.Channel} away for 6 h" };
        foreach (string channel in (string[])["developers", "second", "slack"])
            figures.Add(CheckChannel(channel, wanted, [.. told.Where(t => t.Channel == channel).Select(t => (t.Report, t.At, t.IsAnswerLost))], settled, isPlain));
        figures.Add(CheckIrc(wanted.Length, all.Length - wanted.Length, isPlain));
        CheckNotices(isPlain);
        if (isPlain)
            Check(chat.TooFast == 0, $"Slack had to say 429 {chat.TooFast} times");
        return string.Join("; ", figures);
    }

    private string CheckChannel(string channel, string[] wanted, (string Report, TimeSpan At, bool IsAnswerLost)[] got, Dictionary<string, TimeSpan> settled, bool isPlain)
    {
        var delays = new List<TimeSpan>();
        foreach (string report in wanted)
        {
            (string Report, TimeSpan At, bool IsAnswerLost)[] copies = [.. got.Where(g => g.Report == report)];
            // People who were told early hear nothing more where nothing changed.
            if (copies.Length == 0 && channel == "slack" && got.Any(g => IsEarlyOf(report, g.Report)))
                continue;
            Check(copies.Length > 0, $"{channel} never got {report}");
            Check(copies.Length == 1 || !isPlain, $"{channel} got {report} {copies.Length} times, and nothing had failed");
            TimeSpan delay = copies[0].At - settled[report];
            bool isHeldUp = channel == outage.Channel && (outage.Holds(settled[report]) || outage.Holds(copies[0].At) || outage.Holds(settled[report] + s_onTime));
            if (isHeldUp)
                Check(copies[0].At <= outage.To + s_caughtUpWithin + (isPlain ? TimeSpan.Zero : s_onTimeInTrouble), $"{channel} was back at {outage.To} and got {report} at {copies[0].At}");
            else
                delays.Add(delay);
        }
        TimeSpan most = delays.DefaultIfEmpty().Max();
        Check(most <= (isPlain ? s_onTime : s_onTimeInTrouble), $"{channel} was there and got a report {most} after its pipeline had settled");
        TimeSpan half = delays.Count == 0 ? TimeSpan.Zero : delays.Order().ElementAt(delays.Count / 2);
        return FormattableString.Invariant($"{channel} {half.TotalSeconds:0.0} s after settling (most {most.TotalSeconds:0.0} s)");
    }

    /// <summary>IRC's lines have no ids: they are counted, a digest as many.</summary>
    /// <param name="early">Early reports: each may come before its final one, or in its place.</param>
    private string CheckIrc(int wanted, int early, bool isPlain)
    {
        int told = chat.Irc.Where(l => !l.IsNotice).Sum(l => l.Reports);
        int copies = chat.Irc.Where(l => l.IsAnswerLost || l.Text.Contains("(repeated)", StringComparison.Ordinal)).Sum(l => l.Reports);
        Check(told >= wanted && told <= wanted + early + (isPlain ? 0 : copies), $"irc was told of {told} reports instead of {wanted} ({copies} said to be repeated)");
        foreach ((ChatLineSeen first, ChatLineSeen fourth) in chat.Irc.Zip(chat.Irc.Skip(3)))
            Check(fourth.At - first.At >= TimeSpan.FromSeconds(9), $"four lines on IRC between {first.At} and {fourth.At}");
        return $"irc {chat.Irc.Count} lines for {told} reports";
    }

    /// <summary>That it is away is told once to operators, not before ten minutes, and its return once. A channel of notices may have nothing to carry meanwhile.</summary>
    private void CheckNotices(bool isPlain)
    {
        string reader = outage.Channel == "operators" ? "night-shift" : "operators";
        Receipt[] notices = [.. town.Receivers.Receipts.Where(r => r.Channel == reader && r.Notice?.StartsWith($"channel-{outage.Channel} ", StringComparison.Ordinal) == true)];
        if (isPlain && outage.Channel != "operators")
            Check(notices.Select(n => n.Notice!.Split(' ')[1]).SequenceEqual(["start", "end"]), $"{reader} was told {string.Join(", ", notices.Select(n => n.Notice))}");
        Check(
            !isPlain || notices.All(n => n.At >= outage.From + ChannelPacing.NoticeAfter), $"{reader} was told of {outage.Channel} within {ChannelPacing.NoticeAfter}");
        Check(!town.Receivers.Receipts.Any(r => r.Channel == outage.Channel && r.Notice?.StartsWith($"channel-{outage.Channel} ", StringComparison.Ordinal) == true), $"{outage.Channel} was told of itself");
    }

    /// <summary>A report's id is <c>{run}-{hash of channel and kind}-{kind}</c>.</summary>
    private static string Report(Dictionary<string, TimeSpan> settled, string id) =>
        settled.Keys.FirstOrDefault(key => id.StartsWith(key.Split(' ')[0], StringComparison.Ordinal) && id.EndsWith(key.Split(' ')[1], StringComparison.Ordinal)) ?? id;

    /// <param name="told">A report's id, or run and kind.</param>
    private static bool IsEarlyOf(string final, string told) =>
        told.StartsWith(final.Split(' ')[0], StringComparison.Ordinal) && told.EndsWith(final.Split(' ')[1].Replace("final-", "early-", StringComparison.Ordinal), StringComparison.Ordinal);

    private static void Check(bool holds, string broken)
    {
        if (!holds)
            throw new PromiseBrokenException(broken);
    }
}
