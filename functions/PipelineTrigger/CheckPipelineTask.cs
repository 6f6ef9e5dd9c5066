using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Cki.PipelineTrigger;

/// <summary>Task <c>check-pipeline</c>: reads the truth, asks herding for missing decisions, and settles the attempt when it is over.</summary>
internal sealed class CheckPipelineTask(AttemptReader reader, CheckActs acts, RunBook book, SuitePorts ports)
{
    private readonly Post _post = ports.PostFrom("pipeline-trigger");

    public async Task<JsonNode?> RunAsync(JsonNode? input, CancellationToken cancellationToken)
    {
        RunTask task = RunTask.Of(input);
        long loop = RunTask.Number(input, "loop") + 1;
        RunAttempt attempt = await book.AttemptAsync(task, cancellationToken);
        if (attempt.State == AttemptState.Settled)
        {
            // Its settling may have died before it told.
            await book.EndStarvationAsync(task, attempt, "The attempt has ended.", cancellationToken);
            return TaskAnswer.Final(attempt);
        }
        PipelineRef pipeline = attempt.Pipeline ?? throw new InvalidOperationException($"Run {task.Run}: attempt {task.Attempt} has no pipeline to check");
        if (ProbeTree.Is(task.Run))
            return TaskAnswer.Final(await book.SettleAsync(task, ProbeTree.Result, cancellationToken));
        AttemptRead read = await reader.ReadAsync(task, pipeline, cancellationToken);
        await acts.Twins.WatchAsync(task, attempt, read.Tree.Pipeline, cancellationToken);
        if (read.View is null)
            return TaskAnswer.Final(await book.SettleAsync(task, read.Result(new CheckDecision.Settled()), cancellationToken));
        CheckFacts facts = await FactsAsync(attempt, read, cancellationToken);
        if (await acts.Manual.PlayAsync(read, cancellationToken))
            return TaskAnswer.Of(TaskAnswer.Running, attempt, loop, read.Tree.Pipeline.SettleQuiet);
        DateTimeOffset now = book.Now;
        CheckDecision decision = Checking.Decide(facts, read.Tree.Pipeline, now);
        attempt = await book.ChangeAsync(task, a => a.State == AttemptState.Settled ? null : Checking.Seen(facts with { Attempt = a }, now), cancellationToken);
        if (!FallingBack.Starving(read.View.Jobs).Any())
            await book.EndStarvationAsync(task, attempt, "Runners have taken its jobs.", cancellationToken);
        foreach (PipelineJob job in facts.View.Undecided)
            await _post.SendAsync(new JobFinished(new JobRef(job.Project ?? pipeline.Project, job.Id), job.PipelineId, job.Name, job.Status), cancellationToken);
        return decision switch
        {
            CheckDecision.Running running => TaskAnswer.Of(TaskAnswer.Running, attempt, loop, running.Wait),
            CheckDecision.Settling settling => TaskAnswer.Of(TaskAnswer.Quiet, attempt, loop, settling.Wait),
            CheckDecision.Starving => TaskAnswer.Of(TaskAnswer.Starving, attempt, loop, TimeSpan.Zero),
            CheckDecision.Superseded superseded => Superseded(attempt, loop, superseded.Newer),
            CheckDecision.Settled when read.WantsNewAttempt && task.Attempt == 1 => TaskAnswer.Of(TaskAnswer.Starving, attempt, loop, TimeSpan.Zero),
            CheckDecision.Settled => TaskAnswer.Final(await SettleAsync(task, read, decision, cancellationToken)),
            CheckDecision.Deadline => await OverdueAsync(task, read, decision, cancellationToken),
            _ => throw new UnreachableException($"{decision}"),
        };
    }

    private async Task<CheckFacts> FactsAsync(RunAttempt attempt, AttemptRead read, CancellationToken cancellationToken)
    {
        PipelineState? state = (await ports.Documents.GetAsync(read.Pipeline.Key, DocumentJson.Default.PipelineState, cancellationToken))?.Value;
        TreeHeads? heads = read.Tree.CancelWhenNewer
            ? (await ports.Documents.GetAsync(TreeHeads.Key(read.Tree.Name), DocumentJson.Default.TreeHeads, cancellationToken))?.Value
            : null;
        return new CheckFacts(
            attempt, read.View!.Pipeline.Status, read.View.Jobs, read.View.Bridges,
            Settling.Of(read.View.Jobs, read.Records, Matchers.Compile(ports.Config.Current.MatchersOf(read.Tree.Name))),
            state?.PostedAt ?? attempt.StartedAt ?? attempt.ClaimedAt ?? book.Now)
        {
            NewerHead = read.Detection.MergeRequest is null
                ? Checking.NewerHead(read.Tree, heads, read.Detection)
                : await acts.Others.NewerHeadAsync(read.Tree, read.Detection, cancellationToken),
            Lab = (await ports.Documents.GetAsync(OutageState.KeyOf(OutageState.Lab), OutageJson.Default.OutageState, cancellationToken))?.Value,
        };
    }

    private async Task<RunAttempt> SettleAsync(RunTask task, AttemptRead read, CheckDecision ending, CancellationToken cancellationToken) =>
        await book.SettleAsync(task, (await reader.WithStatementAsync(read, cancellationToken)).Result(ending), cancellationToken);

    private async Task<JsonNode?> OverdueAsync(RunTask task, AttemptRead read, CheckDecision decision, CancellationToken cancellationToken)
    {
        JsonObject answer = TaskAnswer.Final(await book.SettleAsync(task, read.Result(decision), cancellationToken));
        answer["status"] = TaskAnswer.Deadline;
        return answer;
    }

    private static JsonObject Superseded(RunAttempt attempt, long loop, CommitSha newer)
    {
        JsonObject answer = TaskAnswer.Of(TaskAnswer.Superseded, attempt, loop, TimeSpan.Zero);
        answer["newer"] = newer.Value;
        return answer;
    }
}
