using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cki.Engine;

/// <summary>Reads one JSON object of a flow file, noting every error with its path. What nobody took is unknown, and said so.</summary>
internal sealed class FieldReader(JsonObject fields, string path, List<string> errors)
{
    private readonly HashSet<string> taken = ["Comment"];

    public string At => path;

    public bool Has(string name) => fields.ContainsKey(name);

    public void Error(string name, string what) => errors.Add($"{path}.{name}: {what}");

    /// <summary>Reports every field that was not read.</summary>
    public void Done(string what)
    {
        foreach ((string name, _) in fields)
        {
            if (!taken.Contains(name))
                Error(name, $"{what} has no such field here");
        }
    }

    public JsonNode? Take(string name)
    {
        taken.Add(name);
        return fields.TryGetPropertyValue(name, out JsonNode? value) ? value : null;
    }

    public string? Text(string name)
    {
        string? text = Json.Text(Take(name));
        if (text is null && Has(name))
            Error(name, "a string is expected");
        return text;
    }

    public string NeededText(string name)
    {
        if (!Has(name))
            Error(name, "is missing");
        return Text(name) ?? "";
    }

    public string? OneOf(string name, params string[] allowed)
    {
        string? text = Text(name);
        if (text is not null && !allowed.Contains(text))
            Error(name, $"'{text}' is not supported; it may be {string.Join(", ", allowed)}");
        return text;
    }

    public double? Number(string name, double least, bool isWhole = true)
    {
        JsonNode? node = Take(name);
        if (!Has(name))
            return null;
        double? number = Json.Number(node);
        if (number is null || number < least || (isWhole && number != Math.Floor(number.Value)))
            Error(name, $"a {(isWhole ? "whole " : "")}number from {least} is expected");
        return number;
    }

    public bool? Truth(string name)
    {
        bool? truth = Json.Truth(Take(name));
        if (truth is null && Has(name))
            Error(name, "true or false is expected");
        return truth;
    }

    public DateTimeOffset? Timestamp(string name)
    {
        DateTimeOffset? time = Json.Timestamp(Take(name));
        if (time is null && Has(name))
            Error(name, "a timestamp such as 2026-11-22T12:00:00Z is expected");
        return time;
    }

    public ReferencePath? Path(string name)
    {
        if (Text(name) is not { } text)
            return null;
        ReferencePath? read = ReferencePath.TryParse(text);
        if (read is null)
            Error(name, $"'{text}' is not a reference path (wildcards, filters and slices are not supported)");
        return read;
    }

    /// <summary>InputPath and OutputPath: absent is the whole, null is nothing.</summary>
    public DataPath DataPath(string name)
    {
        if (!Has(name))
            return Engine.DataPath.Whole;
        return fields[name] is null && Take(name) is null ? new DataPath(null) : new DataPath(Path(name));
    }

    /// <summary>ResultPath: absent is the whole, null discards the result, <c>$$</c> is not to be written.</summary>
    public ReferencePath? ResultPath()
    {
        ReferencePath? read = DataPath("ResultPath").Path;
        if (read is { IsContext: true })
            Error("ResultPath", "the context object cannot be written");
        return read;
    }

    public Template? Template(string name)
    {
        JsonNode? node = Take(name);
        return Has(name) ? Engine.Template.Compile(node, $"{path}.{name}", (at, what) => errors.Add($"{at}: {what}")) : null;
    }

    public Expression? Expression(string name)
    {
        if (Text(name) is not { } text)
            return null;
        (Expression? read, string? why) = ExpressionReader.Read(text);
        if (read is null)
            Error(name, why!);
        return read;
    }

    public IReadOnlyList<string> Texts(string name)
    {
        if (Take(name) is JsonArray { Count: > 0 } items && items.All(item => Json.Text(item) is not null))
            return [.. items.Select(item => Json.Text(item)!)];
        Error(name, "a list of strings is expected");
        return [];
    }

    public FieldReader? Object(string name)
    {
        if (Take(name) is JsonObject inner)
            return new FieldReader(inner, $"{path}.{name}", errors);
        Error(name, Has(name) ? "an object is expected" : "is missing");
        return null;
    }

    /// <summary>The objects of a list; none where the field is absent.</summary>
    public IReadOnlyList<FieldReader> Objects(string name)
    {
        JsonNode? node = Take(name);
        if (!Has(name))
            return [];
        if (node is JsonArray items && items.All(item => item is JsonObject))
            return [.. items.Select((item, i) => new FieldReader((JsonObject)item!, $"{path}.{name}[{i}]", errors))];
        Error(name, "a list of objects is expected");
        return [];
    }

    public IEnumerable<string> Names => fields.Select(member => member.Key);
}
