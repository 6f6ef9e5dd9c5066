using System.Text.Json.Serialization.Metadata;

namespace Cki;

/// <summary>To <c>trigger</c>: a run record waits for its pipeline. Sent again as long as presence is not progress.</summary>
public sealed record CommitDetected(RunId Run, int V = 1)
    : IStageMessage<CommitDetected>
{
    public static string TypeName => MessageTypes.CommitDetected;

    public static string QueueName => QueueNames.Trigger;

    public static JsonTypeInfo<CommitDetected> Json => MessageJson.Default.CommitDetected;

    public string GetSubject() => Run.Value;

    public string GetGroup() => Run.Value;
}

/// <summary>To <c>trigger</c>: look whether the flow of this attempt is alive.</summary>
public sealed record RunOverdue(RunId Run, int Attempt, int V = 1)
    : IStageMessage<RunOverdue>
{
    public static string TypeName => MessageTypes.RunOverdue;

    public static string QueueName => QueueNames.Trigger;

    public static JsonTypeInfo<RunOverdue> Json => MessageJson.Default.RunOverdue;

    public string GetSubject() => Run.Value;

    public string GetGroup() => Run.Value;
}
