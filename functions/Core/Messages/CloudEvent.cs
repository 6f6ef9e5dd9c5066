using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Cki;

/// <summary>CloudEvents 1.0, structured mode: the one envelope of every message between stages.</summary>
/// <param name="Id">Unique per event; the same event sent again keeps it.</param>
/// <param name="Source">The stage that speaks, e.g. <c>/cki/commit-detection</c>.</param>
/// <param name="Type">e.g. <c>cki.commit.detected</c>; see <see cref="MessageTypes"/>.</param>
/// <param name="Subject">What it is about: a run id, a delivery id, host/project/job.</param>
/// <param name="Data">The message; its <c>v</c> is the version of its shape.</param>
public sealed record CloudEvent(string Id, string Source, string Type, string Subject, DateTimeOffset Time, JsonNode Data)
{
    [JsonPropertyName("specversion")]
    public string SpecVersion { get; init; } = "1.0";

    [JsonPropertyName("datacontenttype")]
    public string DataContentType { get; init; } = "application/json";

    /// <summary>Extension: id of what began it all, see <see cref="Trail.Correlation"/>; null where nobody said.</summary>
    [JsonPropertyName("correlationid")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CorrelationId { get; init; }

    /// <param name="id">Unique per event.</param>
    /// <param name="source">The stage that speaks, e.g. <c>/cki/commit-detection</c>.</param>
    public static CloudEvent Of<T>(T message, string id, string source, DateTimeOffset time)
        where T : class, IStageMessage<T> =>
        new(id, source, T.TypeName, message.GetSubject(), time, JsonSerializer.SerializeToNode(message, T.Json)!);

    /// <summary>The envelope as JSON text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, CloudEventJson.Default.CloudEvent);

    /// <summary>Throws <see cref="UnreadableMessageException"/> naming what is wrong.</summary>
    public static CloudEvent Parse(string body)
    {
        try
        {
            CloudEvent? read = JsonSerializer.Deserialize(body, CloudEventJson.Default.CloudEvent);
            if (read is null || read.SpecVersion != "1.0" || string.IsNullOrEmpty(read.Type) || read.Data is null)
                throw new UnreadableMessageException("not a CloudEvents 1.0 envelope with type and data");
            return read;
        }
        catch (JsonException e)
        {
            throw new UnreadableMessageException($"not JSON: {e.Message}", e);
        }
    }

    /// <summary>The data as a message. Throws <see cref="UnreadableMessageException"/> naming type and fault.</summary>
    public T Read<T>()
        where T : class, IStageMessage<T>
    {
        try
        {
            return Data.Deserialize(T.Json) ?? throw new UnreadableMessageException($"{Type}: data is null");
        }
        catch (JsonException e)
        {
            throw new UnreadableMessageException($"{Type}: {e.Message}", e);
        }
    }
}

/// <summary>A message that no version of ours can read; it goes to the dead letters with this reason.</summary>
public sealed class UnreadableMessageException(string message, Exception? inner = null) : Exception(message, inner);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CloudEvent))]
internal sealed partial class CloudEventJson : JsonSerializerContext;
