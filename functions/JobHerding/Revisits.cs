using Cki.Adapters;

namespace Cki.JobHerding;

/// <summary>Looks again at the retries of a run that wait or are held, because their reason may be gone: a merge request that was closed, a head that moved.</summary>
internal sealed class Revisits(GitLabClient gitLab, PipelineBook book, RetryGate gate, Settlement settlement)
{
    public async Task HandleAsync(RevisitRetries revisit, CancellationToken cancellationToken)
    {
        RunPipeline? run = await book.RunAsync(revisit.Run, cancellationToken);
        foreach (PipelineRef top in (run?.Attempts ?? []).Where(a => a.State == AttemptState.Running).Select(a => a.Pipeline).OfType<PipelineRef>())
        {
            PipelineState? state = await book.StateAsync(top, cancellationToken);
            bool isAnyDropped = false;
            foreach (PipelineRef pipeline in (state?.Downstream ?? []).Prepend(top))
                isAnyDropped |= await RevisitAsync(pipeline, cancellationToken);
            if (isAnyDropped && await book.FindAsync(top, cancellationToken) is { Over: null } ours)
                await settlement.LookAsync(ours, asksForDecisions: false, cancellationToken);
        }
    }

    private async Task<bool> RevisitAsync(PipelineRef pipeline, CancellationToken cancellationToken)
    {
        (JobRecord Record, JobRetry Retry)[] waiting =
        [
            .. (await book.JobsAsync([pipeline], cancellationToken))
                .SelectMany(record => record.Retries.Where(r => r.State is RetryState.Pending or RetryState.Held).Select(retry => (record, retry))),
        ];
        if (waiting.Length == 0 || await book.FindAsync(pipeline, cancellationToken) is not { } ours)
            return false;
        IReadOnlyList<PipelineJob> jobs = await gitLab.GetJobsAsync(pipeline, includeRetried: true, cancellationToken);
        bool isAnyDropped = false;
        foreach ((JobRecord record, JobRetry retry) in waiting)
        {
            if (await gate.LookAsync(ours, (record.Name, retry), jobs, cancellationToken) is not { State: RetryState.Dropped } dropped)
                continue;
            // Claimed meanwhile: then its own task has looked as well.
            await book.ChangeJobAsync(pipeline, record.Name, stands => stands?.RetryOf(retry.JobId) == retry ? stands.With(dropped) : null, cancellationToken);
            isAnyDropped = true;
        }
        return isAnyDropped;
    }
}
