using Microsoft.Extensions.Logging;

namespace Cki.JobHerding;

/// <summary>Folds a day's rescues, the day after, and proposes what follows. Folding a day again writes the same.</summary>
internal sealed class LearningDesk(SuitePorts ports, ILogger log)
{
    private const int KeysMax = 50_000;
    private const int DaysKept = 90;

    private readonly Documents _documents = ports.Documents;
    private readonly Post _post = ports.PostFrom("job-herding");
    private readonly DemotionBook _demotions = new(ports);

    public async Task FoldAsync(ReceivedMessage message, LearningDue due, CancellationToken cancellationToken)
    {
        var events = new List<RescueEvent>();
        foreach (string key in (await _documents.KeysAsync(RescueEvent.Prefix, KeysMax, cancellationToken)).Where(k => k.Contains($"/events/{due.Day}/", StringComparison.Ordinal)))
        {
            if (await _documents.GetAsync(key, OutageJson.Default.RescueEvent, cancellationToken) is { } read)
                events.Add(read.Value);
        }
        foreach (IGrouping<string, RescueEvent> matcher in events.GroupBy(e => e.Matcher).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var day = new RescueDay(matcher.Key, due.Day, Learning.Fold(matcher));
            await _documents.PutAsync(day.Key, day, OutageJson.Default.RescueDay, cancellationToken);
            await ProposeAsync(matcher.Key, cancellationToken);
        }
        await ports.Due.DoneAsync(message, cancellationToken);
    }

    private async Task ProposeAsync(string matcher, CancellationToken cancellationToken)
    {
        MatcherConfig? config = ports.Config.Current.AllMatchers.FirstOrDefault(m => m.Name == matcher && !m.IsShadow);
        if (config is null)
            return;
        string from = (await _demotions.ReadAsync(cancellationToken)).CountsFrom(matcher);
        string[] days = [.. (await _documents.KeysAsync(RescueDay.DaysOf(matcher), KeysMax, cancellationToken)).Where(k => string.CompareOrdinal(RescueDay.DayOf(k), from) >= 0)];
        var rows = new List<RescueRow>();
        foreach (string key in days.TakeLast(DaysKept))
            rows.AddRange((await _documents.GetAsync(key, OutageJson.Default.RescueDay, cancellationToken))?.Value.Rows ?? []);
        foreach (DemotionProposal proposal in Learning.Propose(rows))
        {
            log.DemotionProposed(matcher, proposal.Retries);
            NoticeRaised notice = config.DemotesItself
                ? DemotionNotices.Done(await _demotions.DemoteAsync(proposal, cancellationToken), config)
                : DemotionNotices.Proposed(proposal, config);
            await _post.SendAsync(notice, cancellationToken);
        }
    }
}

/// <summary>What operators hear of a matcher that never rescues, once.</summary>
internal static class DemotionNotices
{
    public static NoticeRaised Proposed(DemotionProposal proposal, MatcherConfig matcher) => new(
        $"demote-{matcher.Name}", $"Matcher {matcher.Name} never rescues",
        $"{proposal.Reason}. Consider mode: shadow for it in {matcher.Place.File}:{matcher.Place.Line}; what it retries would then be left, and watched.")
    {
        Once = true,
    };

    public static NoticeRaised Done(Demotion demotion, MatcherConfig matcher) => new(
        $"demoted-{matcher.Name}-{RescueDay.Text(demotion.At)}", $"Matcher {matcher.Name} was set in shadow",
        $"{demotion.Reason}. Its entry ({matcher.Place.File}:{matcher.Place.Line}) says demote: auto. What it would have retried is left from now on, and watched. "
        + $"Back: cki matchers promote {matcher.Name}.")
    {
        Once = true,
    };
}
