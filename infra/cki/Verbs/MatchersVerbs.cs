using System.CommandLine;
using System.Text.Json.Nodes;

namespace Cki.Tool;

/// <summary><c>cki matchers</c>: what the herder would decide, how much of the past it covers, and what it could learn.</summary>
internal static class MatchersVerbs
{
    public static Command Command() => new("matchers", "Matchers of the herder")
    {
        MatchersCheckVerb.Command(), MatchersCoverageVerb.Command(), MatchersSuggestVerb.Command(), MatchersPromoteVerb.Command(), MatchersRescuesVerb.Command(), Patterns(),
    };

    public static Option<string?> Secrets() => new("--secrets") { Description = "Directory with a file per secret; default: environment variables" };

    /// <summary>All of them, or the errors of those that are set aside.</summary>
    public static Matchers Compile(MatcherTree tree)
    {
        Matchers matchers = Matchers.Compile(tree);
        return matchers.Refused.Count == 0 ? matchers : throw new ConfigRefusedException(matchers.Refused);
    }

    private static Command Patterns()
    {
        Option<string> config = Common.Config();
        return new Command("patterns", "Print every pattern of evidence and of the matchers as JSON, with the texts that spare it") { config }.Doing((parsed, _) =>
        {
            MatcherTree tree = Cki.Adapters.ConfigDirectory.Load(parsed.GetValue(config)!).Matchers;
            Common.Print(new JsonArray([.. PatternList.Of(tree)]));
            return Task.FromResult(Exit.Good);
        });
    }
}

/// <summary>Patterns as data, for comparison with other engines.</summary>
internal static class PatternList
{
    public static IEnumerable<JsonNode> Of(MatcherTree tree)
    {
        foreach (EvidenceRule rule in EvidenceRule.All)
            yield return Node("evidence", rule.Name, rule.Expression, rule.Literals);
        foreach ((string name, string message) in tree.Matchers.SelectMany(m => m.Messages.Select(t => (m.Name, t))))
            yield return Node("matcher", name, message, RequiredLiterals.Of(message) ?? []);
    }

    private static JsonObject Node(string kind, string name, string expression, IReadOnlyList<string> literals) => new()
    {
        ["kind"] = kind, ["name"] = name, ["expression"] = expression, ["literals"] = new JsonArray([.. literals.Select(l => (JsonNode)l!)]),
    };
}
