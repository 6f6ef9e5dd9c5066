using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Cki.PipelineTrigger;

/// <summary>Task <c>start-pipeline</c>: finds or creates the one pipeline of an attempt.</summary>
internal sealed class StartPipelineTask(PipelinePoster poster, StartChecks checks, RunBook book, SuitePorts ports)
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
        if (ProbeTree.Is(task.Run))
            return Started(await book.DryRunAsync(task, detection, cancellationToken), tree.Pipeline, now);
        if (detection.Adopted is not null)
            return await AdoptAsync(task, attempt, detection, tree, cancellationToken);
        IReadOnlyList<PipelineShown> found = attempt.Pipeline is null || Starting.MayHaveTwins(attempt)
            ? await checks.Twins.FindAsync(task, attempt, tree.Pipeline, cancellationToken)
            : [];
        Switch? held = attempt.Pipeline is null && found.Count == 0 ? await ports.Switches.HeldAsync(Act.Trigger, tree.Name, cancellationToken) : null;
        if (held?.What == Switch.Staging)
            found = await checks.Twins.OfProductionAsync(task, tree.Pipeline, cancellationToken);
        StartDecision decision = Starting.Decide(attempt, found, held, now);
        // A held one ends here as well, with its reason.
        if (decision is StartDecision.Post or StartDecision.Held && await checks.Others.WhyNotAsync(detection, cancellationToken) is { } ending)
            return TaskAnswer.Final(await book.SettleAsync(task, RunResults.Of([], [], [], ending), cancellationToken));
        if (decision is StartDecision.Post && detection.MergeRequest is null && await poster.GoneAsync(detection, tree, cancellationToken) is { } gone)
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
        return Started(started, tree.Pipeline, now);
    }

    private static JsonNode? Started(RunAttempt started, TreePipeline tree, DateTimeOffset now) => started.State == AttemptState.Settled
        ? TaskAnswer.Final(started)
        : TaskAnswer.Of(TaskAnswer.Started, started, 1, Checking.Wait(now - (started.StartedAt ?? now), tree));

    /// <summary>It runs already, or has ended: nothing is posted, and no switch holds a look.</summary>
    private async Task<JsonNode?> AdoptAsync(RunTask task, RunAttempt attempt, RunDetection detection, TreeConfig tree, CancellationToken cancellationToken)
    {
        if (attempt.Pipeline is null)
        {
            if (await checks.Others.FindAsync(detection.Adopted!, cancellationToken) is not { } found)
                return TaskAnswer.Final(await book.BreakOffAsync(task, Verdict.Infrastructure, $"pipeline {detection.Adopted!.Pipeline} is gone", cancellationToken));
            attempt = await poster.RecordAsync(task, found, cancellationToken);
        }
        return Started(await KeepAsync(task, attempt, [], cancellationToken), tree.Pipeline, book.Now);
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
        await checks.Twins.CancelAsync(task, tooMany, cancellationToken);
        return attempt;
    }
}
