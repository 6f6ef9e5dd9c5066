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

    [LoggerMessage(20, LogLevel.Warning, "The hook of {Project} is down: {Why}")]
    public static partial void HookDown(ILogger log, ProjectRef project, string why);

    [LoggerMessage(21, LogLevel.Information, "The hook of {Project} is up again")]
    public static partial void HookUp(ILogger log, ProjectRef project);

    [LoggerMessage(22, LogLevel.Information, "The hook of {Project} was tested by {Kind}, time {Tests}: {Answer}")]
    public static partial void HookTested(ILogger log, ProjectRef project, string kind, int tests, string answer);

    [LoggerMessage(23, LogLevel.Warning, "The hooks of {Project} cannot be seen and are not watched for a while: {Why}")]
    public static partial void HookRefused(ILogger log, ProjectRef project, string why);

    [LoggerMessage(24, LogLevel.Information, "GitLab did not show the hook of {Project}: {Why}")]
    public static partial void HookUnseen(ILogger log, ProjectRef project, string why);

    [LoggerMessage(25, LogLevel.Information, "The log of the hook of {Project} cannot be seen: {Why}")]
    public static partial void HookLogRefused(ILogger log, ProjectRef project, string why);

    [LoggerMessage(26, LogLevel.Warning, "The hook of {Project} has logged more than {Events} events since the last read; the older ones are left to polling")]
    public static partial void HookLogTooLong(ILogger log, ProjectRef project, int events);

    [LoggerMessage(27, LogLevel.Warning, "Delivery {Delivery} of {Project} was found by reconciliation: {Why}")]
    public static partial void DeliveryFound(ILogger log, string delivery, ProjectRef project, string why);

    [LoggerMessage(30, LogLevel.Warning, "Check {Check} is {Status}: {Said}")]
    public static partial void CheckBad(ILogger log, string check, CheckStatus status, string said);

    [LoggerMessage(31, LogLevel.Debug, "Check {Check} is not looked at: {Why}")]
    public static partial void CheckNotLooked(ILogger log, string check, string why);

    [LoggerMessage(32, LogLevel.Warning, "The look at check {Check} failed on our side")]
    public static partial void CheckFailed(ILogger log, Exception exception, string check);

    [LoggerMessage(33, LogLevel.Information, "Check {Check} is no longer configured and was forgotten")]
    public static partial void CheckForgotten(ILogger log, string check);

    [LoggerMessage(34, LogLevel.Information, "Dead letter {Id} of {Queue} is over: {Why}")]
    public static partial void LetterOver(ILogger log, string id, string queue, string why);

    [LoggerMessage(35, LogLevel.Information, "Check {Check} is {Status} now: {Said}")]
    public static partial void CheckBetter(ILogger log, string check, CheckStatus status, string said);
}
