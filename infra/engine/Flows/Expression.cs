using System.Text.Json.Nodes;

namespace Cki.Engine;

/// <summary>What a path or an intrinsic is evaluated against.</summary>
internal sealed record Scope(JsonNode? Data, JsonNode Context)
{
    public Scope With(JsonNode? data) => this with { Data = data };
}

/// <summary>A compiled value of a <c>.$</c> field: a path, a literal argument or a call of an intrinsic.</summary>
internal abstract record Expression
{
    private Expression() { }

    public sealed record Path(ReferencePath Where) : Expression;

    public sealed record Literal(JsonNode? Node) : Expression;

    public sealed record Call(string Name, IReadOnlyList<Expression> Arguments) : Expression;

    /// <summary>A fresh node. Throws <see cref="StateFailedException"/> with <see cref="FlowErrors.ParameterPathFailure"/> or an intrinsic's failure.</summary>
    public JsonNode? Value(Scope scope) => this switch
    {
        Literal literal => literal.Node?.DeepClone(),
        Path path => Paths.Find(path.Where, scope, FlowErrors.ParameterPathFailure)?.DeepClone(),
        Call call => Intrinsics.Invoke(call.Name, [.. call.Arguments.Select(argument => argument.Value(scope))]),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

internal static class Paths
{
    /// <summary>What is at the path; nothing there fails the state with <paramref name="error"/>.</summary>
    public static JsonNode? Find(ReferencePath path, Scope scope, string error) =>
        path.TryFind(path.IsContext ? scope.Context : scope.Data, out JsonNode? found)
            ? found
            : throw new StateFailedException(
                error, $"The JSONPath '{path.Text}' could not be found in the {(path.IsContext ? "context object" : "input " + Short(scope.Data))}");

    private static string Short(JsonNode? data)
    {
        string text = EngineJson.Text(data);
        return text.Length <= 500 ? $"'{text}'" : $"'{text[..500]}...'";
    }
}

/// <summary>Reads a path or an intrinsic call: <c>States.Format('{}/{}', $.a, States.MathAdd($.n, 1))</c>.</summary>
internal sealed class ExpressionReader
{
    private readonly string text;
    private int at;

    private ExpressionReader(string text) => this.text = text;

    /// <summary>The expression, or why it is none.</summary>
    public static (Expression? Expression, string? Error) Read(string text)
    {
        if (text.StartsWith('$'))
        {
            return ReferencePath.TryParse(text) is { } path
                ? (new Expression.Path(path), null)
                : (null, $"'{text}' is not a reference path (wildcards, filters and slices are not supported)");
        }
        try
        {
            var reader = new ExpressionReader(text);
            Expression call = reader.Argument();
            reader.Skip();
            if (reader.at < text.Length || call is not Expression.Call)
                return (null, $"'{text}' is neither a path nor an intrinsic function");
            return (call, null);
        }
        catch (FormatException e)
        {
            return (null, $"'{text}': {e.Message}");
        }
    }

    private Expression Argument()
    {
        Skip();
        if (at >= text.Length)
            throw new FormatException("it ends where an argument is expected");
        if (text[at] == '\'')
            return new Expression.Literal(JsonValue.Create(Quoted()));
        string word = Word();
        if (word.StartsWith('$'))
            return ReferencePath.TryParse(word) is { } path ? new Expression.Path(path) : throw new FormatException($"'{word}' is not a reference path");
        if (at < text.Length && text[at] == '(')
            return Called(word);
        return Literal(word);
    }

    private static Expression.Literal Literal(string word)
    {
        try
        {
            return new Expression.Literal(JsonNode.Parse(word));
        }
        catch (System.Text.Json.JsonException e)
        {
            throw new FormatException($"'{word}' is not an argument", e);
        }
    }

    private Expression.Call Called(string name)
    {
        if (!Intrinsics.Names.Contains(name))
            throw new FormatException($"the intrinsic function {name} is not supported");
        var arguments = new List<Expression>();
        at++;
        Skip();
        while (at < text.Length && text[at] != ')')
        {
            arguments.Add(Argument());
            Skip();
            if (at < text.Length && text[at] == ',')
                at++;
            else if (at >= text.Length || text[at] != ')')
                throw new FormatException("')' or ',' is missing");
        }
        if (at++ >= text.Length)
            throw new FormatException("')' is missing");
        return new Expression.Call(name, arguments);
    }

    private string Quoted()
    {
        var value = new System.Text.StringBuilder();
        for (at++; at < text.Length && text[at] != '\''; at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length)
                at++;
            value.Append(text[at]);
        }
        if (at++ >= text.Length)
            throw new FormatException("a string is not closed");
        return value.ToString();
    }

    private string Word()
    {
        int start = at;
        bool isInBrackets = false;
        while (at < text.Length && (isInBrackets || text[at] is not (',' or ')' or '(' or ' ')))
        {
            isInBrackets = text[at] == '[' || (isInBrackets && text[at] != ']');
            at++;
        }
        return text[start..at];
    }

    private void Skip()
    {
        while (at < text.Length && text[at] == ' ')
            at++;
    }
}
