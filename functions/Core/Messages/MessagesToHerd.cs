using System.Text.Json.Serialization.Metadata;

namespace Cki;

/// <summary>To <c>herd</c>: a job ended (webhook, or found undecided by check-pipeline).</summary>
public sealed record JobFinished(JobRef Job, long PipelineId, string Name, string Status, int V = 1)
    : IStageMessage<JobFinished>
{
    public static string TypeName => MessageTypes.JobFinished;

    public static string QueueName => QueueNames.Herd;

    public static JsonTypeInfo<JobFinished> Json => MessageJson.Default.JobFinished;

    public string GetSubject() => Job.ToString();

    public string GetGroup() => Job.Project.ToString();
}

/// <summary>To <c>herd</c>: a pipeline changed its status.</summary>
public sealed record PipelineChanged(PipelineRef Pipeline, string Status, int V = 1)
    : IStageMessage<PipelineChanged>
{
    public static string TypeName => MessageTypes.PipelineChanged;

    public static string QueueName => QueueNames.Herd;

    public static JsonTypeInfo<PipelineChanged> Json => MessageJson.Default.PipelineChanged;

    public string GetSubject() => Pipeline.ToString();

    public string GetGroup() => Pipeline.Project.ToString();
}

/// <summary>To <c>herd</c>, by the flow: signal this token once the pipeline has settled.</summary>
public sealed record PipelineAwaited(RunId Run, int Attempt, PipelineRef Pipeline, string TaskToken, int Loop, int V = 1)
    : IStageMessage<PipelineAwaited>
{
    public static string TypeName => MessageTypes.PipelineAwaited;

    public static string QueueName => QueueNames.Herd;

    public static JsonTypeInfo<PipelineAwaited> Json => MessageJson.Default.PipelineAwaited;

    public string GetSubject() => Run.Value;

    public string GetGroup() => Pipeline.Project.ToString();
}
