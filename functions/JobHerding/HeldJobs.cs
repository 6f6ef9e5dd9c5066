namespace Cki.JobHerding;

/// <summary>Holds retries and lets them go. A job that goes waits in a new flow, whose task looks at everything again before it posts.</summary>
internal sealed class HeldJobs(PipelineBook book, JobDecisions decisions, SuitePorts ports)
{
    private static readonly TimeSpan RetryOverdue = TimeSpan.FromMinutes(10);

    private readonly OutageBook _outages = new(ports);
    private readonly Post _post = ports.PostFrom("job-herding");

    public Task<JobRecord?> RecordAsync(HeldJob held, CancellationToken cancellationToken) => book.JobAsync(held.Pipeline, held.Name, cancellationToken);

    /// <summary>Due marker, record, flow; then the entry goes.</summary>
    public async Task LetGoAsync(HeldJob held, bool passesOutage, CancellationToken cancellationToken)
    {
        JobFinished told = Told(held);
        DateTimeOffset now = ports.Clock.GetUtcNow();
        await ports.Due.PlaceAsync(_post.Marker("retry", $"{held.Job.Project.Host}-{held.Job.Id}", now + RetryOverdue, told), cancellationToken);
        JobRecord? record = await book.ChangeJobAsync(
            held.Pipeline,
            held.Name,
            current => current?.RetryOf(held.Job.Id) is { State: RetryState.Held } retry
                ? current with { Retries = [.. current.Retries.Select(r => r == retry ? r with { State = RetryState.Pending, DueAt = now, PassesOutage = passesOutage } : r)] }
                : null,
            cancellationToken);
        if (record?.RetryOf(held.Job.Id) is { State: RetryState.Pending } going)
            await decisions.StartRetryAsync(told, record, going, cancellationToken);
        await _outages.ForgetAsync(held, cancellationToken);
    }

    /// <summary>A probe that is not getting on: its flow may have died, or its successor's event may have been lost.</summary>
    public async Task HurryAsync(HeldJob held, JobRetry? retry, PipelineJob? successor, CancellationToken cancellationToken)
    {
        if (retry is { State: RetryState.Pending } && await RecordAsync(held, cancellationToken) is { } record)
            await decisions.StartRetryAsync(Told(held), record, retry, cancellationToken);
        else if (successor is { Status: GitLabStatus.Failed })
            await _post.SendAsync(new JobFinished(new JobRef(held.Job.Project, successor.Id), held.PipelineId, held.Name, successor.Status), cancellationToken);
    }

    private static JobFinished Told(HeldJob held) => new(held.Job, held.PipelineId, held.Name, held.Status);
}
