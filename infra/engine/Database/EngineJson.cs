using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Cki.Engine;

[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(SortedDictionary<string, string>))]
[JsonSerializable(typeof(int[]))]
[JsonSerializable(typeof(JsonNode))]
internal sealed partial class EngineJson : JsonSerializerContext
{
    /// <summary>Bodies are read by people and sent to no browser: an apostrophe stays one.</summary>
    private static readonly EngineJson Relaxed = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static string Attributes(IReadOnlyDictionary<string, string> attributes) =>
        attributes.Count == 0
            ? "{}"
            : JsonSerializer.Serialize(
                new SortedDictionary<string, string>(attributes.ToDictionary(), StringComparer.Ordinal),
                Default.SortedDictionaryStringString);

    public static IReadOnlyDictionary<string, string> Attributes(string text) =>
        text == "{}" ? OutgoingMessage.NoAttributes : JsonSerializer.Deserialize(text, Default.DictionaryStringString)!;

    /// <summary>JSON text of a node; a null node is the text <c>null</c>.</summary>
    public static string Text(JsonNode? node) => node is null ? "null" : JsonSerializer.Serialize(node, Relaxed.JsonNode);
}
