using System.Text.Json.Nodes;

namespace Cki.Engine;

/// <summary>One step of a path: a field, or an index where the name is null.</summary>
internal readonly record struct PathStep(string? Field, int Index);

/// <summary>
/// A compiled reference path (<c>$.run.attempts[0]</c>, <c>$['a b']</c>) into a state's data, or with <c>$$</c> into the context object.
/// Wildcards, filters, slices and <c>..</c> are refused.
/// </summary>
internal sealed class ReferencePath
{
    private readonly PathStep[] steps;

    private ReferencePath(string text, bool isContext, PathStep[] steps)
    {
        Text = text;
        IsContext = isContext;
        this.steps = steps;
    }

    public string Text { get; }

    public bool IsContext { get; }

    /// <summary>Null where <paramref name="text"/> is no reference path.</summary>
    public static ReferencePath? TryParse(string text)
    {
        if (!text.StartsWith('$'))
            return null;
        bool isContext = text.StartsWith("$$", StringComparison.Ordinal);
        var read = new List<PathStep>();
        int at = isContext ? 2 : 1;
        while (at < text.Length)
        {
            if (NextStep(text, ref at) is not { } step)
                return null;
            read.Add(step);
        }
        return new ReferencePath(text, isContext, [.. read]);
    }

    /// <summary>False where there is nothing at the path; a JSON null found is a value.</summary>
    public bool TryFind(JsonNode? root, out JsonNode? found)
    {
        found = root;
        foreach (PathStep step in steps)
        {
            if (!TryStep(found, step, out found))
                return false;
        }
        return true;
    }

    /// <summary>A copy of <paramref name="root"/> with <paramref name="value"/> put at the path, making objects on the way.</summary>
    public JsonNode? With(JsonNode? root, JsonNode? value)
    {
        if (steps.Length == 0)
            return value?.DeepClone();
        JsonNode? copy = root?.DeepClone();
        JsonNode? at = copy ?? throw Mismatch();
        for (int i = 0; i < steps.Length; i++)
        {
            bool isLast = i == steps.Length - 1;
            at = Put(at, steps[i], isLast ? value?.DeepClone() : null, isLast);
        }
        return copy;
    }

    private JsonNode? Put(JsonNode? at, PathStep step, JsonNode? value, bool isLast)
    {
        if (at is JsonObject fields && step.Field is not null)
        {
            if (isLast)
                fields[step.Field] = value;
            else if (!fields.TryGetPropertyValue(step.Field, out JsonNode? next) || next is null)
                fields[step.Field] = new JsonObject();
            return fields[step.Field];
        }
        if (at is JsonArray items && step.Field is null && step.Index < items.Count)
        {
            if (isLast)
                items[step.Index] = value;
            return items[step.Index];
        }
        throw Mismatch();
    }

    private StateFailedException Mismatch() =>
        new(FlowErrors.ResultPathMatchFailure, $"Unable to apply ReferencePath {Text} to the state's input");

    private static bool TryStep(JsonNode? at, PathStep step, out JsonNode? found)
    {
        found = null;
        if (step.Field is not null)
            return at is JsonObject fields && fields.TryGetPropertyValue(step.Field, out found);
        if (at is not JsonArray items || step.Index >= items.Count)
            return false;
        found = items[step.Index];
        return true;
    }

    private static PathStep? NextStep(string text, ref int at)
    {
        if (text[at] == '.')
        {
            int start = ++at;
            while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '-'))
                at++;
            return at == start ? null : new PathStep(text[start..at], 0);
        }
        int end = text.IndexOf(']', at);
        if (text[at] != '[' || end < 0)
            return null;
        string inside = text[(at + 1)..end];
        at = end + 1;
        if (inside.Length >= 2 && inside[0] is '\'' or '"' && inside[^1] == inside[0])
            return new PathStep(inside[1..^1], 0);
        return int.TryParse(inside, System.Globalization.NumberStyles.None, null, out int index) ? new PathStep(null, index) : null;
    }
}
