using Cki.Adapters;

namespace Cki.PipelineTrigger;

/// <summary>Ends an attempt on a person's word: everything that runs for it in GitLab is cancelled, then it is settled.</summary>
internal sealed class AttemptEnding(AttemptReader reader, Twins twins, RunBook book, GitLabClient gitLab)
{
    /// <summary>
    /// Null once it is settled, else when to come again: a POST whose answer nobody read may still take effect, and its pipeline must not
    /// outlive the run unseen.
    /// </summary>
    public async Task<DateTimeOffset?> EndAsync(RunTask task, CheckDecision.Canceled ending, CancellationToken cancellationToken)
    {
        RunAttempt attempt = await book.AttemptAsync(task, cancellationToken);
        if (attempt.State == AttemptState.Settled)
            return null;
        if (attempt.Pipeline is { } pipeline)
        {
            await CancelAsync(pipeline, cancellationToken);
            AttemptRead read = await reader.ReadAsync(task, pipeline, cancellationToken);
            await book.SettleAsync(task, read.Result(ending), cancellationToken);
            return null;
        }
        TreeConfig tree = book.Tree(await book.DetectionAsync(task.Run, cancellationToken));
        DateTimeOffset looked = book.Now;
        await twins.CancelAsync(task, await twins.FindAsync(task, attempt, tree.Pipeline, cancellationToken), cancellationToken);
        if (Starting.IsClaimed(attempt, looked))
            return attempt.ClaimedAt + Starting.ClaimLasts;
        await book.SettleAsync(task, RunResults.Of([], [], [], ending), cancellationToken);
        return null;
    }

    /// <summary>A pipeline that was deleted needs no cancelling.</summary>
    private async Task CancelAsync(PipelineRef pipeline, CancellationToken cancellationToken)
    {
        try
        {
            await gitLab.CancelPipelineAsync(pipeline, cancellationToken);
        }
        catch (GitLabRefusedException gone) when (gone.Status == 404)
        {
            return;
        }
    }
}
