using Microsoft.Extensions.Logging;

namespace Cki.PipelineTrigger;

/// <summary>A person wants a run's commit tested again: another attempt, with a flow of its own.</summary>
internal sealed class Retesting(RunBook book, RunFlows flows, SuitePorts ports, ILogger log)
{
    public async Task HandleAsync(ReceivedMessage message, RetestRun retest, CancellationToken cancellationToken)
    {
        if ((await book.DetectionAsync(retest.Run, cancellationToken)).Adopted is { } adopted)
        {
            log.NotRetested(retest.Run, retest.Attempt, retest.By, $"{adopted.Pipeline} was started by others: start another one there");
            await ports.Due.DoneAsync(message, cancellationToken);
            return;
        }
        RunPipeline? stands = await book.ChangeRunAsync(retest.Run, run => Wanted(run, retest.Attempt), cancellationToken);
        if (stands?.Attempts.FirstOrDefault(a => a.Number == retest.Attempt) is { } attempt)
            await StartAsync(retest, attempt, cancellationToken);
        else
            log.NotRetested(retest.Run, retest.Attempt, retest.By, stands is null ? "it has no attempt yet" : $"attempt {stands.Latest.Number} has not settled");
        await ports.Due.DoneAsync(message, cancellationToken);
    }

    private async Task StartAsync(RetestRun retest, RunAttempt attempt, CancellationToken cancellationToken)
    {
        var task = new RunTask(retest.Run, retest.Attempt);
        if (attempt.State == AttemptState.Settled || await flows.FindAsync(task, attempt.Redrives, cancellationToken) is not null)
            return;
        await flows.WatchOverAsync(task, cancellationToken);
        await flows.StartAsync(task, attempt.Redrives, cancellationToken);
        log.Retested(retest.Run, retest.Attempt, retest.By, retest.Reason);
    }

    /// <summary>Null leaves it: the attempt is there, or one before it still runs.</summary>
    private static RunPipeline? Wanted(RunPipeline? run, int attempt) =>
        run is not null && run.Latest.State == AttemptState.Settled && run.Latest.Number == attempt - 1 ? run.With(new RunAttempt(attempt)) : null;
}
