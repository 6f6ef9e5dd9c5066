using System.Text.Json.Nodes;
using Cki.Adapters;
using Xunit;

namespace Cki.Tests.TemplateRooms;

/// <summary>A function gets the variables that its stage uses and no other.</summary>
public sealed class EnvironmentRules
{
    private const string Machine = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:${AWS::StackName}-";

    private static readonly JsonObject Common = SamTemplate.Root["Globals"]!["Function"]!["Environment"]!["Variables"]!.AsObject();

    [Fact]
    public void All_functions_know_stack_release_level_secrets_and_memory() =>
        Assert.Equal(
            """{"CKI_STACK":{"Ref":"AWS::StackName"},"CKI_RELEASE":{"Ref":"Release"},"CKI_LOGGING_LEVEL":{"Ref":"LoggingLevel"},"CKI_SECRETS_PATH":{"Fn::Sub":"/cki/${AWS::StackName}/secrets/"},"CKI_STATE_BUCKET":{"Ref":"StateBucket"}}""",
            Common.ToJsonString());

    [Fact]
    public void Each_function_has_exactly_the_variables_that_follow_from_what_it_may_do() =>
        Assert.All(SuiteFunction.All, f => Assert.Equal(Expected(f), f.Variables.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key}={v.Value!.ToJsonString()}")));

    [Fact]
    public void The_names_are_those_that_the_functions_read() =>
        Assert.Equal(
            [SuiteEnvironment.Stack, SuiteEnvironment.Release, SuiteEnvironment.LoggingLevel, SuiteEnvironment.SecretsPath, SuiteEnvironment.StateBucket], Common.Select(c => c.Key));

    [Fact]
    public void No_variable_holds_a_secret() =>
        Assert.DoesNotContain(
            SuiteFunction.All.SelectMany(f => f.Variables.Keys).Concat(Common.Select(c => c.Key)),
            name => new[] { "TOKEN", "PASSWORD", "SECRET_", "DSN", "KEY" }.Any(word => name.Contains(word, StringComparison.Ordinal)));

    /// <summary>Queues it may send to or is woken by; flows it may start; the archive where it may touch it; the board for reports.</summary>
    private static IEnumerable<string> Expected(SuiteFunction f)
    {
        var wanted = new SortedDictionary<string, string>(StringComparer.Ordinal) { [SuiteEnvironment.ServiceName] = JsonValue.Create(Dashed(f.Stage)).ToJsonString() };
        foreach (string id in f.MaySendTo.Union(f.Queues))
        {
            bool isDead = id.EndsWith("DeadLetterQueue", StringComparison.Ordinal);
            string queue = id.Replace("DeadLetterQueue", "", StringComparison.Ordinal).Replace("Queue", "", StringComparison.Ordinal).ToLowerInvariant();
            wanted[isDead ? SuiteEnvironment.DeadQueueUrl(queue) : SuiteEnvironment.QueueUrl(queue)] = $$"""{"Ref":"{{id}}"}""";
        }
        foreach (Grant start in f.Grants.Where(g => g.Action == "states:StartExecution"))
        {
            string flow = ((string)start.Resource["Fn::Sub"]!)[Machine.Length..];
            wanted[SuiteEnvironment.FlowArn(flow)] = start.Resource.ToJsonString();
        }
        if (f.Grants.Any(g => SamTemplate.References(g.Resource).Contains("ArchiveBucket")))
            wanted[SuiteEnvironment.ArchiveBucket] = """{"Ref":"ArchiveBucket"}""";
        if (f.Stage == "WebhookIntake")
        {
            // What its zip carries: infra/ca/README.md.
            wanted["SSL_CERT_FILE"] = "\"/var/task/amazon-roots.pem\"";
            wanted["SSL_CERT_DIR"] = "\"/var/task/no-certs\"";
        }
        if (StageSource.Contains(f.Stage, "SuiteEnvironment.FrontDoor"))
            wanted[SuiteEnvironment.FrontDoor] = """{"Fn::Sub":"https://${HttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}"}""";
        if (StageSource.Contains(f.Stage, "BoardUrl"))
            wanted[SuiteEnvironment.BoardUrl] = """{"Fn::If":["HasBoard",{"Fn::Sub":"https://${BoardDistribution.DomainName}/"},{"Ref":"AWS::NoValue"}]}""";
        return wanted.Select(w => $"{w.Key}={w.Value}");
    }

    private static string Dashed(string stage) => string.Concat(stage.Select((c, i) => i > 0 && char.IsUpper(c) ? $"-{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));
}
