namespace Cki.Contract.Tests.Flows;

/// <summary>
/// Where moto 5.2.1 is not Step Functions. Each is mended in moto's story by name, and only where it shows; a moto that no longer deviates
/// passes as well. Not comparable here: the token of a task that is tried again (moto keeps it, Step Functions makes a new one), and
/// States.ALL, which in moto also matches States.Runtime and States.DataLimitExceeded.
/// </summary>
internal static class MotoDeviations
{
    public static FlowStory Mended(FlowStory told) => TimeOutNamesItsError(AbortIsNoTimeOut(told));

    /// <summary>StopExecution ends an execution with ExecutionAborted; moto wakes the waiting task and notes its time-out as well.</summary>
    private static FlowStory AbortIsNoTimeOut(FlowStory told) =>
        told.Status == FlowStatus.Aborted ? told with { Lines = [.. told.Lines.Where(line => line != "failed States.Timeout")] } : told;

    /// <summary>ExecutionTimedOut carries the error States.Timeout; moto gives none.</summary>
    private static FlowStory TimeOutNamesItsError(FlowStory told) =>
        told.Status == FlowStatus.TimedOut ? told with { Error = told.Error ?? "States.Timeout" } : told;
}
