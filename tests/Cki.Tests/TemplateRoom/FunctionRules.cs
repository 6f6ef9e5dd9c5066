using System.Text.Json.Nodes;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.TemplateRooms;

public sealed class FunctionRules
{
    private static readonly JsonObject Globals = SamTemplate.Root["Globals"]!["Function"]!.AsObject();

    [Fact]
    public void Every_stage_is_deployed_and_no_zip_is_from_elsewhere() =>
        Assert.Equal(
            ["CommitDetection", "JobHerding", "PipelineTrigger", "Reporting", "Watch", "WebhookIntake"],
            SuiteFunction.All.Select(f => f.Stage).Distinct().Order(StringComparer.Ordinal).Where(s => Directory.Exists(Checkout.Path($"functions/{s}"))));

    [Fact]
    public void A_function_is_named_after_its_stage_and_a_second_one_runs_the_flow_s_tasks() =>
        Assert.All(SuiteFunction.All, f =>
        {
            Assert.Contains(f.Id, new[] { $"{f.Stage}Function", $"{f.Stage}TaskFunction" });
            Assert.Equal($"artifacts/lambda/{f.Stage}.zip", f.Resource.Text("CodeUri"));
            Assert.Equal($"{f.Id[..^"Function".Length]}Role", f.Role.Id);
        });

    [Fact]
    public void Deploying_builds_nothing() =>
        Assert.All(SuiteFunction.All, f => Assert.Equal("""{"SkipBuild":true}""", f.Resource.Body["Metadata"]!.ToJsonString()));

    [Fact]
    public void Memory_and_time_out_are_explicit_and_the_purpose_is_said() =>
        Assert.All(SuiteFunction.All, f =>
        {
            Assert.InRange((long)f.Resource.Properties["MemorySize"]!, 128, 3008);
            Assert.InRange(f.Timeout, 1, 900);
            Assert.NotEmpty(f.Resource.Text("Description"));
        });

    [Fact]
    public void What_is_the_same_for_all_is_said_once()
    {
        Assert.Equal(
            """{"Runtime":"provided.al2023","Handler":"bootstrap","Architectures":[{"Ref":"Architecture"}],"Tracing":"Active","LoggingConfig":{"LogFormat":"JSON","LogGroup":{"Ref":"LogGroup"}}}""",
            new JsonObject(Globals.Where(g => g.Key != "Environment").Select(g => KeyValuePair.Create(g.Key, g.Value?.DeepClone()))).ToJsonString());
        Assert.DoesNotContain(SuiteFunction.All, f => Globals.Where(g => g.Key != "Environment").Any(g => f.Resource.Properties.ContainsKey(g.Key)));
    }

    [Fact]
    public void A_task_function_gives_up_before_its_flow_does()
    {
        Assert.All(Flows.Tasks(), t => Assert.True(SuiteFunction.All.Single(f => f.Id == t.Function).Timeout < t.TimeoutSeconds, $"{t}"));
        Assert.Equal(["JobHerdingTaskFunction", "PipelineTriggerTaskFunction"], Flows.Tasks().Select(t => t.Function).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Task_functions_have_no_queue() => Assert.All(SuiteFunction.All.Where(f => f.Id.Contains("Task", StringComparison.Ordinal)), f => Assert.Empty(f.Queues));

    /// <summary>Lambda stops what looks like a loop after 16 rounds; a stage that puts messages off by sending them to itself looks like one.</summary>
    [Fact]
    public void Loops_are_allowed_exactly_where_messages_are_put_off()
    {
        string[] later = [.. SuiteFunction.All.Where(f => f.Queues.Count > 0 && StageSource.Contains(f.Stage, "LaterAsync(")).Select(f => f.Id)];
        Assert.Equal(["PipelineTriggerFunction", "JobHerdingFunction", "ReportingFunction"], later);
        Assert.Equal(later, SuiteFunction.All.Where(f => f.Resource.Text("RecursiveLoop") == "Allow").Select(f => f.Id));
    }

    /// <summary>A VPC is one more thing that can fail: only those that talk to a company's own servers are in it.</summary>
    [Fact]
    public void Functions_that_talk_to_the_outside_are_in_the_VPC_where_there_is_one()
    {
        string[] outside = [.. SuiteFunction.All.Where(f => StageSource.Contains(f.Stage, "HttpClient http", "GitLabClient")).Select(f => f.Id)];
        Assert.Equal(["CommitDetectionFunction", "PipelineTriggerFunction", "PipelineTriggerTaskFunction", "JobHerdingFunction", "JobHerdingTaskFunction", "ReportingFunction", "WatchFunction"], outside);
        const string inVpc = """{"Fn::If":["HasVpc",{"SubnetIds":{"Ref":"SubnetIds"},"SecurityGroupIds":{"Ref":"SecurityGroupIds"}},{"Ref":"AWS::NoValue"}]}""";
        Assert.Equal(outside, SuiteFunction.All.Where(f => f.Resource.Text("VpcConfig") == inVpc).Select(f => f.Id));
        Assert.Equal(outside, SuiteFunction.All.Where(f => f.Role.Text("ManagedPolicyArns").Contains("VpcFunctionPolicy", StringComparison.Ordinal)).Select(f => f.Id));
    }

    [Fact]
    public void Only_the_door_shifts_to_a_new_version_by_and_by() =>
        Assert.Equal(["WebhookIntakeFunction"], SuiteFunction.All.Where(f => f.Resource.Properties.ContainsKey("AutoPublishAlias") || f.Resource.Properties.ContainsKey("DeploymentPreference")).Select(f => f.Id));
}
