using System.Text.Json.Nodes;
using Cki.Adapters;

namespace Cki.PipelineTrigger;

/// <summary>Task <c>cancel-pipeline</c>, input with <c>newer</c>: a newer head took the run's place. Cancels first, so that a repetition finds work left.</summary>
internal sealed class CancelPipelineTask(AttemptReader reader, RunBook book, GitLabClient gitLab)
{
    public async Task<JsonNode?> RunAsync(JsonNode? input, CancellationToken cancellationToken)
    {
        RunTask task = RunTask.Of(input);
        var superseded = new CheckDecision.Superseded(CommitSha.Parse(RunTask.Text(input, "newer")));
        RunAttempt attempt = await book.AttemptAsync(task, cancellationToken);
        if (attempt.State == AttemptState.Settled)
            return TaskAnswer.Final(attempt);
        if (attempt.Pipeline is not { } pipeline)
            return TaskAnswer.Final(await book.SettleAsync(task, RunResults.Of([], [], [], superseded), cancellationToken));
        // Not ours to cancel: GitLab does it where the project wants that.
        if ((await book.DetectionAsync(task.Run, cancellationToken)).Adopted is null)
            await gitLab.CancelPipelineAsync(pipeline, cancellationToken);
        AttemptRead read = await reader.ReadAsync(task, pipeline, cancellationToken);
        return TaskAnswer.Final(await book.SettleAsync(task, read.Result(superseded), cancellationToken));
    }
}
