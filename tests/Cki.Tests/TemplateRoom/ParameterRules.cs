using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cki.Adapters;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.TemplateRooms;

public sealed class ParameterRules
{
    private static readonly JsonObject Parameters = SamTemplate.Root["Parameters"]!.AsObject();

    [Fact]
    public void Every_parameter_is_explained_optional_and_bounded() =>
        Assert.All(Parameters, p =>
        {
            Assert.InRange(((string)p.Value!["Description"]!).Length, 20, 500);
            Assert.NotNull(p.Value["Default"]);
            bool isList = (string)p.Value["Type"]! == "CommaDelimitedList";
            Assert.True(isList || p.Value["AllowedValues"] is not null || p.Value["AllowedPattern"] is not null || p.Value["MaxValue"] is not null, p.Key);
        });

    [Fact]
    public void Every_parameter_is_used_and_shown_to_whoever_deploys_by_hand()
    {
        IReadOnlySet<string> used = SamTemplate.References(new JsonArray(
            SamTemplate.Root["Resources"]!.DeepClone(), SamTemplate.Root["Conditions"]!.DeepClone(), SamTemplate.Root["Globals"]!.DeepClone()));
        Assert.All(Parameters, p => Assert.Contains(p.Key, used));
        IEnumerable<string> shown = SamTemplate.Root["Metadata"]!["AWS::CloudFormation::Interface"]!["ParameterGroups"]!.AsArray().SelectMany(g => g!["Parameters"]!.AsArray().Select(n => (string)n!));
        Assert.Equal(Parameters.Select(p => p.Key).Order(StringComparer.Ordinal), shown.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("KmsKeyArn", "", true)]
    [InlineData("KmsKeyArn", "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab", true)]
    [InlineData("KmsKeyArn", "arn:aws-cn:kms:cn-north-1:123456789012:key/mrk-1234", true)]
    [InlineData("KmsKeyArn", "alias/cki", false)]
    [InlineData("KmsKeyArn", "arn:aws:kms:eu-central-1:123456789012:alias/cki", false)]
    [InlineData("ChecksPolicyArn", "", true)]
    [InlineData("ChecksPolicyArn", "arn:aws:iam::123456789012:policy/cki/what-checks-look-at", true)]
    [InlineData("ChecksPolicyArn", "arn:aws:iam::123456789012:role/x", false)]
    [InlineData("AlarmEmail", "", true)]
    [InlineData("AlarmEmail", "cki@example.org", true)]
    [InlineData("AlarmEmail", "cki", false)]
    [InlineData("Release", "v1.2.3-4-gabc1234", true)]
    [InlineData("Release", "", false)]
    [InlineData("Release", "a b", false)]
    public void A_parameter_takes_what_it_should(string parameter, string value, bool isTaken) =>
        Assert.Equal(isTaken, Regex.IsMatch(value, $"^(?:{Parameters[parameter]!["AllowedPattern"]})$", RegexOptions.NonBacktracking));

    [Fact]
    public void The_stages_set_known_parameters_to_allowed_values()
    {
        string[] lines = File.ReadAllLines(Checkout.Path("samconfig.toml"));
        (string Name, string Value)[] set =
        [
            .. lines.Where(l => l.StartsWith("parameter_overrides", StringComparison.Ordinal))
                .SelectMany(l => l.Split('"')[1].Split(' ')).Select(p => p.Split('=')).Select(p => (p[0], p[1])),
        ];
        Assert.NotEmpty(set);
        Assert.All(set, s =>
        {
            JsonNode parameter = Parameters[s.Name] ?? throw new InvalidOperationException($"samconfig.toml sets {s.Name}, which is no parameter");
            if (parameter["AllowedValues"] is { } allowed)
                Assert.Contains(s.Value, allowed.AsArray().Select(a => SamTemplate.Text(a!)));
            if (parameter["MaxValue"] is { } most)
                Assert.InRange(long.Parse(s.Value), (long)parameter["MinValue"]!, (long)most);
        });
    }

    [Fact]
    public void Each_stage_has_a_stack_of_its_own_and_production_asks_first()
    {
        string config = File.ReadAllText(Checkout.Path("samconfig.toml"));
        foreach (string stage in new[] { "dev", "staging", "production" })
        {
            string section = config.Split($"[{stage}.deploy.parameters]")[1].Split("\n[")[0];
            Assert.Contains($"stack_name = \"cki-{stage}\"", section, StringComparison.Ordinal);
            Assert.Contains($"confirm_changeset = {(stage == "dev" ? "false" : "true")}", section, StringComparison.Ordinal);
            Assert.Contains("capabilities = \"CAPABILITY_IAM\"", section, StringComparison.Ordinal);
        }
    }

    /// <summary>What the tool's --stack finds; a parameter of the standard tier holds 4 KB.</summary>
    [Fact]
    public void The_installation_names_every_part()
    {
        string text = (string)SamTemplate.Get("InstallationParameter").Properties["Value"]!["Fn::Sub"]!;
        JsonNode told = JsonNode.Parse(text)!;
        Installation read = JsonSerializer.Deserialize(text, InstallationJson.Default.Installation)!;
        Assert.Equal(("${AWS::StackName}", "${LogGroup}", 1), (read.Stack, read.LogGroup, read.V));
        Assert.Equal($"/cki/{read.Stack}/installation", (string)SamTemplate.Get("InstallationParameter").Properties["Name"]!["Fn::Sub"]!);
        Assert.Equal(
            ["archiveBucket", "deadQueues", "flows", "functions", "logGroup", "queues", "region", "secretsPath", "stack", "stateBucket", "v", "webhookUrl"],
            told.AsObject().Select(t => t.Key).Order(StringComparer.Ordinal));
        Assert.Equal(QueueNames.All.Order(), told["queues"]!.AsObject().Select(q => q.Key).Order(StringComparer.Ordinal));
        Assert.Equal(QueueNames.All.Order(), told["deadQueues"]!.AsObject().Select(q => q.Key).Order(StringComparer.Ordinal));
        Assert.Equal(["test-commit", "retry-job"], told["flows"]!.AsObject().Select(f => f.Key));
        Assert.Equal(
            SuiteFunction.All.Select(f => $"{f.Id}=${{{f.Id}}}").Order(StringComparer.Ordinal),
            told["functions"]!.AsObject().Select(f => $"{f.Key}={f.Value}").Order(StringComparer.Ordinal));
        Assert.Equal("https://${HttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}", (string)told["webhookUrl"]!);
        // Names of 64 characters, addresses of 130.
        int length = text.Length + SamTemplate.Substitutions(text).Sum(s => s.EndsWith("Queue", StringComparison.Ordinal) || s.EndsWith("Flow", StringComparison.Ordinal) ? 130 - s.Length - 3 : 64 - s.Length - 3);
        Assert.InRange(length, 1000, 4096);
    }
}
