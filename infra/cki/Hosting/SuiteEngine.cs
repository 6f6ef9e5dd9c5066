using System.Diagnostics;
using Cki.Engine;

namespace Cki.Tool;

/// <summary>The embedded engine as this suite needs it.</summary>
internal static class SuiteEngine
{
    public static EngineOptions Options(TimeProvider clock, Dice dice) => new()
    {
        // Dead letters come to Watch like any message; one that it cannot file stays until it can.
        Queues =
        [
            .. QueueNames.All.Select(name => new QueueSettings(name)),
            .. QueueNames.All.Select(name => new QueueSettings(EngineQueues.DeadQueueOf(name)) { ReceivesMax = int.MaxValue }),
        ],
        Flows = FlowFiles.Load(),
        FlowEnded = ended => Died(ended, clock, dice),
        TroubleOver = (trouble, until) => SuitePulse.Notice(trouble, until, dice),
    };

    /// <summary>What EventBridge's rule on FAILED, TIMED_OUT and ABORTED executions does on AWS: a died test-commit is looked after at once.</summary>
    private static OutgoingMessage? Died(FlowExecution ended, TimeProvider clock, Dice dice)
    {
        if (ended.Flow != "test-commit" || ended.Status == FlowStatus.Succeeded)
            return null;
        var died = new FlowDied(ended.Name, Words(ended.Status));
        // The engine sends it in the transaction that ends the execution.
        string envelope = CloudEvent.Of(died, dice.Id("engine.died-flow"), "/cki/engine", clock.GetUtcNow()).ToJson();
        return new OutgoingMessage(QueueNames.Watch, envelope, died.GetGroup());
    }

    private static string Words(FlowStatus status) => status switch
    {
        FlowStatus.Failed => "FAILED",
        FlowStatus.TimedOut => "TIMED_OUT",
        FlowStatus.Aborted => "ABORTED",
        _ => throw new UnreachableException(),
    };
}
