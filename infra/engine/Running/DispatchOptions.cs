using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cki.Engine;

/// <summary>Calls <paramref name="run"/>, the invocation of a stage by queue or task name. The simulation makes a process of it.</summary>
public delegate Task StageInvocation(string name, Func<CancellationToken, Task> run, CancellationToken cancellationToken);

/// <summary>A handler or task that threw.</summary>
/// <param name="Name">The queue, or the task.</param>
/// <param name="Pause">When the message comes back; null where it does not (a task's failure is its flow's to retry).</param>
public sealed record HandlerFailure(string Name, ReceivedMessage Message, Exception Error, TimeSpan? Pause);

/// <summary>What stands around the dispatcher.</summary>
public sealed record DispatchOptions
{
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Default: calls it.</summary>
    public StageInvocation Invoke { get; init; } = static (_, run, cancellationToken) => run(cancellationToken);

    /// <summary>Told of every failure, besides the log; for metrics and traces. Must not throw.</summary>
    public Action<HandlerFailure>? OnFailure { get; init; }

    internal void Report(HandlerFailure failure)
    {
        EngineLog.HandlerFailed(Logger, failure.Error, failure.Name, failure.Message.Id, failure.Message.ReceiveCount, failure.Pause);
        OnFailure?.Invoke(failure);
    }
}

internal static partial class EngineLog
{
    [LoggerMessage(1, LogLevel.Warning, "{Name} failed on message {Id} at receive {ReceiveCount}; it comes back after {Pause}")]
    public static partial void HandlerFailed(ILogger logger, Exception error, string name, string id, int receiveCount, TimeSpan? pause);

    [LoggerMessage(2, LogLevel.Error, "The engine cannot work on {Name}, time {Failures} in a row; it tries every {Pause} and tells every ten minutes")]
    public static partial void Unavailable(ILogger logger, Exception error, string name, TimeSpan pause, int failures);

    [LoggerMessage(3, LogLevel.Error, "Message {Id} of {Name} is handled, but that could not be written: it will come again")]
    public static partial void NotSettled(ILogger logger, Exception error, string name, string id);

    [LoggerMessage(4, LogLevel.Information, "The engine works on {Name} again, after {Failures} failures")]
    public static partial void WorksAgain(ILogger logger, string name, int failures);
}
