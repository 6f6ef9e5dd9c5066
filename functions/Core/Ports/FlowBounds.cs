using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Cki;

/// <summary>What every engine's flows refuse to start.</summary>
public static partial class FlowBounds
{
    /// <summary>Step Functions' bound on inputs and outputs: 256 KiB.</summary>
    public const int DataBytesMax = 256 * 1024;

    /// <summary>Why an execution can never be started; null when it can.</summary>
    public static string? Refusal(string name, string input)
    {
        if (!Name().IsMatch(name))
            return "a name has 1 to 80 characters of A-Z, a-z, 0-9, _ and -";
        if (Parsed(input) is not JsonObject)
            return "the input is not a JSON object";
        return input.Length > DataBytesMax ? $"the input has {input.Length} characters" : null;
    }

    public static bool IsJson(string text) => text == "null" || Parsed(text) is not null;

    private static JsonNode? Parsed(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,80}$", RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
