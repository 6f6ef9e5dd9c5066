using System.Diagnostics;
using System.Text.Json.Nodes;
using Cki.Adapters;

namespace Cki.PipelineTrigger;

/// <summary>
/// Task <c>fall-back</c>, on a starving attempt: waits once more for named standby runners, starts a starving child pipeline again, follows with the next
/// fallback where nothing has been run yet, or settles without what starves. The old pipeline is cancelled last: until then a repetition does all of
/// it again.
/// </summary>
internal sealed class FallBackTask(AttemptReader reader, RunBook book, RunFlows flows, FallBackActs acts)
{
    public async Task<JsonNode?> RunAsync(JsonNode? input, CancellationToken cancellationToken)
    {
        RunTask task = RunTask.Of(input);
        RunAttempt attempt = await book.AttemptAsync(task, cancellationToken);
        PipelineRef pipeline = attempt.Pipeline ?? throw new InvalidOperationException($"Run {task.Run}: attempt {task.Attempt} has no pipeline to fall back from");
        if (attempt.State != AttemptState.Settled)
            attempt = await DecideAsync(task, pipeline, cancellationToken);
        if (attempt.State != AttemptState.Settled)
            return TaskAnswer.Of(TaskAnswer.Running, attempt, NextLoop(input), TimeSpan.FromMinutes(1));
        var next = new RunTask(task.Run, task.Attempt + 1);
        RunPipeline? run = await book.FindAsync(task.Run, cancellationToken);
        if (run?.Attempts.FirstOrDefault(a => a.Number == next.Attempt) is { } following)
        {
            await flows.StartAsync(next, following.Redrives, cancellationToken);
            await acts.CancelAsync(pipeline, cancellationToken);
        }
        return TaskAnswer.Final(attempt);
    }

    private static long NextLoop(JsonNode? input) => input?["loop"] is null ? 1 : RunTask.Number(input, "loop") + 1;

    private async Task<RunAttempt> DecideAsync(RunTask task, PipelineRef pipeline, CancellationToken cancellationToken)
    {
        AttemptRead read = await reader.ReadAsync(task, pipeline, cancellationToken);
        var facts = new FallbackFacts(read.View?.Jobs ?? [], read.View?.Bridges ?? []) { WantsNewAttempt = read.WantsNewAttempt };
        RunPipeline run = await book.FindAsync(task.Run, cancellationToken) ?? new RunPipeline(task.Run);
        RunAttempt attempt = await book.AttemptAsync(task, cancellationToken);
        switch (FallingBack.Decide(run, attempt, read.Tree.Pipeline, facts))
        {
            case FallbackDecision.NameStandbys standbys:
                if (await acts.NameStandbysAsync(task, pipeline, standbys.Starving, cancellationToken))
                    return await ProgressAsync(task, a => a with { StandbysSoughtAt = book.Now, StarvingToldAt = book.Now }, cancellationToken);
                await book.ChangeAsync(task, a => a with { StandbysSoughtAt = book.Now }, cancellationToken);
                return await DecideAsync(task, pipeline, cancellationToken);
            case FallbackDecision.ChildAgain child:
                await book.EndStarvationAsync(task, attempt, "No runner took its jobs: its child pipeline is started again.", cancellationToken);
                await acts.StartChildAgainAsync(task, pipeline, child.Bridge, cancellationToken);
                return await ProgressAsync(task, a => a, cancellationToken);
            case FallbackDecision.Again again:
                await flows.WatchOverAsync(new RunTask(task.Run, again.Attempt), cancellationToken);
                return await FollowAsync(task, again, Result(read, facts, again), cancellationToken);
            case FallbackDecision.SettleWithout without:
                RunResult result = Result(read, facts, null);
                return await book.SettleAsync(task, result with { Reason = $"{result.Reason}; {without.Why}" }, cancellationToken);
            case var unknown:
                throw new UnreachableException($"{unknown}");
        }
    }

    private static RunResult Result(AttemptRead read, FallbackFacts facts, FallbackDecision.Again? again)
    {
        CheckDecision ending = facts.WantsNewAttempt ? new CheckDecision.Settled() : new CheckDecision.Starving([.. FallingBack.Starving(facts.Jobs).Select(j => j.Name)]);
        RunResult result = read.Result(ending);
        if (again is null)
            return result;
        string how = facts.WantsNewAttempt ? "at the same commit, since artefacts were gone" : $"with fallback {again.Fallback + 1}";
        return result with { Reason = $"{result.Reason}; attempt {again.Attempt} follows {how}" };
    }

    /// <summary>Starvation counts anew from here.</summary>
    private Task<RunAttempt> ProgressAsync(RunTask task, Func<RunAttempt, RunAttempt> change, CancellationToken cancellationToken) =>
        book.ChangeAsync(task, a => a.State == AttemptState.Settled ? null : change(a) with { ProgressAt = book.Now }, cancellationToken);

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
            RunBook.Count(result, book.Now);
        RunAttempt followed = stands!.Attempts.First(a => a.Number == task.Attempt);
        await book.EndStarvationAsync(task, followed, $"No runner took its jobs: attempt {again.Attempt} follows.", cancellationToken);
        return followed;
    }
}
