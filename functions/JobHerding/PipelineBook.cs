namespace Cki.JobHerding;

/// <summary>A pipeline of one of our runs; <paramref name="Top"/> is the one its flow waits for, itself or the one it descends from.</summary>
internal sealed record OurPipeline(PipelineRef Own, PipelineRef Top, RunId Run, int Attempt)
{
    /// <summary>Set when nothing of this attempt is wanted any more.</summary>
    public string? Over { get; init; }

    public TreeName? Tree { get; init; }
}

/// <summary>
/// The records of pipelines and jobs. A downstream pipeline's <see cref="PipelineState"/> carries the run and attempt of the pipeline that started it;
/// its jobs' records lie under its own key, by their own names.
/// </summary>
internal sealed class PipelineBook(SuitePorts ports)
{
    private const int RecordsMax = 5000;

    private readonly Documents _documents = ports.Documents;

    /// <summary>Null: no run's pipeline.</summary>
    public async Task<OurPipeline?> FindAsync(PipelineRef pipeline, CancellationToken cancellationToken)
    {
        if ((await _documents.GetAsync(pipeline.Key, DocumentJson.Default.PipelineState, cancellationToken))?.Value is not { Run: { } run } state)
            return null;
        RunPipeline? known = (await _documents.GetAsync(RunIds.PipelineKey(run), DocumentJson.Default.RunPipeline, cancellationToken))?.Value;
        RunDetection? detection = (await _documents.GetAsync(RunIds.DetectionKey(run), DocumentJson.Default.RunDetection, cancellationToken))?.Value;
        RunAttempt? attempt = known?.Attempts.FirstOrDefault(a => a.Number == state.Attempt);
        return new OurPipeline(pipeline, attempt?.Pipeline ?? pipeline, run, state.Attempt)
        {
            Tree = detection?.Tree,
            Over = attempt switch
            {
                { State: AttemptState.Settled, Result.Verdict: var verdict } => $"the run has settled: {verdict}",
                { CanceledTwins: var twins } when twins.Contains(pipeline.Id) => "the pipeline is a cancelled twin",
                _ => null,
            },
        };
    }

    /// <summary>The pipeline's state changed by compare-and-swap; null (or the same) leaves it.</summary>
    public Task<PipelineState?> ChangeAsync(PipelineRef pipeline, Func<PipelineState?, PipelineState?> change, CancellationToken cancellationToken) =>
        _documents.UpdateAsync(pipeline.Key, DocumentJson.Default.PipelineState, change, cancellationToken);

    /// <summary>From now on events of these pipelines are known to be the run's. The top one names them first: no record of theirs is out of its reach.</summary>
    public async Task AdoptAsync(OurPipeline ours, IReadOnlyList<PipelineRef> downstream, CancellationToken cancellationToken)
    {
        await ChangeAsync(
            ours.Top,
            top => top is null || downstream.All(d => top.Downstream?.Contains(d) == true) ? null : top with { Downstream = [.. (top.Downstream ?? []).Union(downstream)] },
            cancellationToken);
        foreach (PipelineRef pipeline in downstream)
            await AdoptAsync(pipeline, ours.Run, ours.Attempt, cancellationToken);
    }

    private async Task AdoptAsync(PipelineRef downstream, RunId run, int attempt, CancellationToken cancellationToken)
    {
        if (await _documents.GetAsync(downstream.Key, DocumentJson.Default.PipelineState, cancellationToken) is null)
            await _documents.CreateAsync(downstream.Key, new PipelineState(downstream) { Run = run, Attempt = attempt }, DocumentJson.Default.PipelineState, cancellationToken);
    }

    /// <summary>A POST went out: settling needs quiet after it.</summary>
    public Task PostedAsync(PipelineRef pipeline, DateTimeOffset at, CancellationToken cancellationToken) =>
        ChangeAsync(pipeline, s => s is null || s.PostedAt >= at ? null : s with { PostedAt = at, SettledAt = null }, cancellationToken);

    public async Task<JobRecord?> JobAsync(PipelineRef pipeline, string name, CancellationToken cancellationToken) =>
        (await _documents.GetAsync(JobRecord.Key(pipeline, name), DocumentJson.Default.JobRecord, cancellationToken))?.Value;

    public Task<JobRecord?> ChangeJobAsync(PipelineRef pipeline, string name, Func<JobRecord?, JobRecord?> change, CancellationToken cancellationToken) =>
        _documents.UpdateAsync(JobRecord.Key(pipeline, name), DocumentJson.Default.JobRecord, change, cancellationToken);

    public async Task<IReadOnlyList<JobRecord>> JobsAsync(IEnumerable<PipelineRef> pipelines, CancellationToken cancellationToken)
    {
        var records = new List<JobRecord>();
        foreach (PipelineRef pipeline in pipelines.Distinct())
        {
            foreach (string key in await _documents.KeysAsync(JobRecord.Prefix(pipeline), RecordsMax, cancellationToken))
            {
                if (await _documents.GetAsync(key, DocumentJson.Default.JobRecord, cancellationToken) is { } record)
                    records.Add(record.Value);
            }
        }
        return records;
    }
}
