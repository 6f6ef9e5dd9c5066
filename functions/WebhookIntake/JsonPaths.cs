using System.Text.Json;

namespace Cki.WebhookIntake;

/// <summary>Texts and numbers at given paths of a JSON body (<c>data.issue.project.slug</c>), picked while streaming over it. Total: what is no JSON
/// object has none. Where a path comes twice the last one counts.</summary>
internal static class JsonPaths
{
    private const int TextBytesMax = 4096;

    public static Dictionary<string, string> Read(ReadOnlySpan<byte> body, IReadOnlyList<string> paths)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = DeliveryBounds.JsonDepthMax });
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                Object(ref reader, "", paths, found);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // What stood before the fault counts: routing keys are made of it, nothing else.
        }
        return found;
    }

    private static void Object(ref Utf8JsonReader reader, string prefix, IReadOnlyList<string> paths, Dictionary<string, string> found)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string path = reader.ValueSpan.Length <= TextBytesMax ? prefix + reader.GetString() : prefix;
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject && paths.Any(p => p.StartsWith(path + ".", StringComparison.Ordinal)))
                Object(ref reader, path + ".", paths, found);
            else if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= TextBytesMax && paths.Contains(path))
                found[path] = reader.GetString()!;
            else if (reader.TokenType == JsonTokenType.Number && paths.Contains(path))
                found[path] = System.Text.Encoding.ASCII.GetString(reader.ValueSpan);
            else
                reader.Skip();
        }
    }
}
