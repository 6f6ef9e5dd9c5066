using Microsoft.Extensions.Logging;

namespace Cki.PipelineTrigger;

/// <summary>A detected commit gets its run's flow. Sent again and again as long as presence is not progress, so all of it may be repeated.</summary>
internal sealed class Commits(RunBook book, RunFlows flows, SuitePorts ports, ILogger log)
{
    public async Task HandleAsync(ReceivedMessage message, CommitDetected detected, CancellationToken cancellationToken)
    {
        RunDetection detection = await book.DetectionAsync(detected.Run, cancellationToken);
        if (detection.State != DetectionState.Detected)
            log.NotTested(detected.Run, detection.State, detection.Reason ?? detection.CoveredBy?.Value ?? "no reason was noted");
        else
            await StartAsync(new RunTask(detected.Run, 1), cancellationToken);
        await ports.Due.DoneAsync(message, cancellationToken);
    }

    private async Task StartAsync(RunTask first, CancellationToken cancellationToken)
    {
        await book.OpenAsync(first.Run, cancellationToken);
        if (await flows.FindAsync(first, 0, cancellationToken) is not null)
            return;
        await flows.WatchOverAsync(first, cancellationToken);
        await flows.StartAsync(first, 0, cancellationToken);
        log.FlowStarted(first.Run, first.Attempt);
    }
}
