using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Cki;

/// <summary>To <c>watch</c>: look at one check of checks.yaml.</summary>
/// <param name="At">When the look was asked for: an old wish is void.</param>
public sealed record LookAtCheck(string Name, DateTimeOffset At, int V = 1)
    : IStageMessage<LookAtCheck>
{
    /// <summary>By a person, who waits: however close to the look before.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsAsked { get; init; }

    public static string TypeName => MessageTypes.LookAtCheck;

    public static string QueueName => QueueNames.Watch;

    public static JsonTypeInfo<LookAtCheck> Json => CheckMessageJson.Default.LookAtCheck;

    public string GetSubject() => Name;

    /// <summary>One for all: peers that do not answer keep no more than their share from the ticks.</summary>
    public string GetGroup() => "checks";
}

/// <summary>To <c>watch</c>, by WebhookIntake: a heartbeat came.</summary>
public sealed record HeartbeatReceived(string Name, DateTimeOffset At, int V = 1)
    : IStageMessage<HeartbeatReceived>
{
    public static string TypeName => MessageTypes.HeartbeatReceived;

    public static string QueueName => QueueNames.Watch;

    public static JsonTypeInfo<HeartbeatReceived> Json => CheckMessageJson.Default.HeartbeatReceived;

    public string GetSubject() => Name;

    public string GetGroup() => "heartbeats";
}

/// <summary>To <c>watch</c>, by a due marker: operators were told of a dead letter; see whether it is over.</summary>
public sealed record LookAtLetter(string Queue, string Id, int V = 1)
    : IStageMessage<LookAtLetter>
{
    /// <summary>Of its due markers.</summary>
    public const string Kind = "letter";

    public static string TypeName => MessageTypes.LookAtLetter;

    public static string QueueName => QueueNames.Watch;

    public static JsonTypeInfo<LookAtLetter> Json => CheckMessageJson.Default.LookAtLetter;

    public string GetSubject() => Id;

    public string GetGroup() => Queue;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LookAtCheck))]
[JsonSerializable(typeof(HeartbeatReceived))]
[JsonSerializable(typeof(LookAtLetter))]
public sealed partial class CheckMessageJson : JsonSerializerContext;
