using Microsoft.Extensions.Logging;

namespace Cki.Watch;

internal static partial class WatchLog
{
    [LoggerMessage(1, LogLevel.Information, "Due again, time {Round}: {Kind} {Id}")]
    public static partial void DueAgain(ILogger log, int round, string kind, string id);

    [LoggerMessage(2, LogLevel.Error, "Set aside {Key}: {Why}")]
    public static partial void SetAside(ILogger log, string key, string why);

    [LoggerMessage(3, LogLevel.Information, "Spilled message {Id} sent to {Queue}")]
    public static partial void SpillSent(ILogger log, string id, string queue);

    [LoggerMessage(4, LogLevel.Warning, "Dead letter {Id} of {Queue} filed, time {Filing}; returned at {ReturnAt}")]
    public static partial void Filed(ILogger log, string id, string queue, int filing, DateTimeOffset? returnAt);

    [LoggerMessage(5, LogLevel.Information, "Dead letter {Id} returned to {Queue}")]
    public static partial void Returned(ILogger log, string id, string queue);

    [LoggerMessage(6, LogLevel.Information, "Dead letter {Id} of {Queue} not returned: {Why}")]
    public static partial void NotReturned(ILogger log, string id, string queue, string why);

    [LoggerMessage(7, LogLevel.Warning, "Run {Run} had nobody to watch over it: {Act}")]
    public static partial void Unwatched(ILogger log, RunId run, CompareAct act);

    [LoggerMessage(8, LogLevel.Information, "Tick of {At} is too old to count")]
    public static partial void OldTick(ILogger log, DateTimeOffset at);

    [LoggerMessage(9, LogLevel.Debug, "Poll of {Tree} is due")]
    public static partial void PollDue(ILogger log, TreeName tree);

    [LoggerMessage(10, LogLevel.Warning, "Flow {Execution} ended {Status}; PipelineTrigger looks at its attempt")]
    public static partial void FlowDied(ILogger log, string execution, string status);

    [LoggerMessage(11, LogLevel.Warning, "Flow {Execution} ended {Status}; it belongs to no run")]
    public static partial void StrangerDied(ILogger log, string execution, string status);
}
