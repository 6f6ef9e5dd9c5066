using System.Text.Json.Serialization.Metadata;

namespace Cki;

/// <summary>To <c>detect</c>: a pipeline in a watched project, by a webhook. A hint: the handler reads the pipeline itself.</summary>
public sealed record PipelineSeen(string Delivery, PipelineRef Pipeline, int V = 1)
    : IStageMessage<PipelineSeen>
{
    public static string TypeName => MessageTypes.PipelineSeen;

    public static string QueueName => QueueNames.Detect;

    public static JsonTypeInfo<PipelineSeen> Json => MessageJson.Default.PipelineSeen;

    public string GetSubject() => Pipeline.ToString();

    public string GetGroup() => Pipeline.Project.ToString();
}

/// <summary>To <c>detect</c>: something happened to a merge request, says a webhook. A hint likewise.</summary>
public sealed record MergeRequestChanged(string Delivery, ProjectRef Project, long Iid, int V = 1)
    : IStageMessage<MergeRequestChanged>
{
    public static string TypeName => MessageTypes.MergeRequestChanged;

    public static string QueueName => QueueNames.Detect;

    public static JsonTypeInfo<MergeRequestChanged> Json => MessageJson.Default.MergeRequestChanged;

    public string GetSubject() => $"{Project}!{Iid}";

    public string GetGroup() => Project.ToString();
}

/// <summary>To <c>herd</c>: retries of this run that wait or are held may have lost their reason; look at each again now.</summary>
/// <param name="Why">For the log; each retry is judged by what GitLab says then.</param>
public sealed record RevisitRetries(RunId Run, string Why, int V = 1)
    : IStageMessage<RevisitRetries>
{
    public static string TypeName => MessageTypes.RevisitRetries;

    public static string QueueName => QueueNames.Herd;

    public static JsonTypeInfo<RevisitRetries> Json => MessageJson.Default.RevisitRetries;

    public string GetSubject() => Run.Value;

    public string GetGroup() => Run.Value;
}
