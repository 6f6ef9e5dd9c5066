using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Cki;

/// <summary>Source-generated access to free JSON, so that nothing needs reflection under native AOT.</summary>
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(JsonNode))]
[JsonSerializable(typeof(JsonArray))]
[JsonSerializable(typeof(string))]
public sealed partial class NodeJson : JsonSerializerContext;
