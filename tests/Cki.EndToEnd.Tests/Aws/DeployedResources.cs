using System.Text.Json.Nodes;
using Cki.Peers;
using Xunit;

namespace Cki.EndToEnd.Tests.Aws;

/// <summary>Each resource of the template as CloudFormation made it, property by property. moto says CREATE_COMPLETE also of what it passes over.</summary>
public sealed class DeployedResources
{
    /// <summary>Types that moto 5.2.1 does not make. What guards them instead: cfn-lint, and the template's own tests.</summary>
    private static readonly Dictionary<string, string> s_skipped = new(StringComparer.Ordinal)
    {
        ["AWS::ApiGatewayV2::Api"] = "moto's CloudFormation has no HTTP APIs; its routes are read from the template and served by the test",
        ["AWS::ApiGatewayV2::Stage"] = "as the API",
        ["AWS::CloudWatch::Alarm"] = "moto's CloudFormation passes over alarms and evaluates none",
        ["AWS::CloudWatch::CompositeAlarm"] = "as the alarms",
        ["AWS::CodeDeploy::Application"] = "moto's CloudFormation has no CodeDeploy: the canary is on the first-deploy checklist",
        ["AWS::CodeDeploy::DeploymentGroup"] = "as the application",
        ["AWS::Lambda::Alias"] = "moto's CloudFormation has no aliases; the test calls the function",
        ["AWS::Logs::QueryDefinition"] = "moto knows no saved queries; LogQueryRules of the template's tests",
        ["AWS::Logs::MetricFilter"] = "moto's CloudFormation has none; the template's tests demand its alarm",
        ["AWS::S3::BucketPolicy"] = "moto's CloudFormation passes over it",
        ["AWS::SQS::QueuePolicy"] = "moto's CloudFormation passes over it; the test itself sends what EventBridge would",
    };

    /// <summary>Properties that moto's services do not tell, or that its CloudFormation does not pass on to them.</summary>
    private static readonly Dictionary<string, string> s_untold = new(StringComparer.Ordinal)
    {
        ["AWS::IAM::Role ManagedPolicyArns"] = "moto attaches none; the calls of the story are held against them in StoryOnAws, which reads them from the template",
        ["AWS::Lambda::Function Code"] = "moto keeps its own hash of an empty file; the zips are tested by PackageTests",
        ["AWS::Lambda::Function LoggingConfig"] = "unknown to moto's model; ServerlessRules of the template's tests",
        ["AWS::Lambda::Function RecursiveLoop"] = "unknown to moto's model",
        ["AWS::Lambda::Function Tags"] = "moto's CloudFormation does not pass them on",
        ["AWS::Lambda::Function TracingConfig"] = "moto takes it and does not pass it on from CloudFormation; the template's tests",
        ["AWS::Lambda::Version FunctionName"] = "told as an ARN of another form",
        ["AWS::S3::Bucket LifecycleConfiguration"] = "moto's CloudFormation does not pass it on; the template's tests name each rule",
        ["AWS::S3::Bucket MetricsConfigurations"] = "unknown to moto",
        ["AWS::S3::Bucket OwnershipControls"] = "moto's CloudFormation does not pass it on",
        ["AWS::S3::Bucket PublicAccessBlockConfiguration"] = "as the ownership; the template's tests demand all four",
        ["AWS::SQS::Queue RedriveAllowPolicy"] = "moto does not tell it; the template's tests compare it with each queue's dead letters",
        ["AWS::StepFunctions::StateMachine Tags"] = "moto's CloudFormation does not pass them on",
    };

    [Fact]
    public async Task Each_property_that_moto_tells_is_the_template_s()
    {
        await using PeerProcess moto = await MotoServer.StartAsync(Repository.Root);
        Deployment deployed = await Deployment.OfAsync(moto);
        Assert.Equal(s_skipped.Keys.Order(StringComparer.Ordinal), deployed.Skipped.Values.Distinct().Order(StringComparer.Ordinal));
        var wrong = new List<string>();
        var untold = new HashSet<(string, string)>();
        foreach ((string name, DeployedResource resource) in deployed.Resources)
        {
            foreach ((string property, JsonNode? wanted) in resource.Wanted)
            {
                if (resource.Found?.TryGetPropertyValue(property, out JsonNode? found) != true)
                    untold.Add((resource.Type, property));
                else if (!JsonNode.DeepEquals(wanted, found))
                    wrong.Add($"{name} {property}\n  wanted {wanted?.ToJsonString()}\n  found  {found?.ToJsonString()}");
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        // Both ways: a moto that tells more is asked for more.
        Assert.Equal(
            s_untold.Keys.Order(StringComparer.Ordinal),
            untold.Select(one => $"{one.Item1} {one.Item2}").Order(StringComparer.Ordinal));
    }
}
