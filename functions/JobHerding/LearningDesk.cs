using Microsoft.Extensions.Logging;

namespace Cki.JobHerding;

/// <summary>Folds a day's rescues, the day after, and proposes what follows. Folding a day again writes the same.</summary>
internal sealed class LearningDesk(SuitePorts ports, ILogger log)
{
    private const int KeysMax = 50_000;
    private const int DaysKept = 90;

    private readonly Documents _documents = ports.Documents;
    private readonly Post _post = ports.PostFrom("job-herding");

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
        var rows = new List<RescueRow>();
        foreach (string key in (await _documents.KeysAsync(RescueDay.DaysOf(matcher), KeysMax, cancellationToken)).TakeLast(DaysKept))
            rows.AddRange((await _documents.GetAsync(key, OutageJson.Default.RescueDay, cancellationToken))?.Value.Rows ?? []);
        foreach (DemotionProposal proposal in config is null ? [] : Learning.Propose(rows))
        {
            log.DemotionProposed(matcher, proposal.Retries);
            await _post.SendAsync(
                new NoticeRaised(
                    $"demote-{matcher}", $"Matcher {matcher} never rescues",
                    $"{proposal.Reason}. Consider mode: shadow for it in matchers.yaml ({config!.Place.File}:{config.Place.Line}); what it retries would then be left, and watched.")
                {
                    Once = true,
                },
                cancellationToken);
        }
    }
}
