using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Cki.PipelineTrigger;

/// <summary>Task <c>start-pipeline</c>: finds or creates the one pipeline of an attempt.</summary>
internal sealed class StartPipelineTask(PipelinePoster poster, Twins twins, RunBook book, SuitePorts ports)
{
    public async Task<JsonNode?> RunAsync(JsonNode? input, CancellationToken cancellationToken)
    {
        RunTask task = RunTask.Of(input);
        RunAttempt attempt = await book.AttemptAsync(task, cancellationToken);
        if (attempt.State == AttemptState.Settled)
            return TaskAnswer.Final(attempt);
        RunDetection detection = await book.DetectionAsync(task.Run, cancellationToken);
        TreeConfig tree = book.Tree(detection);
        DateTimeOffset now = book.Now;
        IReadOnlyList<PipelineShown> found = attempt.Pipeline is null || Starting.MayHaveTwins(attempt)
            ? await twins.FindAsync(task, attempt, tree.Pipeline, cancellationToken)
            : [];
        Switch? held = attempt.Pipeline is null && found.Count == 0 ? await ports.Switches.HeldAsync(Act.Trigger, tree.Name, cancellationToken) : null;
        if (held?.What == Switch.Staging)
            found = await twins.OfProductionAsync(task, tree.Pipeline, cancellationToken);
        StartDecision decision = Starting.Decide(attempt, found, held, now);
        if (decision is StartDecision.Post && await poster.GoneAsync(detection, tree, cancellationToken) is { } gone)
            return now - detection.DetectedAt < PipelinePoster.MirrorsLag
                ? throw new FlowTaskException(ErrorNames.Busy, $"Run {task.Run}: {gone}; mirrors may lag, it is looked for again")
                : TaskAnswer.Final(await book.SettleAsync(task, new RunResult(Verdict.Vanished, gone), cancellationToken));
        RunAttempt started = decision switch
        {
            StartDecision.AlreadyRunning running => await KeepAsync(task, attempt, running.Twins, cancellationToken),
            StartDecision.Adopt adopt => await RecordAsync(task, adopt.Pipeline, adopt.Twins, cancellationToken),
            StartDecision.Post => await RecordAsync(task, await poster.PostAsync(task, detection, tree, cancellationToken), [], cancellationToken),
            StartDecision.WaitForClaim wait => throw new FlowTaskException(
                ErrorNames.Busy, $"Run {task.Run}: a POST of attempt {task.Attempt} went unanswered and may take effect until {wait.Until:O}"),
            StartDecision.Held hold => throw new FlowTaskException(ErrorNames.Paused, $"Run {task.Run}: {hold.Reason}"),
            var unknown => throw new UnreachableException($"{unknown}"),
        };
        return started.State == AttemptState.Settled
            ? TaskAnswer.Final(started)
            : TaskAnswer.Of(TaskAnswer.Started, started, 1, Checking.Wait(now - (started.StartedAt ?? now), tree.Pipeline));
    }

    private async Task<RunAttempt> RecordAsync(RunTask task, PipelineShown pipeline, IReadOnlyList<PipelineShown> others, CancellationToken cancellationToken)
    {
        RunAttempt stands = await poster.RecordAsync(task, pipeline, cancellationToken);
        // Another may have been recorded meanwhile, or the attempt may have ended: then this one is too many.
        IReadOnlyList<PipelineShown> tooMany = stands.Pipeline == pipeline.Ref ? others : [pipeline, .. others];
        return await KeepAsync(task, stands, [.. tooMany.Where(p => p.Ref != stands.Pipeline)], cancellationToken);
    }

    private async Task<RunAttempt> KeepAsync(RunTask task, RunAttempt attempt, IReadOnlyList<PipelineShown> tooMany, CancellationToken cancellationToken)
    {
        if (attempt.Pipeline is { } kept)
            await poster.TellAsync(task, kept, cancellationToken);
        await twins.CancelAsync(task, tooMany, cancellationToken);
        return attempt;
    }
}
