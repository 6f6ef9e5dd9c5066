using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Cki;

/// <summary>
/// The few fields of a payload that matter, picked while streaming over it: a body of 25 MB costs no tree in memory.
/// Names are <c>field</c> or <c>object.field</c>; where a name comes twice the last one counts.
/// </summary>
internal sealed class PayloadFields
{
    /// <summary>GitLab lists the newest 20.</summary>
    private const int CommitsMax = 100;

    private const int TextBytesMax = 64 * 1024;

    private readonly Dictionary<string, string?> _values = [];

    /// <summary>First line of the commit messages by commit id.</summary>
    public Dictionary<string, string> Titles { get; } = [];

    public static bool TryRead(ReadOnlySpan<byte> body, [NotNullWhen(true)] out PayloadFields? fields, [NotNullWhen(false)] out string? fault)
    {
        fields = new PayloadFields();
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = DeliveryBounds.JsonDepthMax });
            reader.Read();
            fault = reader.TokenType == JsonTokenType.StartObject ? null : $"the body is JSON, but {reader.TokenType} instead of an object";
            if (fault is not null)
                return false;
            fields.ReadTop(ref reader);
            while (reader.Read())
            {
                // What follows the object must be nothing: the reader throws otherwise.
            }
            return true;
        }
        catch (JsonException e)
        {
            fault = $"the body is not JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})";
            return false;
        }
    }

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public long? Number(string name) => long.TryParse(Text(name), out long number) && number > 0 ? number : null;

    private void ReadTop(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = Scalar(ref reader) ?? "";
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject && name is "project" or "repository" or "object_attributes" or "merge_request")
                ReadInner(ref reader, name);
            else if (reader.TokenType == JsonTokenType.StartArray && name == "commits")
                ReadCommits(ref reader);
            else
                Keep(ref reader, name);
        }
    }

    private void ReadInner(ref Utf8JsonReader reader, string outer)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // Recorded events of older GitLabs have names with blanks behind them.
            string name = $"{outer}.{Scalar(ref reader)?.TrimEnd()}";
            reader.Read();
            Keep(ref reader, name);
        }
    }

    private void ReadCommits(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
                ReadCommit(ref reader);
            else
                reader.Skip();
        }
    }

    private void ReadCommit(ref Utf8JsonReader reader)
    {
        string? id = null, title = null, message = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string? name = Scalar(ref reader);
            reader.Read();
            string? value = reader.TokenType == JsonTokenType.String ? Scalar(ref reader) : null;
            reader.Skip();
            (id, title, message) = name switch
            {
                "id" => (value, title, message),
                "title" => (id, value, message),
                "message" => (id, title, value),
                _ => (id, title, message),
            };
        }
        string? line = (title ?? message)?.TrimStart().Split('\n', 2)[0].TrimEnd();
        if (id is not null && !string.IsNullOrEmpty(line) && Titles.Count < CommitsMax)
            Titles[id] = line;
    }

    private void Keep(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType is JsonTokenType.String or JsonTokenType.Number && IsWanted(name))
            _values[name] = Scalar(ref reader);
        else
            reader.Skip();
    }

    private static bool IsWanted(string name) => name is "object_kind" or "event_name" or "ref" or "before" or "after" or "checkout_sha"
        or "build_id" or "build_name" or "build_status" or "retries_count" or "pipeline_id"
        or "project.path_with_namespace" or "repository.homepage" or "object_attributes.id" or "object_attributes.iid" or "object_attributes.status"
        or "object_attributes.noteable_type" or "object_attributes.note" or "object_attributes.discussion_id" or "merge_request.iid";

    /// <summary>Null for what is too long or no text at all (an escaped half of a surrogate pair).</summary>
    private static string? Scalar(ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.Length > TextBytesMax)
            return null;
        if (reader.TokenType == JsonTokenType.Number)
            return System.Text.Encoding.ASCII.GetString(reader.ValueSpan);
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
