using Microsoft.Extensions.Logging;

namespace Cki.PipelineTrigger;

/// <summary>A person ends an attempt. Its flow finds the result at its next look and ends by itself; the report need not wait for that.</summary>
internal sealed class Cancellation(AttemptEnding ending, RunFlows flows, SuitePorts ports, ILogger log)
{
    private readonly Post _post = ports.PostFrom("pipeline-trigger");

    public async Task HandleAsync(ReceivedMessage message, CancelRun cancel, CancellationToken cancellationToken)
    {
        log.Canceled(cancel.Run, cancel.Attempt, cancel.By, cancel.Reason);
        var canceled = new CheckDecision.Canceled(cancel.By, cancel.Reason);
        DateTimeOffset? again = await ending.EndAsync(new RunTask(cancel.Run, cancel.Attempt), canceled, cancellationToken);
        if (again is { } at)
        {
            // Put off too often, its marker brings it back.
            await _post.LaterAsync(message, at - ports.Clock.GetUtcNow(), cancellationToken);
            return;
        }
        await flows.SendAsync(new RunSettled(cancel.Run, cancel.Attempt), cancellationToken);
        await ports.Due.DoneAsync(message, cancellationToken);
    }
}
