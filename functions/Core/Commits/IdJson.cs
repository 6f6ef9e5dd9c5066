using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cki;

/// <summary>Ids are JSON strings, as values and as property names.</summary>
public abstract class IdJson<T> : JsonConverter<T>
{
    protected abstract T Make(string text);

    protected abstract string Text(T id);

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => From(reader.GetString());

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Text(value));

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => From(reader.GetString());

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WritePropertyName(Text(value));

    private T From(string? text)
    {
        try
        {
            return Make(text ?? throw new FormatException($"null is not a {typeof(T).Name}"));
        }
        catch (FormatException e)
        {
            throw new JsonException(e.Message, e);
        }
    }
}

internal sealed class CommitShaJson : IdJson<CommitSha>
{
    protected override CommitSha Make(string text) => CommitSha.Parse(text);

    protected override string Text(CommitSha id) => id.Value;
}

internal sealed class TreeNameJson : IdJson<TreeName>
{
    protected override TreeName Make(string text) => new(text);

    protected override string Text(TreeName id) => id.Value;
}

internal sealed class RunIdJson : IdJson<RunId>
{
    protected override RunId Make(string text) => new(text);

    protected override string Text(RunId id) => id.Value;
}
