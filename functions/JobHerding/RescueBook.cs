using System.Text.Json;
namespace Cki.JobHerding;

/// <summary>Writes down how retries ended, ours and people's, when their pipeline has settled: then all of them have.</summary>
internal sealed class RescueBook(SuitePorts ports)
{
    private static readonly TimeSpan FoldAfter = TimeSpan.FromHours(27);

    private readonly Documents _documents = ports.Documents;
    private readonly OutageBook _outages = new(ports);
    private readonly Post _post = ports.PostFrom("job-herding");

    /// <param name="jobs">Of all the run's pipelines, retried ones included.</param>
    public async Task SettledAsync(IReadOnlyList<PipelineJob> jobs, IReadOnlyList<JobRecord> records, CancellationToken cancellationToken)
    {
        var byId = jobs.DistinctBy(j => j.Id).ToDictionary(j => j.Id);
        foreach (JobRecord record in records)
        {
            foreach (JobRetry retry in record.Retries.Where(r => r is { State: RetryState.Done, NewJobId: not null }))
            {
                if (record.AttemptOf(retry.JobId) is { Decision.Act: HerdAct.Retry or HerdAct.Hold } attempt && byId.TryGetValue(retry.NewJobId!.Value, out PipelineJob? successor))
                    await RetriedAsync(record, retry, attempt, successor, cancellationToken);
            }
            foreach (JobAttempt attempt in record.Attempts.Where(a => a.Signature is not null && record.RetryOf(a.JobId) is null))
                await ByHandAsync(record, attempt, jobs, cancellationToken);
            await OfShadowsAsync(record, jobs, byId, cancellationToken);
        }
    }

    private async Task RetriedAsync(JobRecord record, JobRetry retry, JobAttempt attempt, PipelineJob successor, CancellationToken cancellationToken)
    {
        RescueEnd? end = Learning.EndOf(retry, successor.Status, record.AttemptOf(successor.Id)?.Decision);
        if (end is not { } ended || retry.Matcher.Length == 0)
            return;
        DateTimeOffset endedAt = successor.FinishedAt ?? successor.CreatedAt;
        var rescue = new RescueEvent(
            retry.Matcher, attempt.Decision.Class, record.Pipeline, record.Name, Architectures.Of(record.Name), retry.JobId, successor.Id, attempt.Decision.Delay, ended,
            successor.DurationSeconds ?? ((successor.FinishedAt - successor.StartedAt)?.TotalSeconds ?? 0), endedAt)
        {
            InOutage = retry.HeldAt is not null || retry.PassesOutage || await WasInOutageAsync(attempt, cancellationToken),
        };
        DateTimeOffset foldAt = new DateTimeOffset(endedAt.UtcDateTime.Date, TimeSpan.Zero) + FoldAfter;
        string day = RescueDay.Text(endedAt);
        if (foldAt > ports.Clock.GetUtcNow())
            await ports.Due.PlaceAsync(_post.Marker(LearningDue.Kind, day, foldAt, new LearningDue(day)), cancellationToken);
        if (await _documents.CreateAsync(rescue.Key, rescue, OutageJson.Default.RescueEvent, cancellationToken))
            SuiteMetrics.HerderRescues.Add(1, new KeyValuePair<string, object?>("matcher", retry.Matcher), new KeyValuePair<string, object?>("end", JsonNamingPolicy.KebabCaseLower.ConvertName(ended.ToString())));
    }

    private async Task<bool> WasInOutageAsync(JobAttempt attempt, CancellationToken cancellationToken) =>
        attempt.Decision.Class is { } failureClass && (await _outages.StateAsync(failureClass, cancellationToken)).Covers(attempt.DecidedAt);

    /// <summary>Would a matcher in shadow have rescued it? Passed jobs have no decision of their own to tell.</summary>
    private async Task OfShadowsAsync(JobRecord record, IReadOnlyList<PipelineJob> jobs, Dictionary<long, PipelineJob> byId, CancellationToken cancellationToken)
    {
        JobAttempt? watched = record.Attempts.LastOrDefault(a => a.Decision.Shadows.Count > 0);
        if (watched is null || !byId.TryGetValue(watched.JobId, out PipelineJob? failed))
            return;
        PipelineJob? passed = jobs.Where(j => j.Name == failed.Name && j.Id > failed.Id && j.Status == GitLabStatus.Success).MaxBy(j => j.Id);
        if (passed is not null && record.PassedJobId != passed.Id)
            await _documents.UpdateAsync(
                JobRecord.Key(record.Pipeline, record.Name), DocumentJson.Default.JobRecord, current => current is null ? null : current with { PassedJobId = passed.Id }, cancellationToken);
    }

    private async Task ByHandAsync(JobRecord record, JobAttempt attempt, IReadOnlyList<PipelineJob> jobs, CancellationToken cancellationToken)
    {
        string? name = jobs.FirstOrDefault(j => j.Id == attempt.JobId)?.Name;
        PipelineJob? next = jobs.Where(j => j.Name == name && j.Id > attempt.JobId).MinBy(j => j.Id);
        string? bot = ports.Config.Current.Host(record.Pipeline.Project.Host)?.BotUser;
        if (next?.User is not { } by || by == bot || !GitLabStatus.IsTerminal(next.Status))
            return;
        var retry = new HumanRetry(
            attempt.Signature!, record.Pipeline, record.Name, attempt.JobId, next.Id, by, next.Status == GitLabStatus.Success, next.FinishedAt ?? next.CreatedAt);
        await _documents.CreateAsync(retry.Key, retry, OutageJson.Default.HumanRetry, cancellationToken);
    }
}
