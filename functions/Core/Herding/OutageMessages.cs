using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Cki;

/// <summary>To <c>herd</c>, by a hit, a person or a due marker: see where this class stands and do what is due.</summary>
public sealed record OutageLook(string Class, int V = 1)
    : IStageMessage<OutageLook>
{
    /// <summary>Of its due markers.</summary>
    public const string Kind = "outage";

    public static string TypeName => MessageTypes.OutageLook;

    public static string QueueName => QueueNames.Herd;

    public static JsonTypeInfo<OutageLook> Json => HerdMessageJson.Default.OutageLook;

    public string GetSubject() => Class;

    public string GetGroup() => $"outage-{Class}";
}

/// <summary>To <c>herd</c>, by a due marker on the day after: fold what retries taught on a day.</summary>
/// <param name="Day">yyyyMMdd, UTC.</param>
public sealed record LearningDue(string Day, int V = 1)
    : IStageMessage<LearningDue>
{
    /// <summary>Of its due markers.</summary>
    public const string Kind = "learning";

    public static string TypeName => MessageTypes.LearningDue;

    public static string QueueName => QueueNames.Herd;

    public static JsonTypeInfo<LearningDue> Json => HerdMessageJson.Default.LearningDue;

    public string GetSubject() => Day;

    public string GetGroup() => "learning";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OutageLook))]
[JsonSerializable(typeof(LearningDue))]
public sealed partial class HerdMessageJson : JsonSerializerContext;
