namespace Cki.JobHerding;

/// <summary>The records of outages: hits and held jobs as one small object each, the state by compare-and-swap.</summary>
internal sealed class OutageBook(SuitePorts ports)
{
    /// <summary>More wait at once than any release hands out in an hour: the rest is seen when these are gone.</summary>
    private const int HeldMax = 5000;

    private const int HitsMax = 5000;

    /// <summary>Old hits deleted at one look.</summary>
    private const int SweepMax = 200;

    private readonly Documents _documents = ports.Documents;
    private readonly Post _post = ports.PostFrom("job-herding");

    public DateTimeOffset Now => ports.Clock.GetUtcNow();

    public OutageRule Rule(string failureClass) => ports.Config.Current.OutageRule(failureClass);

    public async Task<OutageState> StateAsync(string failureClass, CancellationToken cancellationToken) =>
        (await _documents.GetAsync(OutageState.KeyOf(failureClass), OutageJson.Default.OutageState, cancellationToken))?.Value ?? new OutageState(failureClass);

    /// <summary>True while retries of the class are held. No class is never in outage.</summary>
    public async Task<bool> HoldsAsync(string? failureClass, CancellationToken cancellationToken) =>
        failureClass is not null && (await StateAsync(failureClass, cancellationToken)).Holds;

    /// <summary>A retry of a class in outage becomes a hold; everything else about the decision stays.</summary>
    public async Task<HerdDecision> WeighAsync(HerdDecision decision, CancellationToken cancellationToken) =>
        decision.Act == HerdAct.Retry && await HoldsAsync(decision.Class, cancellationToken)
            ? decision with { Act = HerdAct.Hold, Reason = $"class {decision.Class} is in outage: {decision.Reason}" }
            : decision;

    /// <summary>Counts the pipeline against the class of what its job failed of. Repeating it changes nothing.</summary>
    public async Task HitAsync(PipelineRef pipeline, PipelineJob job, HerdDecision decision, CancellationToken cancellationToken)
    {
        bool isTrouble = decision.Finding is not (JobFinding.Failed or JobFinding.Configuration or JobFinding.Canceled);
        if (decision.Class is not { } failureClass || job.Status != GitLabStatus.Failed || !isTrouble)
            return;
        var hit = new OutageHit(failureClass, pipeline, job.Name, Now);
        await _documents.PutAsync(hit.Key, hit, OutageJson.Default.OutageHit, cancellationToken);
        if (!await HoldsAsync(failureClass, cancellationToken))
            await _post.SendAsync(new OutageLook(failureClass), cancellationToken);
    }

    /// <summary>The entry that brings the job back, and somebody who looks after it.</summary>
    public async Task HoldAsync(HeldJob held, CancellationToken cancellationToken)
    {
        if (await _documents.CreateAsync(held.Key, held, OutageJson.Default.HeldJob, cancellationToken))
            SuiteMetrics.HerderHolds.Add(1, new KeyValuePair<string, object?>("by", "outage"));
        if (await StateAsync(held.Class, cancellationToken) is not { LookAt: { } at } || at < Now)
            await _post.SendAsync(new OutageLook(held.Class), cancellationToken);
    }

    public Task ForgetAsync(HeldJob held, CancellationToken cancellationToken) => _documents.DeleteAsync(held.Key, cancellationToken);

    /// <summary>The oldest first.</summary>
    public Task<IReadOnlyList<string>> HeldAsync(string failureClass, CancellationToken cancellationToken) =>
        _documents.KeysAsync(HeldJob.PrefixOf(failureClass), HeldMax, cancellationToken);

    public async Task<HeldJob?> HeldJobAsync(string key, CancellationToken cancellationToken) =>
        (await _documents.GetAsync(key, OutageJson.Default.HeldJob, cancellationToken))?.Value;

    /// <summary>Keys of hits that still count; older ones are swept.</summary>
    public async Task<IReadOnlyList<string>> HitsAsync(string failureClass, CancellationToken cancellationToken)
    {
        string oldest = OutageHit.PrefixOf(failureClass) + OutageDecisions.OldestBucket(Rule(failureClass), Now);
        IReadOnlyList<string> all = await _documents.KeysAsync(OutageHit.PrefixOf(failureClass), HitsMax, cancellationToken);
        foreach (string old in all.TakeWhile(k => string.CompareOrdinal(k, oldest) < 0).Take(SweepMax))
            await _documents.DeleteAsync(old, cancellationToken);
        return [.. all.SkipWhile(k => string.CompareOrdinal(k, oldest) < 0)];
    }

    /// <summary>Null or the same reference leaves it. True in the second place when this call changed it.</summary>
    public async Task<(OutageState State, bool Changed)> ChangeAsync(string failureClass, Func<OutageState, OutageState> change, CancellationToken cancellationToken)
    {
        bool changed = false;
        OutageState? stands = await _documents.UpdateAsync(
            OutageState.KeyOf(failureClass),
            OutageJson.Default.OutageState,
            current =>
            {
                OutageState before = current ?? new OutageState(failureClass);
                OutageState after = change(before);
                changed = !ReferenceEquals(after, before);
                return changed ? after : null;
            },
            cancellationToken);
        return (stands ?? new OutageState(failureClass), changed);
    }

    /// <summary>Sees to it that somebody looks at <paramref name="at"/>, unless a marker stands for an earlier look.</summary>
    public async Task LookAtAsync(OutageState state, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (state.LookAt is { } standing && standing > Now && standing <= at)
            return;
        await ports.Due.PlaceAsync(_post.Marker(OutageLook.Kind, state.Class, at, new OutageLook(state.Class)), cancellationToken);
        await ChangeAsync(state.Class, s => s.LookAt == at ? s : s with { LookAt = at }, cancellationToken);
    }
}
