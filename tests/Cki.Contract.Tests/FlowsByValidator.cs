using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace Cki.Contract.Tests;

/// <summary>infra/flows as npm's asl-validator reads them.</summary>
public sealed partial class FlowsByValidator
{
    private static readonly string s_flows = Path.Combine(PeerScript.Root, "infra", "flows");

    [Fact]
    public async Task Every_flow_is_a_valid_state_machine()
    {
        string[] files = [.. Directory.EnumerateFiles(s_flows, "*.asl.json").Order(StringComparer.Ordinal)];
        Assert.NotEmpty(files);
        JsonNode found = await ValidateAsync([.. files.Select(file => (Path.GetFileName(file), Substituted(file)))]);
        Assert.Equal(files.Select(file => $"{Path.GetFileName(file)}: []"), found.AsObject().Select(one => $"{one.Key}: {one.Value!.ToJsonString()}"));
    }

    [Fact]
    public async Task The_validator_finds_a_lost_state_a_missing_one_and_a_misspelt_property()
    {
        JsonNode flow = Substituted(Path.Combine(s_flows, "test-commit.asl.json"));
        JsonNode missing = Changed(flow, states => states["Report"]!["Next"] = "Nowhere");
        JsonNode lost = Changed(flow, states => states["Orphan"] = new JsonObject { ["Type"] = "Succeed" });
        JsonNode misspelt = Changed(flow, states => states["Report"]!["TimeoutSecond"] = 60);
        JsonNode found = await ValidateAsync([("missing", missing), ("lost", lost), ("misspelt", misspelt)]);
        Assert.All(found.AsObject(), one => Assert.True(one.Value!.AsArray().Count > 0, $"{one.Key} passed"));
    }

    private static JsonNode Changed(JsonNode flow, Action<JsonObject> change)
    {
        JsonNode copy = flow.DeepClone();
        change(copy["States"]!.AsObject());
        return copy;
    }

    private static Task<JsonNode> ValidateAsync(IReadOnlyList<(string Name, JsonNode Definition)> flows) => PeerScript.NodeAsync("asl.js",
        new JsonArray([.. flows.Select(flow => new JsonObject { ["name"] = flow.Name, ["definition"] = flow.Definition })]));

    /// <summary>What the template would put in: ARNs of functions, addresses of queues.</summary>
    private static JsonNode Substituted(string file) => JsonNode.Parse(Substitution().Replace(File.ReadAllText(file), match =>
    {
        string name = match.Groups[1].Value;
        return name.EndsWith("Arn", StringComparison.Ordinal) ? $"arn:aws:lambda:eu-central-1:123456789012:function:{name[..^3]}"
            : name.EndsWith("Url", StringComparison.Ordinal) ? $"https://sqs.eu-central-1.amazonaws.com/123456789012/{name[..^3]}.fifo"
            : throw new InvalidOperationException($"{Path.GetFileName(file)}: ${{{name}}} is neither an Arn nor a Url");
    }))!;

    [GeneratedRegex(@"\$\{([A-Za-z]+)\}")]
    private static partial Regex Substitution();
}
