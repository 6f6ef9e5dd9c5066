namespace Cki.JobHerding;

/// <summary>What our records and the job's siblings add to its facts.</summary>
internal sealed class Surroundings(PipelineBook book, IConfigSource config)
{
    /// <param name="siblings">All jobs of its pipeline, retried ones included.</param>
    public async Task<FailedJobFacts> AddAsync(
        OurPipeline ours, FailedJobFacts facts, IReadOnlyList<PipelineJob> siblings, CancellationToken cancellationToken)
    {
        PipelineJob job = facts.Job;
        JobRecord? record = await book.JobAsync(ours.Own, job.Name, cancellationToken);
        RetryTally tally = await book.TallyAsync(ours, job.Name, cancellationToken);
        facts = facts with
        {
            Earlier = [.. (record?.Attempts ?? []).Where(a => a.JobId < job.Id)],
            EarlierAttempts = facts.EarlierAttempts + tally.Retries.Count(r => r.Pipeline != ours.Own),
            Confirm = ours.Tree is { } tree && config.Current.Tree(tree) is { } configured ? configured.Confirm : ConfirmWhat.Weak,
        };
        if (job.Status == GitLabStatus.Canceled && Cancellations.Culprit(job, siblings) is { } culprit)
            return await WithCulpritAsync(ours, facts, culprit, cancellationToken);
        return FailureReasons.KindOf(job.FailureReason) == FailureKind.MissingInput
            ? facts with { RetriedProducer = await RetriedProducerAsync(ours, job, siblings, cancellationToken) }
            : facts;
    }

    private async Task<FailedJobFacts> WithCulpritAsync(OurPipeline ours, FailedJobFacts facts, PipelineJob culprit, CancellationToken cancellationToken)
    {
        JobRecord? record = await book.JobAsync(ours.Own, culprit.Name, cancellationToken);
        return record?.AttemptOf(culprit.Id) is { } decided
            ? facts with { CanceledBySibling = decided.Decision.Act == HerdAct.Retry }
            : facts with { IsSiblingUndecided = true };
    }

    // GitLab does not tell whose output was wanted: any job of an earlier stage that failed and is run again.
    private async Task<string?> RetriedProducerAsync(OurPipeline ours, PipelineJob consumer, IReadOnlyList<PipelineJob> siblings, CancellationToken cancellationToken)
    {
        IEnumerable<string> earlier = siblings
            .Where(s => s.Status == GitLabStatus.Failed && s.Id < consumer.Id && s.Stage != consumer.Stage).Select(s => s.Name).Distinct().Order(StringComparer.Ordinal);
        foreach (string name in earlier)
        {
            JobRecord? record = await book.JobAsync(ours.Own, name, cancellationToken);
            if (record?.Retries.Any(r => r.State != RetryState.Dropped) == true)
                return name;
        }
        return null;
    }
}
