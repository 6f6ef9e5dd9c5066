using Microsoft.Extensions.Logging;

namespace Cki.JobHerding;

internal static partial class HerdingLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job} ({Name}): {Act} by {Matcher}, {Finding}: {Reason}")]
    public static partial void Decided(this ILogger log, JobRef job, string name, HerdAct act, string matcher, JobFinding finding, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Pipeline {Pipeline} looks settled; its flow was told: {Signal}")]
    public static partial void Settled(this ILogger log, PipelineRef pipeline, FlowSignal signal);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Pipeline {Pipeline} belongs to no run of ours")]
    public static partial void NotOurs(this ILogger log, PipelineRef pipeline);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A matcher is set aside: {Error}")]
    public static partial void MatcherRefused(this ILogger log, ConfigError error);
}
