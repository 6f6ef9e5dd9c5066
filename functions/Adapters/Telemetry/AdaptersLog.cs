using Microsoft.Extensions.Logging;

namespace Cki.Adapters;

/// <summary>All that adapters log. One class: the generator would put two into an order of chance, and the same sources would not give the same bytes.</summary>
internal static partial class AdaptersLog
{
    [LoggerMessage(EventId = 1, Message = "The invocation failed")]
    public static partial void InvocationFailed(ILogger log, LogLevel level, Exception error);

    [LoggerMessage(2, LogLevel.Error, "An answer of {Bytes} bytes is more than Lambda takes")]
    public static partial void AnswerTooLarge(ILogger log, int bytes);

    [LoggerMessage(3, LogLevel.Error, "Lambda did not take the answer: {Taken}")]
    public static partial void AnswerNotTaken(ILogger log, AnswerTaken taken);

    [LoggerMessage(4, LogLevel.Error, "Work went on after its deadline; the process ends, so that it does not run on within another invocation")]
    public static partial void Haunted(ILogger log);

    [LoggerMessage(5, LogLevel.Critical, "The process ends")]
    public static partial void Ends(ILogger log, Exception error);

    [LoggerMessage(6, LogLevel.Critical, "The function cannot be composed")]
    public static partial void NotComposed(ILogger log, Exception error);

    [LoggerMessage(7, LogLevel.Error, "A request could not be answered")]
    public static partial void DoorFailed(ILogger log, Exception error);

    [LoggerMessage(8, LogLevel.Warning, "The configuration could not be looked at again; the one read before stands")]
    public static partial void NotRefreshed(ILogger log, Exception error);

    [LoggerMessage(EventId = 9, Message = "Record {Record} failed at receive {ReceiveCount}; it comes back after {Pause}")]
    public static partial void RecordFailed(ILogger log, LogLevel level, Exception error, string record, int receiveCount, TimeSpan pause);

    [LoggerMessage(10, LogLevel.Warning, "Record {Record} is given back unstarted: {Left} are left")]
    public static partial void RecordGivenBack(ILogger log, string record, TimeSpan left);

    [LoggerMessage(11, LogLevel.Warning, "The visibility of record {Record} cannot be changed; it comes back after the queue's own time-out")]
    public static partial void RecordNotHidden(ILogger log, Exception error, string record);

    [LoggerMessage(12, LogLevel.Error, "The configuration cannot be renewed; {Hash} stays in force")]
    public static partial void ConfigKept(ILogger log, Exception error, string hash);

    [LoggerMessage(13, LogLevel.Warning, "Secrets under {Path} cannot be renewed; the old ones serve on")]
    public static partial void SecretsStale(ILogger log, Exception error, string path);

    [LoggerMessage(14, LogLevel.Warning, "Errors could not be reported to Sentry")]
    public static partial void NotReported(ILogger log, Exception why);
}
