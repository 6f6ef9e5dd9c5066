using Microsoft.Extensions.Logging;

namespace Cki.PipelineTrigger;

internal static partial class TriggerLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Run}: attempt {Attempt} was judged again for {By}: {Reason}; it is {Verdict}")]
    public static partial void Reconsidered(this ILogger log, RunId run, int attempt, string by, string reason, Verdict verdict);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Run}: attempt {Attempt} is judged again later: {Reason}")]
    public static partial void ReconsideredLater(this ILogger log, RunId run, int attempt, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Run}: attempt {Attempt} is not judged again for {By}: {Reason}")]
    public static partial void NotReconsidered(this ILogger log, RunId run, int attempt, string by, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run} is not tested: {State}, {Reason}")]
    public static partial void NotTested(this ILogger log, RunId run, DetectionState state, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run}: the flow of attempt {Attempt} is started")]
    public static partial void FlowStarted(this ILogger log, RunId run, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {Run}: the flow of attempt {Attempt} died (redriven {Redrives} times): {Cause}")]
    public static partial void FlowDied(this ILogger log, RunId run, int attempt, int redrives, string cause);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run}: attempt {Attempt} is pipeline {Pipeline}")]
    public static partial void PipelineStarted(this ILogger log, RunId run, int attempt, PipelineRef pipeline);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run}: attempt {Attempt} had a twin, {Pipeline}; it is cancelled")]
    public static partial void TwinCanceled(this ILogger log, RunId run, int attempt, PipelineRef pipeline);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run}: attempt {Attempt} is canceled by {By}: {Reason}")]
    public static partial void Canceled(this ILogger log, RunId run, int attempt, string by, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run}: attempt {Attempt} is asked for by {By}: {Reason}")]
    public static partial void Retested(this ILogger log, RunId run, int attempt, string by, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run}: attempt {Attempt}, asked for by {By}, is not started: {Why}")]
    public static partial void NotRetested(this ILogger log, RunId run, int attempt, string by, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "A result is made without what cannot be read: {Why}")]
    public static partial void SetAside(this ILogger log, string why);
}
