using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cki.GitLabSimulator;

/// <summary>Request bodies: JSON, or forms with Rails' brackets (<c>variables[KEY]=v</c>, <c>variables[][key]=K</c>).</summary>
internal static class Forms
{
    /// <summary>Null when the body cannot be read.</summary>
    public static JsonObject? Read(string body, string? contentType)
    {
        if (body.Length == 0)
            return [];
        if (contentType == "application/x-www-form-urlencoded")
            return FromPairs(Pairs(body));
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static IReadOnlyList<(string Name, string Value)> Pairs(string text) =>
        [.. text.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(Pair)];

    private static (string, string) Pair(string text)
    {
        int at = text.IndexOf('=', StringComparison.Ordinal);
        return at < 0 ? (Unescape(text), "") : (Unescape(text[..at]), Unescape(text[(at + 1)..]));
    }

    private static string Unescape(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private static JsonObject FromPairs(IReadOnlyList<(string Name, string Value)> pairs)
    {
        var body = new JsonObject();
        foreach ((string name, string value) in pairs)
            Put(body, name.Replace("]", "", StringComparison.Ordinal).Split('['), value);
        return body;
    }

    private static void Put(JsonObject body, string[] keys, string value)
    {
        if (keys.Length == 1)
            body[keys[0]] = value;
        else if (keys.Length == 2 && keys[1].Length > 0)
            Child<JsonObject>(body, keys[0])[keys[1]] = value;
        else if (keys.Length == 2)
            Child<JsonArray>(body, keys[0]).Add((JsonNode)value);
        else
            PutRow(Child<JsonArray>(body, keys[0]), keys[2], value);
    }

    private static T Child<T>(JsonObject body, string key) where T : JsonNode
    {
        if (body[key] is T found)
            return found;
        JsonNode made = typeof(T) == typeof(JsonArray) ? new JsonArray() : new JsonObject();
        body[key] = made;
        return (T)made;
    }

    /// <summary>A key seen before begins the next row.</summary>
    private static void PutRow(JsonArray rows, string key, string value)
    {
        if (rows.LastOrDefault() is not JsonObject row || row.ContainsKey(key))
        {
            row = [];
            rows.Add((JsonNode)row);
        }
        row[key] = value;
    }
}
