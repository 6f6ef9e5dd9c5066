using System.Text.Json;

namespace Cki.Adapters;

/// <summary>What kind of event a function was called with.</summary>
public enum EventShape
{
    /// <summary>None of ours.</summary>
    Unknown,
    HttpApi,
    SqsBatch,
    FlowTask,
}

/// <summary>Tells an event's shape from the names of its outermost fields, without reading the rest.</summary>
public static class EventShapes
{
    /// <summary>Bodies of megabytes are skipped, not decoded. Text that is no JSON object is <see cref="EventShape.Unknown"/>.</summary>
    public static EventShape Of(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return EventShape.Unknown;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (Of(ref reader) is var shape and not EventShape.Unknown)
                    return shape;
                reader.Read();
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // Then it is none of ours.
        }
        return EventShape.Unknown;
    }

    private static EventShape Of(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("Records"u8))
            return EventShape.SqsBatch;
        if (reader.ValueTextEquals("task"u8))
            return EventShape.FlowTask;
        // Payload format 1.0 has no such field.
        return reader.ValueTextEquals("routeKey"u8) || reader.ValueTextEquals("rawPath"u8) ? EventShape.HttpApi : EventShape.Unknown;
    }
}
