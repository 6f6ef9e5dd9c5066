using Cki.Adapters;

namespace Cki.PipelineTrigger;

/// <summary>What falling back does in GitLab and tells operators. All of it may be repeated.</summary>
internal sealed class FallBackActs(GitLabClient gitLab, RunBook book, SuitePorts ports)
{
    private readonly Post _post = ports.PostFrom("pipeline-trigger");

    public Task CancelAsync(PipelineRef pipeline, CancellationToken cancellationToken) => gitLab.CancelPipelineAsync(pipeline, cancellationToken);

    /// <summary>True when there is a runner to hope for: paused or busy ones with the jobs' tags, named to operators.</summary>
    public async Task<bool> NameStandbysAsync(RunTask task, PipelineRef pipeline, IReadOnlyList<PipelineJob> starving, CancellationToken cancellationToken)
    {
        IReadOnlyList<RunnerShown> runners;
        try
        {
            runners = await gitLab.ListRunnersAsync(starving[0].Project ?? pipeline.Project, cancellationToken);
        }
        catch (GitLabRefusedException)
        {
            // Maintainers alone may list runners: then there is none to name.
            return false;
        }
        RunnerShown[] fitting = [.. runners.Where(r => starving.Any(job => Takes(r, job)))];
        if (fitting.Length == 0)
            return false;
        string named = string.Join(", ", fitting.Select(r => $"{r.Description} ({r.Id}, {(r.IsPaused ? "paused" : "busy")})"));
        await _post.SendAsync(
            new NoticeRaised(
                RunBook.StarvingKey(task.Run), $"No runner takes {starving[0].Name} of {task.Run}",
                $"Jobs that wait: {string.Join(", ", starving.Take(10).Select(j => $"{j.Name} [{string.Join(' ', j.Tags)}]"))}\nRunners with their tags that stand by: {named}\nThey get their time once more, then the run falls back.")
            {
                // RunBook tells of its end; the task that would may die, and a cancelled flow has none.
                Fades = true,
            },
            cancellationToken);
        return true;
    }

    /// <summary>Poster's care: the intention first; an unanswered POST bars another for as long as a claim lasts.</summary>
    public async Task StartChildAgainAsync(RunTask task, PipelineRef top, PipelineBridge bridge, CancellationToken cancellationToken)
    {
        RunAttempt attempt = await book.AttemptAsync(task, cancellationToken);
        Regeneration? known = attempt.Regenerations?.FirstOrDefault(r => r.Path == bridge.Name);
        if (known is not null && bridge.Id > known.Bridge)
        {
            await RecordAsync(task, known with { IsDone = true }, cancellationToken);
            return;
        }
        if (known is not null && book.Now - known.At < Starting.ClaimLasts)
            throw new FlowTaskException(ErrorNames.Busy, $"Run {task.Run}: bridge {bridge.Name} was run again at {known.At:O}, which may still take effect");
        var wanted = new Regeneration(bridge.Name, bridge.Id, bridge.Downstream!, book.Now);
        await RecordAsync(task, wanted, cancellationToken);
        await gitLab.CancelPipelineAsync(bridge.Downstream!, cancellationToken);
        JobRetrial retrial = await gitLab.RetryJobAsync(new JobRef(top.Project, bridge.Id), cancellationToken);
        if (retrial is JobRetrial.NotRetryable { Status: 403 } && known is null)
            throw new FlowTaskException(ErrorNames.Busy, $"Run {task.Run}: bridge {bridge.Name} cannot be run again before its child pipeline is cancelled");
        await RecordAsync(task, wanted with { IsDone = true }, cancellationToken);
    }

    private Task RecordAsync(RunTask task, Regeneration one, CancellationToken cancellationToken) => book.ChangeAsync(
        task, a => a with { Regenerations = [.. (a.Regenerations ?? []).Where(r => r.Path != one.Path), one] }, cancellationToken);

    private static bool Takes(RunnerShown runner, PipelineJob job) => job.Tags.Count == 0 ? runner.RunsUntagged : job.Tags.All(runner.Tags.Contains);
}
