namespace Cki.JobHerding;

/// <summary>A pipeline of one of our runs; <paramref name="Top"/> is the one its flow waits for, itself or the one it descends from.</summary>
internal sealed record OurPipeline(PipelineRef Own, PipelineRef Top, RunId Run, int Attempt)
{
    /// <summary>Set when nothing of this attempt is wanted any more.</summary>
    public string? Over { get; init; }

    /// <summary>Of an attempt that has settled; null before.</summary>
    public Verdict? Verdict { get; init; }

    public TreeName? Tree => Detection?.Tree;

    public RunDetection? Detection { get; init; }

    /// <summary>Names of the bridges that lead here; empty at the top.</summary>
    public string Path { get; init; } = "";
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
        if (await StateAsync(pipeline, cancellationToken) is not { Run: { } run } state)
            return null;
        RunPipeline? known = await RunAsync(run, cancellationToken);
        RunDetection? detection = await DetectionAsync(run, cancellationToken);
        if (detection is not null)
            Trail.Learn(detection);
        RunAttempt? attempt = known?.Attempts.FirstOrDefault(a => a.Number == state.Attempt);
        return new OurPipeline(pipeline, attempt?.Pipeline ?? pipeline, run, state.Attempt)
        {
            Detection = detection,
            Path = state.Path ?? "",
            Verdict = attempt is { State: AttemptState.Settled } ? attempt.Result?.Verdict : null,
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
    public async Task AdoptAsync(OurPipeline ours, IReadOnlyList<PipelineBridge> bridges, CancellationToken cancellationToken)
    {
        PipelineRef[] downstream = [.. bridges.Select(b => b.Downstream).OfType<PipelineRef>().Distinct()];
        await ChangeAsync(
            ours.Top,
            top => top is null || downstream.All(d => top.Downstream?.Contains(d) == true) ? null : top with { Downstream = [.. (top.Downstream ?? []).Union(downstream)] },
            cancellationToken);
        foreach (PipelineBridge bridge in bridges.Where(b => b.Downstream is not null).DistinctBy(b => b.Downstream))
            await AdoptAsync(new PipelineState(bridge.Downstream!) { Run = ours.Run, Attempt = ours.Attempt, Path = bridge.Name }, cancellationToken);
    }

    private async Task AdoptAsync(PipelineState downstream, CancellationToken cancellationToken)
    {
        if (await StateAsync(downstream.Pipeline, cancellationToken) is null)
            await _documents.CreateAsync(downstream.Pipeline.Key, downstream, DocumentJson.Default.PipelineState, cancellationToken);
    }

    public async Task<PipelineState?> StateAsync(PipelineRef pipeline, CancellationToken cancellationToken) =>
        (await _documents.GetAsync(pipeline.Key, DocumentJson.Default.PipelineState, cancellationToken))?.Value;

    public async Task<RunDetection?> DetectionAsync(RunId run, CancellationToken cancellationToken) =>
        (await _documents.GetAsync(RunIds.DetectionKey(run), DocumentJson.Default.RunDetection, cancellationToken))?.Value;

    public async Task<RunPipeline?> RunAsync(RunId run, CancellationToken cancellationToken) =>
        (await _documents.GetAsync(RunIds.PipelineKey(run), DocumentJson.Default.RunPipeline, cancellationToken))?.Value;

    /// <summary>Retries of the job's name so far, in all pipelines of the run under the same path of bridges.</summary>
    public async Task<RetryTally> TallyAsync(OurPipeline ours, string name, CancellationToken cancellationToken) =>
        (await _documents.GetAsync(RetryTally.Key(ours.Run, ours.Path, name), DocumentJson.Default.RetryTally, cancellationToken))?.Value ?? new RetryTally(ours.Path, name);

    /// <summary>Counts a retry before it is posted; false when the limit is spent.</summary>
    public async Task<bool> CountAsync(OurPipeline ours, string name, JobRetry retry, DateTimeOffset now, CancellationToken cancellationToken)
    {
        bool isCounted = false;
        await _documents.UpdateAsync(
            RetryTally.Key(ours.Run, ours.Path, name),
            DocumentJson.Default.RetryTally,
            current =>
            {
                RetryTally? counted = (current ?? new RetryTally(ours.Path, name)).With(
                    new TalliedRetry(ours.Own, retry.JobId, retry.Matcher, now), retry.Limit ?? RetryTally.AttemptsMax);
                isCounted = counted is not null;
                return counted;
            },
            cancellationToken);
        return isCounted;
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
