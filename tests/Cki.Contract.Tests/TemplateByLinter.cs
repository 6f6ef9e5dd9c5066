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

    [Theory]
    [InlineData("!GetAtt TestCommitFlowRole.Arn", "!GetAtt TestCommitFlowRole.Name", "E")]
    [InlineData("Resource: !Sub arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:${AWS::StackName}-test-commit", "Resource: !Ref TestCommitFlow", "E3004")]
    [InlineData("VisibilityTimeout: 1080", "VisibilityTimeout: 60", "E3505")]
    public async Task The_linter_finds_a_wrong_attribute_a_circle_and_a_message_that_shows_too_early(string from, string to, string rule)
    {
        JsonNode found = await LintAsync([("broken", Changed(from, to))]);
        Assert.Contains(found["broken"]!.AsArray(), one => ((string)one!).StartsWith(rule, StringComparison.Ordinal));
    }

    private static string Changed(string from, string to)
    {
        Assert.Contains(from, s_template, StringComparison.Ordinal);
        return s_template.Replace(from, to, StringComparison.Ordinal);
    }

    private static Task<JsonNode> LintAsync(IEnumerable<(string Name, string Text)> templates) => PeerScript.PythonAsync(
        "lint.py", [], new JsonObject(templates.Select(t => KeyValuePair.Create<string, JsonNode?>(t.Name, JsonValue.Create(t.Text)))).ToJsonString());
}
