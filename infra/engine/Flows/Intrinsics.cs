using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cki.Engine;

/// <summary>The intrinsic functions that the flows may use. A wrong argument fails the state with States.IntrinsicFailure, as on AWS.</summary>
internal static class Intrinsics
{
    public static readonly IReadOnlyList<string> Names =
        ["States.Array", "States.Format", "States.JsonToString", "States.MathAdd", "States.StringToJson"];

    public static JsonNode? Invoke(string name, JsonNode?[] arguments) => name switch
    {
        "States.Array" => new JsonArray(arguments),
        "States.Format" => Format(arguments),
        "States.JsonToString" => JsonValue.Create(EngineJson.Text(Only(name, arguments))),
        "States.StringToJson" => Parsed(Only(name, arguments)),
        "States.MathAdd" => Sum(arguments),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static JsonNode? Only(string name, JsonNode?[] arguments) =>
        arguments.Length == 1 ? arguments[0] : throw Failure($"{name} takes one argument, not {arguments.Length}");

    private static JsonValue Format(JsonNode?[] arguments)
    {
        if (arguments.Length == 0 || Json.Text(arguments[0]) is not { } template)
            throw Failure("States.Format takes a string first");
        string[] pieces = template.Split("{}");
        if (pieces.Length != arguments.Length)
            throw Failure($"States.Format has {pieces.Length - 1} places for {arguments.Length - 1} arguments");
        var text = new StringBuilder(pieces[0]);
        for (int i = 1; i < pieces.Length; i++)
            text.Append(Json.Text(arguments[i]) ?? EngineJson.Text(arguments[i])).Append(pieces[i]);
        return JsonValue.Create(text.ToString());
    }

    private static JsonNode? Parsed(JsonNode? argument)
    {
        try
        {
            return JsonNode.Parse(Json.Text(argument) ?? throw Failure("States.StringToJson takes a string"));
        }
        catch (JsonException e)
        {
            throw Failure($"States.StringToJson: {e.Message}");
        }
    }

    private static JsonValue Sum(JsonNode?[] arguments)
    {
        if (arguments.Length != 2 || Json.Number(arguments[0]) is not { } first || Json.Number(arguments[1]) is not { } second)
            throw Failure("States.MathAdd takes two numbers");
        return JsonValue.Create((long)first + (long)second);
    }

    private static StateFailedException Failure(string cause) => new(FlowErrors.IntrinsicFailure, cause);
}

/// <summary>What kind of value a node is.</summary>
internal static class Json
{
    public static string? Text(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    public static double? Number(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? double.Parse(EngineJson.Text(value)) : null;

    public static bool? Truth(JsonNode? node) => node is not JsonValue value ? null : value.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <summary>RFC 3339 with a zone, as Step Functions has timestamps.</summary>
    public static DateTimeOffset? Timestamp(JsonNode? node) =>
        Text(node) is { } text && text.Contains('T') && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T'))
            && DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out DateTimeOffset time)
                ? time
                : null;
}
