using System.Text.Json.Nodes;

namespace Cki.Engine;

/// <summary>Reads choice rules. A comparison's name is its type and relation, with <c>Path</c> where it compares with another variable.</summary>
internal static class RuleReader
{
    private static readonly string[] Tests = ["IsPresent", "IsNull", "IsString", "IsNumeric", "IsBoolean", "IsTimestamp"];
    private static readonly IReadOnlyDictionary<string, (Comparing Comparing, Relation Relation, bool IsPath)> Comparisons = AllComparisons();

    /// <summary>Reads the rule in <paramref name="fields"/>, whose <c>Next</c>, if any, is already read.</summary>
    public static Rule? Read(FieldReader fields)
    {
        Rule? rule = fields.Has("And") ? new Rule.And(Inner(fields, "And"))
            : fields.Has("Or") ? new Rule.Or(Inner(fields, "Or"))
            : fields.Has("Not") ? Negated(fields)
            : Single(fields);
        fields.Done("a choice rule");
        return rule;
    }

    private static List<Rule> Inner(FieldReader fields, string name)
    {
        IReadOnlyList<FieldReader> inner = fields.Objects(name);
        if (inner.Count == 0)
            fields.Error(name, "at least one rule is needed");
        return [.. inner.Select(Read).OfType<Rule>()];
    }

    private static Rule.Not? Negated(FieldReader fields) =>
        fields.Object("Not") is { } inner && Read(inner) is { } rule ? new Rule.Not(rule) : null;

    private static Rule? Single(FieldReader fields)
    {
        if (!fields.Has("Variable"))
            fields.Error("Variable", "is missing");
        ReferencePath? variable = fields.Path("Variable");
        string[] comparisons = [.. fields.Names.Where(name => Tests.Contains(name) || Comparisons.ContainsKey(name))];
        if (comparisons.Length != 1)
        {
            fields.Error("Variable", $"exactly one supported comparison is needed, not {comparisons.Length}");
            return null;
        }
        string name = comparisons[0];
        if (Tests.Contains(name))
            return fields.Truth(name) is { } expected && variable is not null ? new Rule.Is(variable, name, expected) : null;
        (Comparing comparing, Relation relation, bool isPath) = Comparisons[name];
        ReferencePath? path = isPath ? fields.Path(name) : null;
        JsonNode? literal = isPath ? null : Literal(fields, name, comparing);
        return variable is null ? null : new Rule.Compare(variable, comparing, relation, literal, path);
    }

    private static JsonNode? Literal(FieldReader fields, string name, Comparing comparing)
    {
        JsonNode? value = fields.Take(name);
        bool fits = comparing switch
        {
            Comparing.String => Json.Text(value) is not null,
            Comparing.Numeric => Json.Number(value) is not null,
            Comparing.Boolean => Json.Truth(value) is not null,
            _ => Json.Timestamp(value) is not null,
        };
        if (!fits)
            fields.Error(name, "the value is not of the comparison's type");
        return value?.DeepClone();
    }

    private static Dictionary<string, (Comparing, Relation, bool)> AllComparisons()
    {
        var all = new Dictionary<string, (Comparing, Relation, bool)> { ["StringMatches"] = (Comparing.String, Relation.Matches, false) };
        foreach (Comparing comparing in Enum.GetValues<Comparing>())
        {
            foreach (Relation relation in Enum.GetValues<Relation>())
            {
                if (relation == Relation.Matches || (comparing == Comparing.Boolean && relation != Relation.Equals))
                    continue;
                all[$"{comparing}{relation}"] = (comparing, relation, false);
                all[$"{comparing}{relation}Path"] = (comparing, relation, true);
            }
        }
        return all;
    }
}
