using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Cki.Engine;

/// <summary>What a comparison looks at.</summary>
internal enum Comparing
{
    String,
    Numeric,
    Boolean,
    Timestamp,
}

internal enum Relation
{
    Equals,
    LessThan,
    LessThanEquals,
    GreaterThan,
    GreaterThanEquals,
    Matches,
}

/// <summary>A compiled choice rule. Values of another type than the comparison's do not match; a missing variable fails the flow, except for IsPresent.</summary>
internal abstract record Rule
{
    private Rule() { }

    public sealed record And(IReadOnlyList<Rule> Rules) : Rule;

    public sealed record Or(IReadOnlyList<Rule> Rules) : Rule;

    public sealed record Not(Rule Inner) : Rule;

    /// <param name="Test"><c>IsPresent</c>, <c>IsNull</c>, <c>IsString</c>, <c>IsNumeric</c>, <c>IsBoolean</c> or <c>IsTimestamp</c>.</param>
    public sealed record Is(ReferencePath Variable, string Test, bool Expected) : Rule;

    /// <summary>Compares with a literal, or with what is at a path.</summary>
    public sealed record Compare(ReferencePath Variable, Comparing Comparing, Relation Relation, JsonNode? Literal, ReferencePath? Path) : Rule;

    public bool Holds(Scope scope) => this switch
    {
        And and => and.Rules.All(rule => rule.Holds(scope)),
        Or or => or.Rules.Any(rule => rule.Holds(scope)),
        Not not => !not.Inner.Holds(scope),
        Is test => test.Expected == Passes(test, scope),
        Compare compare => Compares(compare, scope),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static bool Passes(Is test, Scope scope)
    {
        if (test.Test == "IsPresent")
            return test.Variable.TryFind(test.Variable.IsContext ? scope.Context : scope.Data, out _);
        JsonNode? value = Paths.Find(test.Variable, scope, FlowErrors.Runtime);
        return test.Test switch
        {
            "IsNull" => value is null || value.GetValueKind() == JsonValueKind.Null,
            "IsString" => Json.Text(value) is not null,
            "IsNumeric" => Json.Number(value) is not null,
            "IsBoolean" => Json.Truth(value) is not null,
            "IsTimestamp" => Json.Timestamp(value) is not null,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static bool Compares(Compare compare, Scope scope)
    {
        JsonNode? left = Paths.Find(compare.Variable, scope, FlowErrors.Runtime);
        JsonNode? right = compare.Path is null ? compare.Literal : Paths.Find(compare.Path, scope, FlowErrors.Runtime);
        if (compare.Relation == Relation.Matches)
            return Json.Text(left) is { } text && Json.Text(right) is { } pattern && Matches(text, pattern);
        int? order = compare.Comparing switch
        {
            Comparing.String => Json.Text(left) is { } a && Json.Text(right) is { } b ? string.CompareOrdinal(a, b) : null,
            Comparing.Numeric => Json.Number(left) is { } a && Json.Number(right) is { } b ? a.CompareTo(b) : null,
            Comparing.Boolean => Json.Truth(left) is { } a && Json.Truth(right) is { } b ? a.CompareTo(b) : null,
            Comparing.Timestamp => Json.Timestamp(left) is { } a && Json.Timestamp(right) is { } b ? a.CompareTo(b) : null,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return order is { } o && compare.Relation switch
        {
            Relation.Equals => o == 0,
            Relation.LessThan => o < 0,
            Relation.LessThanEquals => o <= 0,
            Relation.GreaterThan => o > 0,
            Relation.GreaterThanEquals => o >= 0,
            _ => false,
        };
    }

    /// <summary><c>*</c> stands for any text; <c>\*</c> for a star.</summary>
    private static bool Matches(string text, string pattern)
    {
        string regex = Regex.Escape(pattern).Replace(@"\\\*", "\u0001").Replace(@"\*", ".*").Replace("\u0001", @"\*");
        return Regex.IsMatch(text, $"^{regex}$", RegexOptions.NonBacktracking | RegexOptions.Singleline);
    }
}
