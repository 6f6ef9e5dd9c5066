using Microsoft.Extensions.Logging;

namespace Cki.CommitDetection;

internal static partial class DetectionLog
{
    [LoggerMessage(1, LogLevel.Information, "{Tree} {Branch}: {Sha} is a new head, run {Run} ({FoundBy})")]
    public static partial void Detected(ILogger log, TreeName tree, string branch, CommitSha sha, RunId run, FoundBy foundBy);

    [LoggerMessage(2, LogLevel.Information, "{Tree} {Branch}: {Decision}")]
    public static partial void Decided(ILogger log, TreeName tree, string branch, HeadDecision decision);

    [LoggerMessage(3, LogLevel.Information, "Nothing done about push {Delivery} of {Project} {Ref}: {Why}")]
    public static partial void PushIgnored(ILogger log, string delivery, ProjectRef project, string @ref, string why);

    [LoggerMessage(4, LogLevel.Information, "{Tree} not polled: {Why}")]
    public static partial void NotPolled(ILogger log, TreeName tree, string why);

    [LoggerMessage(5, LogLevel.Warning, "{Tree} cannot be polled: {Why}")]
    public static partial void PollFailed(ILogger log, TreeName tree, string why);

    [LoggerMessage(6, LogLevel.Information, "{Tree} {Branch}: reading it again, {Why}")]
    public static partial void LooksFirst(ILogger log, TreeName tree, string branch, string why);

    [LoggerMessage(7, LogLevel.Information, "{Tree} {Branch}: {Sha} sent on again as run {Run}")]
    public static partial void SentAgain(ILogger log, TreeName tree, string branch, CommitSha sha, RunId run);

    [LoggerMessage(8, LogLevel.Error, "{Tree} {Branch} set aside: {Why}")]
    public static partial void SetAside(ILogger log, TreeName tree, string branch, string why);

    [LoggerMessage(9, LogLevel.Information, "{Tree} {Branch}: {Sha} waits, {Why}")]
    public static partial void Waits(ILogger log, TreeName tree, string branch, CommitSha sha, string why);

    [LoggerMessage(10, LogLevel.Information, "{Tree} {Branch}: {Sha} is {State}: {Why}")]
    public static partial void Closed(ILogger log, TreeName tree, string branch, CommitSha sha, DetectionState state, string why);

    [LoggerMessage(21, LogLevel.Information, "{Pipeline} is left alone: {Why}")]
    public static partial void PipelineIgnored(ILogger log, PipelineRef pipeline, string why);

    [LoggerMessage(22, LogLevel.Information, "{Tree} merge request !{Iid}: {Why}")]
    public static partial void MergeRequest(ILogger log, TreeName tree, long iid, string why);

    [LoggerMessage(23, LogLevel.Warning, "What others start for {Tree} cannot be looked at: {Why}")]
    public static partial void OthersFailed(ILogger log, TreeName tree, string why);
}
