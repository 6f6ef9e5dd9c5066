using Microsoft.Extensions.Logging;

namespace Cki.JobHerding;

internal static partial class HerdingLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job} ({Name}): {Act} by {Matcher}, {Finding}: {Reason}")]
    public static partial void Decided(this ILogger log, JobRef job, string name, HerdAct act, string matcher, JobFinding finding, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Retry of {Name}: {State}, {Outcome}")]
    public static partial void RetryLooked(this ILogger log, string name, string state, string outcome);

    [LoggerMessage(Level = LogLevel.Information, Message = "Pipeline {Pipeline} looks settled; its flow was told: {Signal}")]
    public static partial void Settled(this ILogger log, PipelineRef pipeline, FlowSignal signal);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Pipeline {Pipeline} belongs to no run of ours")]
    public static partial void NotOurs(this ILogger log, PipelineRef pipeline);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A matcher is set aside: {Error}")]
    public static partial void MatcherRefused(this ILogger log, ConfigError error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Class {Class} is in outage: {Pipelines} pipelines failed of it")]
    public static partial void OutageOpened(this ILogger log, string @class, int pipelines);

    [LoggerMessage(Level = LogLevel.Information, Message = "Class {Class} is out of its outage")]
    public static partial void OutageClosed(this ILogger log, string @class);

    [LoggerMessage(Level = LogLevel.Information, Message = "Probe of class {Class}, job {Job}: {End}")]
    public static partial void Probed(this ILogger log, string @class, JobRef job, ProbeEnd end);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Matcher {Matcher} is proposed for demotion: {Retries} retries rescued nothing")]
    public static partial void DemotionProposed(this ILogger log, string matcher, int retries);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Runner {Runner} of {Host} broke {Failures} jobs of several projects")]
    public static partial void RunnerBroken(this ILogger log, string runner, string host, int failures);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job}: {By} wants it run again: {State}, {Reason}")]
    public static partial void OrderTaken(this ILogger log, JobRef job, string by, RetryState state, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}: the order of {By} came to nothing: {Reason}")]
    public static partial void OrderIgnored(this ILogger log, JobRef job, string by, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Run}: {By} overruled what was found in {Name}: {Reason}")]
    public static partial void Overruled(this ILogger log, RunId run, string name, string by, string reason);
}
