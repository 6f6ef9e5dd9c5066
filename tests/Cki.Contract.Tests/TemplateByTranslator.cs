using System.Text.Json.Nodes;
using Xunit;

namespace Cki.Contract.Tests;

/// <summary>template.yaml as aws-sam-translator hands it to CloudFormation.</summary>
public sealed class TemplateByTranslator
{
    [Fact]
    public async Task What_is_deployed_is_counted()
    {
        JsonObject resources = await ResourcesAsync();
        Assert.Equal(
            [
                "AWS::ApiGatewayV2::Api 1", "AWS::ApiGatewayV2::Stage 1", "AWS::CloudFront::CachePolicy 1", "AWS::CloudFront::Distribution 1",
                "AWS::CloudFront::OriginAccessControl 1", "AWS::CloudFront::ResponseHeadersPolicy 1", "AWS::CloudWatch::Alarm 19", "AWS::CloudWatch::CompositeAlarm 1",
                "AWS::CloudWatch::Dashboard 3",
                "AWS::CodeDeploy::Application 1", "AWS::CodeDeploy::DeploymentGroup 1", "AWS::Events::Rule 4", "AWS::IAM::ManagedPolicy 4", "AWS::IAM::Role 13",
                "AWS::Lambda::Alias 1", "AWS::Lambda::EventSourceMapping 10", "AWS::Lambda::Function 8", "AWS::Lambda::Permission 6", "AWS::Lambda::Version 1",
                "AWS::Logs::LogGroup 1", "AWS::Logs::MetricFilter 1", "AWS::Logs::QueryDefinition 5", "AWS::S3::Bucket 2", "AWS::S3::BucketPolicy 2", "AWS::SNS::Subscription 1", "AWS::SNS::Topic 1", "AWS::SQS::Queue 10",
                "AWS::SQS::QueuePolicy 2", "AWS::SSM::Parameter 1", "AWS::StepFunctions::StateMachine 2",
            ],
            resources.GroupBy(r => (string)r.Value!["Type"]!).OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Key} {t.Count()}"));
    }

    /// <summary>Roles that the translation makes by itself bring policies with stars; of those only CodeDeploy's is wanted.</summary>
    [Fact]
    public async Task No_role_is_made_for_us_but_the_one_that_shifts_the_door()
    {
        JsonObject resources = await ResourcesAsync();
        string[] managed = [.. resources.Where(r => (string)r.Value!["Type"]! == "AWS::IAM::Role" && r.Value["Properties"]!.ToJsonString().Contains(":iam::aws:policy", StringComparison.Ordinal)).Select(r => r.Key)];
        Assert.Equal(["CodeDeployServiceRole"], managed);
    }

    [Fact]
    public async Task The_public_address_leads_to_the_alias_and_the_probe_to_the_newest_version()
    {
        JsonObject resources = await ResourcesAsync();
        JsonObject paths = resources["HttpApi"]!["Properties"]!["Body"]!["paths"]!.AsObject();
        Assert.Equal(
            ["/heartbeats/{name} post", "/mute/{token} get", "/mute/{token} post", "/webhooks/{source} post"],
            paths.SelectMany(p => p.Value!.AsObject().Select(m => $"{p.Key} {m.Key}")).Order(StringComparer.Ordinal));
        Assert.EndsWith(
            "functions/${WebhookIntakeFunctionAliaslive}/invocations",
            (string)paths["/webhooks/{source}"]!["post"]!["x-amazon-apigateway-integration"]!["uri"]!["Fn::Sub"]!,
            StringComparison.Ordinal);
        string version = (string)resources["IntakeProbe"]!["Properties"]!["Targets"]![0]!["Arn"]!["Ref"]!;
        Assert.Equal("AWS::Lambda::Version", (string)resources[version]!["Type"]!);
        Assert.Equal(version, (string)resources["WebhookIntakeFunctionAliaslive"]!["Properties"]!["FunctionVersion"]!["Fn::GetAtt"]![0]!);
    }

    [Fact]
    public async Task An_alarm_during_the_shift_takes_the_new_version_back()
    {
        JsonNode shift = (await ResourcesAsync())["WebhookIntakeFunctionDeploymentGroup"]!["Properties"]!;
        Assert.Equal("""{"Enabled":true,"Alarms":[{"Name":{"Ref":"IntakeErrorsAlarm"}}]}""", shift["AlarmConfiguration"]!.ToJsonString());
        Assert.Contains("DEPLOYMENT_STOP_ON_ALARM", shift["AutoRollbackConfiguration"]!["Events"]!.AsArray().Select(e => (string)e!));
    }

    /// <summary>The translation hashes the template's text: infra/deploy.md warns that such a change reaches the door with its next zip.</summary>
    [Fact]
    public async Task A_parameter_s_value_alone_makes_no_new_version_of_the_door()
    {
        static async Task<string> VersionAsync(string level) => (await ResourcesAsync($"LoggingLevel={level}")).Single(r => (string)r.Value!["Type"]! == "AWS::Lambda::Version").Key;
        Assert.Equal(await VersionAsync("Information"), await VersionAsync("Debug"));
        Assert.Contains("reach the door with its next zip", await File.ReadAllTextAsync(Path.Combine(PeerScript.Root, "infra", "deploy.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Functions_and_flows_carry_what_was_uploaded()
    {
        JsonObject resources = await ResourcesAsync();
        Assert.All(
            resources.Where(r => (string)r.Value!["Type"]! == "AWS::Lambda::Function"),
            f => Assert.Equal("cki-code", (string)f.Value!["Properties"]!["Code"]!["S3Bucket"]!));
        Assert.Equal(
            File.ReadAllText(Path.Combine(PeerScript.Root, "infra", "flows", "test-commit.asl.json")),
            (string)resources["TestCommitFlow"]!["Properties"]!["DefinitionString"]!);
    }

    private static async Task<JsonObject> ResourcesAsync(params string[] parameters)
    {
        string[] arguments = [Path.Combine(PeerScript.Root, "template.yaml"), .. parameters.SelectMany(p => new[] { "--parameter", p })];
        return (await PeerScript.PythonAsync("transform.py", arguments, ""))["Resources"]!.AsObject();
    }
}
