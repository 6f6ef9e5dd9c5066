using Cki.Adapters;

namespace Cki.PipelineTrigger;

/// <summary>The records this stage reads and owns: <c>runs/{run}/pipeline.json</c> by compare-and-swap, and what is needed beside it.</summary>
internal sealed class RunBook(SuitePorts ports, RecordedJobs recorded)
{
    private readonly Documents _documents = ports.Documents;
    private readonly Post _post = ports.PostFrom("pipeline-trigger");

    public DateTimeOffset Now => ports.Clock.GetUtcNow();

    public ExpectedPipelines Expected(GitLabClient gitLab) => new(gitLab, _documents);

    public async Task<RunPipeline?> FindAsync(RunId run, CancellationToken cancellationToken) =>
        (await _documents.GetAsync(RunIds.PipelineKey(run), DocumentJson.Default.RunPipeline, cancellationToken))?.Value;

    /// <summary>Throws where there is none: every task belongs to a recorded attempt.</summary>
    public async Task<RunAttempt> AttemptAsync(RunTask task, CancellationToken cancellationToken) =>
        Attempt(await FindAsync(task.Run, cancellationToken), task);

    public async Task<RunDetection> DetectionAsync(RunId run, CancellationToken cancellationToken)
    {
        RunDetection detection = (await _documents.GetAsync(RunIds.DetectionKey(run), DocumentJson.Default.RunDetection, cancellationToken))?.Value
            ?? throw new InvalidOperationException($"Run {run} has no {RunIds.DetectionKey(run)}");
        Trail.Learn(detection);
        return detection;
    }

    /// <summary>A tree that is configured no more refuses the run, as GitLab would: an operator must know.</summary>
    public TreeConfig Tree(RunDetection detection) =>
        ports.Config.Current.Tree(detection.Tree)?.For(detection)
        ?? throw new FlowTaskException(ErrorNames.GitLabRefused, $"Run {detection.Run}: tree {detection.Tree} is not configured any more");

    /// <summary>The first attempt, unless the run has one already.</summary>
    public Task OpenAsync(RunId run, CancellationToken cancellationToken) =>
        _documents.CreateAsync(
            RunIds.PipelineKey(run), new RunPipeline(run) { Attempts = [new RunAttempt(1)] }, DocumentJson.Default.RunPipeline, cancellationToken);

    /// <summary>Changes one attempt; null leaves it. Returns it as it then stands.</summary>
    public async Task<RunAttempt> ChangeAsync(RunTask task, Func<RunAttempt, RunAttempt?> change, CancellationToken cancellationToken)
    {
        RunPipeline? stands = await ChangeRunAsync(
            task.Run,
            run =>
            {
                RunAttempt attempt = Attempt(run, task);
                RunAttempt? wanted = change(attempt);
                return wanted is null || ReferenceEquals(wanted, attempt) ? null : run!.With(wanted);
            },
            cancellationToken);
        return Attempt(stands, task);
    }

    public Task<RunPipeline?> ChangeRunAsync(RunId run, Func<RunPipeline?, RunPipeline?> change, CancellationToken cancellationToken) =>
        _documents.UpdateAsync(RunIds.PipelineKey(run), DocumentJson.Default.RunPipeline, change, cancellationToken);

    /// <summary>Of the probe: as if its pipeline had been started.</summary>
    public Task<RunAttempt> DryRunAsync(RunTask task, RunDetection detection, CancellationToken cancellationToken) => ChangeAsync(
        task,
        attempt => attempt.Pipeline is null ? attempt with { State = AttemptState.Running, Pipeline = ProbeTree.PipelineOf(detection.Sha), StartedAt = Now } : null,
        cancellationToken);

    /// <summary>Final: what was settled first stays.</summary>
    public async Task<RunAttempt> SettleAsync(RunTask task, RunResult result, CancellationToken cancellationToken)
    {
        bool isOurs = false;
        RunAttempt settled = await ChangeAsync(
            task,
            attempt =>
            {
                isOurs = attempt.State != AttemptState.Settled;
                return isOurs ? Settled(attempt, result) : null;
            },
            cancellationToken);
        if (isOurs && !ProbeTree.Is(task.Run))
            Count(result, Now);
        await EndStarvationAsync(task, settled, $"The attempt has ended: {result.Verdict.ToString().ToLowerInvariant()}.", cancellationToken);
        return settled;
    }

    /// <summary>Operators hear that the attempt does not wait for a runner any more, where they were told that it does. May be repeated.</summary>
    public async Task EndStarvationAsync(RunTask task, RunAttempt attempt, string why, CancellationToken cancellationToken)
    {
        if (attempt.StarvingToldAt is null)
            return;
        await _post.SendAsync(new NoticeRaised(StarvingKey(task.Run), $"{task.Run} waits for no runner any more", why, Recovered: true), cancellationToken);
        await ChangeAsync(task, a => a.StarvingToldAt is null ? null : a with { StarvingToldAt = null }, cancellationToken);
    }

    public static string StarvingKey(RunId run) => $"starving-{run}";

    /// <summary>
    /// Ends an attempt that cannot go on. Evidence against the commit that was recorded before is sticky; <paramref name="otherwise"/> is the
    /// verdict without any. What was settled first stays.
    /// </summary>
    public async Task<RunAttempt> BreakOffAsync(RunTask task, Verdict otherwise, string reason, CancellationToken cancellationToken)
    {
        RunAttempt attempt = await AttemptAsync(task, cancellationToken);
        if (attempt.State == AttemptState.Settled)
            return attempt;
        IReadOnlyList<JobRecord> records = attempt.Pipeline is { } pipeline ? await recorded.LeftOfAsync(pipeline, cancellationToken) : [];
        return await SettleAsync(task, RunResults.OfRecords(records, otherwise, reason), cancellationToken);
    }

    public RunAttempt Settled(RunAttempt attempt, RunResult result) =>
        attempt with { State = AttemptState.Settled, SettledAt = Now, Result = result };

    public static void Count(RunResult result, DateTimeOffset now)
    {
        var verdict = new KeyValuePair<string, object?>("verdict", result.Verdict.ToString().ToLowerInvariant());
        var tree = new KeyValuePair<string, object?>("tree", Trail.Current?.Tree ?? "");
        SuiteMetrics.RunsSettled.Add(1, verdict, tree);
        foreach (ResultCell cell in result.Cells)
            SuiteMetrics.Cells.Add(1, new("architecture", SafeText.Line(cell.Architecture, 20)), new("result", cell.Result.ToString().ToLowerInvariant()));
        if (Trail.Current?.DetectedAt is { } detected)
            SuiteMetrics.CommitToVerdict.Record((now - detected).TotalSeconds, verdict, tree);
    }

    private static RunAttempt Attempt(RunPipeline? run, RunTask task) =>
        run?.Attempts.FirstOrDefault(a => a.Number == task.Attempt)
        ?? throw new InvalidOperationException($"Run {task.Run} has no attempt {task.Attempt} in {RunIds.PipelineKey(task.Run)}");
}
