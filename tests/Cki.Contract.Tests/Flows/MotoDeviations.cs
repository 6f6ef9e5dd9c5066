namespace Cki.Contract.Tests.Flows;

/// <summary>
/// Where moto 5.2.1 is not Step Functions. Each is mended in moto's story by name, and only where it shows; a moto that no longer deviates
/// passes as well. Not comparable here: the token of a task that is tried again (moto keeps it, Step Functions makes a new one), and
/// States.ALL, which in moto also matches States.Runtime and States.DataLimitExceeded; and an abort while a task waits for its token, which
/// moto lets wait to its time-out and then calls FAILED (so the path stops a Wait).
/// </summary>
internal static class MotoDeviations
{
    public static FlowStory Mended(FlowStory told) => TimeOutNamesItsError(AbortKeepsItsError(told));

    /// <summary>ExecutionAborted carries the error that StopExecution gave; moto forgets it.</summary>
    private static FlowStory AbortKeepsItsError(FlowStory told) =>
        told.Status == FlowStatus.Aborted && string.IsNullOrEmpty(told.Error) ? told with { Error = "Cki.Canceled" } : told;

    /// <summary>ExecutionTimedOut carries the error States.Timeout; moto gives none.</summary>
    private static FlowStory TimeOutNamesItsError(FlowStory told) =>
        told.Status == FlowStatus.TimedOut ? told with { Error = told.Error ?? "States.Timeout" } : told;
}
