using System.Text.Json.Nodes;

namespace Cki.Engine;

/// <summary>A compiled payload template (<c>Parameters</c>, <c>ResultSelector</c>): literals, and fields ending in <c>.$</c> that are evaluated.</summary>
internal abstract record Template
{
    private Template() { }

    public sealed record Literal(JsonNode? Node) : Template;

    public sealed record Evaluated(Expression Expression) : Template;

    public sealed record Fields(IReadOnlyList<(string Name, Template Value)> Members) : Template;

    public sealed record Items(IReadOnlyList<Template> Members) : Template;

    /// <summary>A fresh node every time.</summary>
    public JsonNode? Value(Scope scope) => this switch
    {
        Literal literal => literal.Node?.DeepClone(),
        Evaluated evaluated => evaluated.Expression.Value(scope),
        Fields fields => new JsonObject(fields.Members.Select(member => KeyValuePair.Create(member.Name, member.Value.Value(scope)))),
        Items items => new JsonArray([.. items.Members.Select(member => member.Value(scope))]),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Reports through <paramref name="error"/> (path, what) every field that cannot be evaluated.</summary>
    public static Template Compile(JsonNode? node, string path, Action<string, string> error) => node switch
    {
        JsonObject fields => new Fields([.. fields.Select(field => Member(field.Key, field.Value, $"{path}.{field.Key}", error))]),
        JsonArray items => new Items([.. items.Select((item, i) => Compile(item, $"{path}[{i}]", error))]),
        _ => new Literal(node?.DeepClone()),
    };

    private static (string, Template) Member(string name, JsonNode? value, string path, Action<string, string> error)
    {
        if (!name.EndsWith(".$", StringComparison.Ordinal))
            return (name, Compile(value, path, error));
        (Expression? expression, string? why) = Json.Text(value) is { } text
            ? ExpressionReader.Read(text)
            : (null, "a field ending in .$ takes a string");
        if (expression is null)
            error(path, why!);
        return (name[..^2], expression is null ? new Literal(null) : new Evaluated(expression));
    }
}
