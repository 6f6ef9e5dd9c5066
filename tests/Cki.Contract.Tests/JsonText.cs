using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Cki.Contract.Tests;

/// <summary>Whole answers compared as text: a difference shows where it is.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions s_options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Same(string expected, JsonNode? actual) => Assert.Equal(Text(JsonNode.Parse(expected)), Text(actual));

    private static string Text(JsonNode? node)
    {
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory, s_options))
        {
            if (node is null)
                writer.WriteNullValue();
            else
                node.WriteTo(writer);
        }
        return System.Text.Encoding.UTF8.GetString(memory.ToArray());
    }
}
