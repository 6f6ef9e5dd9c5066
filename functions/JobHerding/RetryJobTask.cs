using System.Text.Json.Nodes;
using Cki.Adapters;

namespace Cki.JobHerding;

/// <summary>
/// Task <c>retry-job</c>: the delay is over. Looks at everything again, then claims, posts once, and records the successor; or drops the retry with a reason.
/// Poster's care: an unanswered POST may still take effect, so its claim bars another for three minutes, and then a successor is looked for first.
/// </summary>
internal sealed class RetryJobTask(GitLabClient gitLab, RetryGate gate, Settlement settlement, SuitePorts ports)
{
    private readonly PipelineBook _book = new(ports);
    private readonly RetryHolds _holds = new(ports);

    private static readonly TimeSpan ClaimLasts = TimeSpan.FromMinutes(3);

    /// <summary>Answers <c>{"state", "outcome"}</c>. Throws Cki.Paused, Cki.Busy and GitLab's errors for the flow to retry.</summary>
    public async Task<JsonNode?> RunAsync(JsonNode? input, CancellationToken cancellationToken)
    {
        (PipelineRef pipeline, long jobId, string name) = Read(input);
        JobRetry? retry = (await _book.JobAsync(pipeline, name, cancellationToken))?.RetryOf(jobId);
        if (retry is null or { State: RetryState.Done or RetryState.Dropped or RetryState.Held })
            return Answer(retry);
        if (retry.State == RetryState.Posting && !IsExpired(retry))
            throw new FlowTaskException(ErrorNames.Busy, $"Job {pipeline.Project}/jobs/{jobId}: claimed at {retry.ClaimedAt:O}, a POST may still take effect");
        OurPipeline ours = await _book.FindAsync(pipeline, cancellationToken)
            ?? throw new InvalidOperationException($"Pipeline {pipeline} has a retry but belongs to no run");
        IReadOnlyList<PipelineJob> jobs = await gitLab.GetJobsAsync(pipeline, includeRetried: true, cancellationToken);
        PipelineJob? successor = jobs.LastOrDefault(j => j.Name == name && j.Id > jobId);
        if (successor is not null && retry.ClaimedAt is not null && successor.User == BotOf(pipeline))
            return await EndAsync(ours, name, retry with { State = RetryState.Done, NewJobId = successor.Id, Outcome = "found after an unanswered POST" }, cancellationToken);
        if (await gate.LookAsync(ours, (name, retry), jobs, cancellationToken) is { State: RetryState.Dropped } dropped)
            return await EndAsync(ours, name, dropped, cancellationToken);
        if (await gate.BusyAsync(ours, retry, jobs, cancellationToken) is { } busy)
            throw new FlowTaskException(ErrorNames.Busy, $"Job {pipeline.Project}/jobs/{jobId}: {busy}");
        if (await ports.Switches.HeldAsync(Act.Retry, ours.Tree, cancellationToken) is { } held)
            throw new FlowTaskException(ErrorNames.Paused, $"Retries are held ({held.What}): {held.Reason}");
        if (await _holds.ByOutageAsync(pipeline, name, retry, cancellationToken) is { } waiting)
            return Answer(waiting);
        if (await _holds.ByBudgetAsync(ours, retry, cancellationToken) is { } spent)
            return await EndAsync(ours, name, spent, cancellationToken);
        JobRetry claimed = await ClaimAsync(pipeline, name, retry, cancellationToken);
        return await _book.CountAsync(ours, name, claimed, ports.Clock.GetUtcNow(), cancellationToken)
            ? await PostAsync(ours, name, claimed, cancellationToken)
            : await EndAsync(ours, name, claimed with { State = RetryState.Dropped, Outcome = $"{claimed.Limit} retries of that job are spent in its run" }, cancellationToken);
    }

    private async Task<JobRetry> ClaimAsync(PipelineRef pipeline, string name, JobRetry seen, CancellationToken cancellationToken)
    {
        JobRetry? claimed = null;
        await _book.ChangeJobAsync(
            pipeline,
            name,
            record =>
            {
                claimed = record?.RetryOf(seen.JobId) == seen ? seen with { State = RetryState.Posting, ClaimedAt = ports.Clock.GetUtcNow() } : null;
                return claimed is null ? null : With(record!, claimed);
            },
            cancellationToken);
        return claimed ?? throw new FlowTaskException(ErrorNames.Busy, $"Job {pipeline.Project}/jobs/{seen.JobId}: its retry was claimed by another");
    }

    private async Task<JsonNode?> PostAsync(OurPipeline ours, string name, JobRetry claimed, CancellationToken cancellationToken)
    {
        JobRetrial retrial = await gitLab.RetryJobAsync(new JobRef(ours.Own.Project, claimed.JobId), cancellationToken);
        if (retrial is JobRetrial.NotRetryable no)
            return await EndAsync(ours, name, claimed with { State = RetryState.Dropped, Outcome = $"GitLab refused: {no.Status} {no.Message}" }, cancellationToken);
        PipelineJob successor = ((JobRetrial.Retried)retrial).Successor;
        SuiteMetrics.HerderProblemRetries.Add(1);
        return await EndAsync(ours, name, claimed with { State = RetryState.Done, NewJobId = successor.Id, Outcome = "retried" }, cancellationToken);
    }

    // The quiet after a POST is asked for before its outcome is known to those who settle.
    private async Task<JsonNode?> EndAsync(OurPipeline ours, string name, JobRetry ended, CancellationToken cancellationToken)
    {
        if (ended.State == RetryState.Done)
        {
            foreach (PipelineRef pipeline in new[] { ours.Own, ours.Top }.Distinct())
                await _book.PostedAsync(pipeline, ports.Clock.GetUtcNow(), cancellationToken);
        }
        await _book.ChangeJobAsync(ours.Own, name, record => record is null ? null : With(record, ended), cancellationToken);
        if (ended.State == RetryState.Dropped && ours.Over is null)
            await settlement.LookAsync(ours, asksForDecisions: false, cancellationToken);
        return Answer(ended);
    }

    private bool IsExpired(JobRetry retry) => retry.ClaimedAt is not { } at || ports.Clock.GetUtcNow() - at >= ClaimLasts;

    private string? BotOf(PipelineRef pipeline) => ports.Config.Current.Host(pipeline.Project.Host)?.BotUser;

    private static JobRecord With(JobRecord record, JobRetry retry) =>
        record with { Retries = [.. record.Retries.Select(r => r.JobId == retry.JobId ? retry : r)] };

    private static JsonObject Answer(JobRetry? retry) => new()
    {
        ["state"] = (retry?.State ?? RetryState.Dropped).ToString(),
        ["outcome"] = retry?.Outcome ?? "no such retry is on record",
    };

    private static (PipelineRef Pipeline, long JobId, string Name) Read(JsonNode? input)
    {
        if (input?["host"] is not { } host || input["project"] is not { } project || input["pipelineId"] is not { } pipeline
            || input["jobId"] is not { } job || input["name"] is not { } name)
            throw new ArgumentException($"retry-job wants host, project, pipelineId, jobId and name, and got {input?.ToJsonString() ?? "nothing"}", nameof(input));
        return (new PipelineRef(new ProjectRef((string)host!, (string)project!), (long)pipeline), (long)job, (string)name!);
    }
}
