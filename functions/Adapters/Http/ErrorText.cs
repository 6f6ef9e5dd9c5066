using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cki.Adapters;

/// <summary>What a peer's error body says: a string, an object of lists, an array, or no JSON at all.</summary>
internal static class ErrorText
{
    private const int TextCharactersMax = 500;

    /// <summary>One line for people, at most 500 characters; never empty.</summary>
    public static string Read(string body, string? reasonPhrase)
    {
        string text = TryJson(body) is { } json ? Describe(json) : IsMarkup(body) ? "" : body;
        text = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (text.Length == 0)
            return reasonPhrase is { Length: > 0 } ? reasonPhrase : "no explanation";
        return text.Length <= TextCharactersMax ? text : text[..TextCharactersMax] + "...";
    }

    private static bool IsMarkup(string body) => body.AsSpan().TrimStart().StartsWith("<");

    private static JsonNode? TryJson(string body)
    {
        try
        {
            return JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Describe(JsonNode node) => node switch
    {
        JsonObject o when o["message"] is { } message => Describe(message),
        JsonObject o when o["error_description"] is { } description => $"{Text(o["error"])}: {Describe(description)}",
        JsonObject o when o["error"] is { } error => Describe(error),
        JsonObject o => string.Join("; ", o.Select(field => field.Key == "base" ? Text(field.Value) : $"{field.Key}: {Text(field.Value)}")),
        JsonArray a => string.Join(", ", a.Select(Text)),
        JsonValue v when v.TryGetValue(out string? text) => text,
        _ => node.ToJsonString(),
    };

    private static string Text(JsonNode? node) => node is null ? "" : Describe(node);
}
