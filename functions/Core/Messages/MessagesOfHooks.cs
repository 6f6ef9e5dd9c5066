using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Cki;

/// <summary>To <c>watch</c>: see how our webhook in this project stands.</summary>
/// <param name="At">When the look was asked for: an old wish is void.</param>
public sealed record LookAtHook(ProjectRef Project, DateTimeOffset At, int V = 1)
    : IStageMessage<LookAtHook>
{
    public static string TypeName => MessageTypes.LookAtHook;

    public static string QueueName => QueueNames.Watch;

    public static JsonTypeInfo<LookAtHook> Json => HookMessageJson.Default.LookAtHook;

    public string GetSubject() => Project.ToString();

    /// <summary>One for all of a host: a GitLab that does not answer keeps no more than its share from the ticks.</summary>
    public string GetGroup() => $"hooks-{Project.Host}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LookAtHook))]
public sealed partial class HookMessageJson : JsonSerializerContext;
