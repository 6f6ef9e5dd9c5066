namespace Cki.JobHerding;

/// <summary>What keeps a retry that may be posted from being posted now.</summary>
internal sealed class RetryHolds(PipelineBook book, SuitePorts ports)
{
    private readonly OutageBook _outages = new(ports);

    /// <summary>The retry as it waits for the end of its class's outage; null: nothing holds it. The entry comes first, then the record.</summary>
    public async Task<JobRetry?> ByOutageAsync(PipelineRef pipeline, string name, JobRetry retry, CancellationToken cancellationToken)
    {
        if (retry.PassesOutage || (await book.JobAsync(pipeline, name, cancellationToken))?.AttemptOf(retry.JobId) is not { Decision.Class: { } failureClass } attempt
            || !await _outages.HoldsAsync(failureClass, cancellationToken))
            return null;
        var job = new JobRef(pipeline.Project, retry.JobId);
        await _outages.HoldAsync(new HeldJob(failureClass, job, pipeline.Id, name, attempt.Status, attempt.DecidedAt, attempt.RanFor), cancellationToken);
        JobRetry? held = null;
        await book.ChangeJobAsync(
            pipeline,
            name,
            record =>
            {
                held = record?.RetryOf(retry.JobId) == retry
                    ? retry with { State = RetryState.Held, HeldAt = ports.Clock.GetUtcNow(), Outcome = $"class {failureClass} is in outage" }
                    : null;
                return held is null ? null : record! with { Retries = [.. record.Retries.Select(r => r.JobId == retry.JobId ? held : r)] };
            },
            cancellationToken);
        return held ?? throw new FlowTaskException(ErrorNames.Busy, $"Job {job}: its retry was changed by another");
    }
}
