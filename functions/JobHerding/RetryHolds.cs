using System.Globalization;

namespace Cki.JobHerding;

/// <summary>What keeps a retry that may be posted from being posted now.</summary>
internal sealed class RetryHolds(SuitePorts ports)
{
    private readonly OutageBook _outages = new(ports);
    private readonly PipelineBook _book = new(ports);
    private readonly Budgets _budgets = new(ports.Documents, ports.Clock);
    private readonly Post _post = ports.PostFrom("job-herding");

    /// <summary>The retry as it waits for the end of its class's outage; null: nothing holds it. The entry comes first, then the record.</summary>
    public async Task<JobRetry?> ByOutageAsync(PipelineRef pipeline, string name, JobRetry retry, CancellationToken cancellationToken)
    {
        JobRecord? stands = await _book.JobAsync(pipeline, name, cancellationToken);
        HeldJob? entry = HeldJob.Of(new JobRef(pipeline.Project, retry.JobId), pipeline.Id, name, stands?.AttemptOf(retry.JobId));
        if (entry is null)
            return null;
        await ByClassSwitchAsync(entry, cancellationToken);
        if (retry.PassesOutage || !await _outages.HoldsAsync(entry.Class, cancellationToken))
            return null;
        await _outages.HoldAsync(entry, cancellationToken);
        JobRetry held = retry with { State = RetryState.Held, HeldAt = ports.Clock.GetUtcNow(), Outcome = $"class {entry.Class} is in outage" };
        JobRecord? changed = await _book.ChangeJobAsync(
            pipeline, name, record => record?.RetryOf(retry.JobId) == retry ? record.With(held) : null, cancellationToken);
        return changed?.RetryOf(retry.JobId) == held
            ? held
            : throw new FlowTaskException(ErrorNames.Busy, $"Job {entry.Job}: its retry was changed by another");
    }

    /// <summary>
    /// Null: within all budgets. A pipeline's own budget never refills: its retry is dropped, and operators hear of it. The others refill with time: throws
    /// Cki.Paused, which the flow waits out, and operators hear once per budget and window.
    /// </summary>
    public async Task<JobRetry?> ByBudgetAsync(OurPipeline ours, JobRetry retry, CancellationToken cancellationToken)
    {
        RetryBudget limits = ports.Config.Current.BudgetOf(ours.Tree).Retries;
        string owner = string.Create(CultureInfo.InvariantCulture, $"{ours.Own.Project.Host}/{retry.JobId}");
        foreach (Budget whole in limits.Of(ours.Own, ports.Config.Current.BudgetOwner(ours.Tree), ports.Clock.GetUtcNow()))
        {
            Budget budget = retry.AllowFailure ? whole.ForOptional() : whole;
            if (await _budgets.TakeAsync(budget, owner, cancellationToken))
                continue;
            SuiteMetrics.HerderHolds.Add(1, new KeyValuePair<string, object?>("by", "budget"));
            // Nobody need act while jobs that gate find places.
            if (!retry.AllowFailure)
                await _post.SendAsync(budget.Spent(), cancellationToken);
            if (!budget.Refills)
                return retry with { State = RetryState.Dropped, Outcome = budget.Words };
            throw new FlowTaskException(ErrorNames.Paused, $"Job {owner}: {budget.Words}");
        }
        return null;
    }

    private async Task ByClassSwitchAsync(HeldJob job, CancellationToken cancellationToken)
    {
        if (await ports.Switches.HeldClassAsync(job.Class, cancellationToken) is { } held)
            throw new FlowTaskException(ErrorNames.Paused, $"Retries of class {job.Class} are held ({held.What}): {held.Reason}");
    }
}
