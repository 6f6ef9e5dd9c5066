using System.Text.Json.Serialization.Metadata;

namespace Cki;

/// <summary>To <c>watch</c>: a minute went by.</summary>
public sealed record Tick(DateTimeOffset Now, int V = 1)
    : IStageMessage<Tick>
{
    public static string TypeName => MessageTypes.Tick;

    public static string QueueName => QueueNames.Watch;

    public static JsonTypeInfo<Tick> Json => MessageJson.Default.Tick;

    public string GetSubject() => "tick";

    public string GetGroup() => "tick";
}

/// <summary>To <c>watch</c>: a filed dead letter may circulate again.</summary>
public sealed record DeadLetterDue(string Queue, string Id, int V = 1)
    : IStageMessage<DeadLetterDue>
{
    public static string TypeName => MessageTypes.DeadLetterDue;

    public static string QueueName => QueueNames.Watch;

    public static JsonTypeInfo<DeadLetterDue> Json => MessageJson.Default.DeadLetterDue;

    public string GetSubject() => Id;

    public string GetGroup() => Queue;
}

/// <summary>
/// To <c>watch</c>: an execution of <c>test-commit</c> ended without success. On AWS an EventBridge rule makes it, on one machine the engine.
/// </summary>
/// <param name="Name">The execution's name, see <see cref="RunIds.Execution"/>.</param>
/// <param name="Status"><c>FAILED</c>, <c>TIMED_OUT</c> or <c>ABORTED</c>.</param>
public sealed record FlowDied(string Name, string Status, int V = 1)
    : IStageMessage<FlowDied>
{
    public static string TypeName => MessageTypes.FlowDied;

    public static string QueueName => QueueNames.Watch;

    public static JsonTypeInfo<FlowDied> Json => MessageJson.Default.FlowDied;

    public string GetSubject() => Name;

    public string GetGroup() => Name;
}
