using System.Text.Json.Nodes;
using Xunit;

namespace Cki.Contract.Tests;

/// <summary>template.yaml as cfn-lint reads it, which runs AWS's own transformation first.</summary>
public sealed class TemplateByLinter
{
    private static readonly string s_template = File.ReadAllText(Path.Combine(PeerScript.Root, "template.yaml"));

    [Fact]
    public async Task The_template_is_clean_and_no_rule_is_switched_off()
    {
        Assert.DoesNotContain("cfn-lint", s_template, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(PeerScript.Root, ".cfnlintrc")));
        JsonNode found = await LintAsync([("template", s_template)]);
        Assert.Equal("[]", found["template"]!.ToJsonString());
    }

    [Fact]
    public async Task The_linter_finds_a_wrong_attribute_a_circle_a_lost_parameter_and_a_hidden_time_too_short()
    {
        (string Name, string Text)[] broken =
        [
            ("attribute", Changed("!GetAtt TestCommitFlowRole.Arn", "!GetAtt TestCommitFlowRole.Name")),
            ("circle", Changed("Resource: !Sub arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:${AWS::StackName}-test-commit", "Resource: !Ref TestCommitFlow")),
            ("parameter", Changed("MinValue: 600", "MinValue: 600\n    Unknown: 1")),
            ("hidden", Changed("VisibilityTimeout: 720", "VisibilityTimeout: 60")),
        ];
        JsonNode found = await LintAsync(broken);
        Assert.All(broken, b => Assert.True(found[b.Name]!.AsArray().Count > 0, $"{b.Name} passed"));
    }

    private static string Changed(string from, string to)
    {
        Assert.Contains(from, s_template, StringComparison.Ordinal);
        return s_template.Replace(from, to, StringComparison.Ordinal);
    }

    private static Task<JsonNode> LintAsync(IEnumerable<(string Name, string Text)> templates) => PeerScript.PythonAsync(
        "lint.py", [], new JsonObject(templates.Select(t => KeyValuePair.Create<string, JsonNode?>(t.Name, JsonValue.Create(t.Text)))).ToJsonString());
}
