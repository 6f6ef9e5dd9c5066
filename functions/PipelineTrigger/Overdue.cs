using Microsoft.Extensions.Logging;

namespace Cki.PipelineTrigger;

/// <summary>Looks whether an attempt's flow is alive. Flows can die (rule 9): a successor takes over where it stopped, since all of it is recorded.</summary>
internal sealed class Overdue(RunBook book, RunFlows flows, SuitePorts ports, ILogger log)
{
    private const int RedrivesMax = 3;

    public async Task HandleAsync(ReceivedMessage message, RunOverdue overdue, CancellationToken cancellationToken)
    {
        var task = new RunTask(overdue.Run, overdue.Attempt);
        if (await LookAsync(task, cancellationToken))
            await ports.Due.DoneAsync(message, cancellationToken);
    }

    /// <summary>True when there is nothing left to watch over.</summary>
    private async Task<bool> LookAsync(RunTask task, CancellationToken cancellationToken)
    {
        RunAttempt attempt = await book.AttemptAsync(task, cancellationToken);
        FlowExecution? execution = await flows.FindAsync(task, attempt.Redrives, cancellationToken);
        switch (execution?.Status)
        {
            case FlowStatus.Running:
                return false;
            case FlowStatus.Succeeded:
                return true;
            case null when attempt.State != AttemptState.Settled:
                // Recorded, but the process died before it started the flow.
                await flows.StartAsync(task, attempt.Redrives, cancellationToken);
                return false;
            case null:
                return true;
        }
        string cause = $"{execution.Status}: {execution.Error} {execution.Cause}";
        log.FlowDied(task.Run, task.Attempt, attempt.Redrives, cause);
        if (attempt.State != AttemptState.Settled && attempt.Redrives < RedrivesMax)
            return await RedriveAsync(task, attempt, cancellationToken);
        await book.BreakOffAsync(task, Verdict.Infrastructure, $"its flow died {attempt.Redrives + 1} times, last {cause}", cancellationToken);
        // Its report may have been sent or not; Reporting knows it by run and attempt.
        await flows.SendAsync(new RunSettled(task.Run, task.Attempt), cancellationToken);
        return true;
    }

    private async Task<bool> RedriveAsync(RunTask task, RunAttempt died, CancellationToken cancellationToken)
    {
        RunAttempt next = await book.ChangeAsync(
            task, attempt => attempt.Redrives == died.Redrives ? attempt with { Redrives = died.Redrives + 1 } : null, cancellationToken);
        await flows.StartAsync(task, next.Redrives, cancellationToken);
        return false;
    }
}
