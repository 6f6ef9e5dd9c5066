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
