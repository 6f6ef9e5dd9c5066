namespace Cki;

/// <summary>How starting a flow ended.</summary>
public enum FlowStart
{
    Started,

    /// <summary>An execution of this name exists (running or finished within 90 days): the start happened before.</summary>
    AlreadyExists,
}

/// <summary>How a signal to a waiting flow ended.</summary>
public enum FlowSignal
{
    Delivered,

    /// <summary>TaskTimedOut, TaskDoesNotExist or InvalidToken: nobody waits on this token any more. Normal.</summary>
    NoLongerWaiting,
}

/// <summary>Step Functions' execution states.</summary>
public enum FlowStatus
{
    Running,
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
}

/// <summary>A flow execution as described. Error and cause are null unless it failed.</summary>
public sealed record FlowExecution(
    string Flow, string Name, FlowStatus Status, string Input, string? Output, string? Error, string? Cause, DateTimeOffset Started, DateTimeOffset? Stopped);

/// <summary>Long flows by name: Step Functions, or the embedded interpreter of the same files.</summary>
public interface IFlows
{
    /// <param name="flow"><c>test-commit</c> or <c>retry-job</c>.</param>
    /// <param name="name">Unique execution name, at most 80 characters of [A-Za-z0-9_-].</param>
    /// <param name="input">JSON object.</param>
    Task<FlowStart> StartAsync(string flow, string name, string input, CancellationToken cancellationToken);

    Task<FlowExecution?> DescribeAsync(string flow, string name, CancellationToken cancellationToken);

    /// <summary>Ends the execution as ABORTED; no effect on one that has ended.</summary>
    Task StopAsync(string flow, string name, string error, string cause, CancellationToken cancellationToken);

    /// <summary>SendTaskSuccess.</summary>
    Task<FlowSignal> SignalAsync(string taskToken, string output, CancellationToken cancellationToken);

    /// <summary>SendTaskFailure.</summary>
    Task<FlowSignal> FailAsync(string taskToken, string error, string cause, CancellationToken cancellationToken);
}

/// <summary>The flow engine refused or did not answer; a start or signal may or may not have taken effect.</summary>
public sealed class FlowsUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
