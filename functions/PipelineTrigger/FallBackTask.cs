using System.Text.Json.Nodes;
using Cki.Adapters;

namespace Cki.PipelineTrigger;

/// <summary>
/// Task <c>fall-back</c>: a starving attempt is settled, and where nothing has been run yet another one follows, with the next fallback's
/// variables and a flow of its own. The old pipeline is cancelled last: until then a repetition does all of it again.
/// </summary>
internal sealed class FallBackTask(AttemptReader reader, RunBook book, RunFlows flows, GitLabClient gitLab)
{
    public async Task<JsonNode?> RunAsync(JsonNode? input, CancellationToken cancellationToken)
    {
        RunTask task = RunTask.Of(input);
        RunAttempt attempt = await book.AttemptAsync(task, cancellationToken);
        PipelineRef pipeline = attempt.Pipeline ?? throw new InvalidOperationException($"Run {task.Run}: attempt {task.Attempt} has no pipeline to fall back from");
        if (attempt.State != AttemptState.Settled)
            attempt = await DecideAsync(task, pipeline, cancellationToken);
        var next = new RunTask(task.Run, task.Attempt + 1);
        RunPipeline? run = await book.FindAsync(task.Run, cancellationToken);
        if (run?.Attempts.FirstOrDefault(a => a.Number == next.Attempt) is { Fallback: not null } following)
        {
            await flows.StartAsync(next, following.Redrives, cancellationToken);
            await gitLab.CancelPipelineAsync(pipeline, cancellationToken);
        }
        return TaskAnswer.Final(attempt);
    }

    private async Task<RunAttempt> DecideAsync(RunTask task, PipelineRef pipeline, CancellationToken cancellationToken)
    {
        AttemptRead read = await reader.ReadAsync(task, pipeline, cancellationToken);
        IReadOnlyList<PipelineJob> jobs = read.View?.Jobs ?? [];
        RunResult result = read.Result(new CheckDecision.Starving([.. Settling.Latest(jobs).Where(j => j.Status == GitLabStatus.Pending).Select(j => j.Name)]));
        RunPipeline run = await book.FindAsync(task.Run, cancellationToken) ?? new RunPipeline(task.Run);
        FallbackDecision decision = FallingBack.Decide(run, await book.AttemptAsync(task, cancellationToken), read.Tree.Pipeline, jobs);
        if (decision is not FallbackDecision.Again again)
        {
            string why = ((FallbackDecision.SettleWithout)decision).Why;
            return await book.SettleAsync(task, result with { Reason = $"{result.Reason}; {why}" }, cancellationToken);
        }
        await flows.WatchOverAsync(new RunTask(task.Run, again.Attempt), cancellationToken);
        return await FollowAsync(task, again, result with { Reason = $"{result.Reason}; attempt {again.Attempt} follows with fallback {again.Fallback + 1}" }, cancellationToken);
    }

    /// <summary>One write: this attempt is over and the next one is wanted.</summary>
    private async Task<RunAttempt> FollowAsync(RunTask task, FallbackDecision.Again again, RunResult result, CancellationToken cancellationToken)
    {
        bool isOurs = false;
        RunPipeline? stands = await book.ChangeRunAsync(
            task.Run,
            run =>
            {
                isOurs = run!.Latest.Number == task.Attempt && run.Latest.State != AttemptState.Settled;
                return isOurs ? run.With(book.Settled(run.Latest, result)).With(new RunAttempt(again.Attempt) { Fallback = again.Fallback }) : null;
            },
            cancellationToken);
        if (isOurs)
            RunBook.Count(result);
        return stands!.Attempts.First(a => a.Number == task.Attempt);
    }
}
