using System.Text.Json.Nodes;
using Xunit;

namespace Cki.Tests.TemplateRooms;

/// <summary>What EventBridge sends, as the stages read it.</summary>
public sealed class EventRules
{
    private const string Event = """
        {"version":"0","id":"315c1398-40ff-a850-213b-158f73e60175","detail-type":"Step Functions Execution Status Change","source":"aws.states","account":"123456789012",
         "time":"2026-11-22T12:00:00Z","region":"eu-central-1","resources":["arn:aws:states:eu-central-1:123456789012:execution:cki-test-commit:mainline-main-aaaaaaaaaaaa-0123abcd-2-r1"],
         "detail":{"executionArn":"arn:aws:states:eu-central-1:123456789012:execution:cki-test-commit:mainline-main-aaaaaaaaaaaa-0123abcd-2-r1",
                   "stateMachineArn":"arn:aws:states:eu-central-1:123456789012:stateMachine:cki-test-commit","name":"mainline-main-aaaaaaaaaaaa-0123abcd-2-r1",
                   "status":"TIMED_OUT","startDate":1795348800000,"stopDate":1795348900000,"input":"{}","output":null}}
        """;

    private static JsonObject Target(string rule) => SamTemplate.Get(rule).Properties["Targets"]!.AsArray().Single()!.AsObject();

    [Fact]
    public void Each_minute_is_a_tick_for_Watch()
    {
        CloudEvent told = CloudEvent.Parse(Rendered("EachMinute"));
        Assert.Equal(new Tick(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero)), told.Read<Tick>());
        Assert.Equal((Tick.TypeName, "tick", "315c1398-40ff-a850-213b-158f73e60175"), (told.Type, told.Subject, told.Id));
        Assert.Equal("""{"Fn::GetAtt":["WatchQueue","Arn"]}""", Target("EachMinute")["Arn"]!.ToJsonString());
    }

    [Fact]
    public void A_died_flow_is_told_to_Watch()
    {
        CloudEvent told = CloudEvent.Parse(Rendered("DiedFlows"));
        var died = new FlowDied("mainline-main-aaaaaaaaaaaa-0123abcd-2-r1", "TIMED_OUT");
        Assert.Equal(died, told.Read<FlowDied>());
        Assert.Equal((FlowDied.TypeName, died.GetSubject()), (told.Type, told.Subject));
        Assert.Equal("""{"Fn::GetAtt":["WatchQueue","Arn"]}""", Target("DiedFlows")["Arn"]!.ToJsonString());
    }

    [Fact]
    public void A_flow_has_died_when_it_failed_timed_out_or_was_aborted() =>
        Assert.Equal(
            """{"source":["aws.states"],"detail-type":["Step Functions Execution Status Change"],"detail":{"status":["FAILED","TIMED_OUT","ABORTED"],"stateMachineArn":[{"Fn::Sub":"arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:${AWS::StackName}-test-commit"}]}}""",
            SamTemplate.Get("DiedFlows").Text("EventPattern"));

    [Fact]
    public void News_of_a_died_flow_are_retried_for_a_day_and_then_filed() =>
        Assert.Equal(
            ("""{"Arn":{"Fn::GetAtt":["WatchDeadLetterQueue","Arn"]}}""", """{"MaximumRetryAttempts":185,"MaximumEventAgeInSeconds":86400}"""),
            (Target("DiedFlows")["DeadLetterConfig"]!.ToJsonString(), Target("DiedFlows")["RetryPolicy"]!.ToJsonString()));

    [Fact]
    public void A_missed_minute_is_not_made_up_for()
    {
        TemplateResource[] schedules = [.. SamTemplate.OfType("AWS::Events::Rule").Where(r => r.Text("ScheduleExpression").Length > 0)];
        Assert.Equal(
            ["IntakeProbe rate(1 minute)", "PushProbe rate(5 minutes)", "EachMinute rate(1 minute)"], schedules.Select(s => $"{s.Id} {s.Text("ScheduleExpression")}"));
        Assert.All(schedules, s =>
        {
            Assert.Equal("""{"MaximumRetryAttempts":0,"MaximumEventAgeInSeconds":60}""", Target(s.Id)["RetryPolicy"]!.ToJsonString());
        });
    }

    [Fact]
    public void The_push_of_the_probe_comes_as_often_as_the_code_thinks()
    {
        Assert.Equal("rate(5 minutes)", $"rate({ProbeTree.Every.TotalMinutes:0} minutes)");
        JsonObject target = Target("PushProbe");
        Assert.Equal("""{"Ref":"WebhookIntakeFunction.Version"}""", target["Arn"]!.ToJsonString());
        Assert.True(StageSource.Contains("WebhookIntake", $"[\"{JsonNode.Parse((string)target["Input"]!)!["task"]}\"] = "), "no such task");
        Assert.Equal(
            ("""{"Ref":"WebhookIntakeFunction.Version"}""", """{"Fn::GetAtt":["PushProbe","Arn"]}"""),
            (SamTemplate.Get("PushProbePermission").Text("FunctionName"), SamTemplate.Get("PushProbePermission").Text("SourceArn")));
    }

    [Fact]
    public void The_newest_version_of_the_door_is_probed_and_what_fails_there_takes_it_back()
    {
        JsonObject target = Target("IntakeProbe");
        Assert.Equal("""{"Ref":"WebhookIntakeFunction.Version"}""", target["Arn"]!.ToJsonString());
        JsonNode payload = JsonNode.Parse((string)target["Input"]!)!;
        Assert.True(StageSource.Contains("WebhookIntake", $"[\"{payload["task"]}\"] = "), $"no task {payload["task"]}");
        Assert.Equal("""{"Ref":"WebhookIntakeFunction.Version"}""", SamTemplate.Get("IntakeProbePermission").Text("FunctionName"));
        TemplateResource door = SamTemplate.Get("WebhookIntakeFunction");
        Assert.Equal("""{"Type":"Canary10Percent5Minutes","Alarms":[{"Ref":"IntakeErrorsAlarm"}]}""", door.Text("DeploymentPreference"));
        TemplateResource alarm = SamTemplate.Get("IntakeErrorsAlarm");
        Assert.Equal(
            ("AWS/Lambda", "Errors", """[{"Name":"FunctionName","Value":{"Ref":"WebhookIntakeFunction"}}]"""),
            (alarm.Text("Namespace"), alarm.Text("MetricName"), alarm.Text("Dimensions")));
        // Without it a change of memory or time-out alone would publish no version.
        Assert.Equal("true", door.Text("AutoPublishAliasAllProperties"));
    }

    /// <summary>As EventBridge renders it: each variable within its quotes.</summary>
    private static string Rendered(string rule)
    {
        JsonObject transformer = Target(rule)["InputTransformer"]!.AsObject();
        string text = (string)transformer["InputTemplate"]!;
        foreach ((string name, JsonNode? path) in transformer["InputPathsMap"]!.AsObject())
        {
            JsonNode value = ((string)path!).Split('.').Skip(1).Aggregate(JsonNode.Parse(Event)!, (at, step) => at[step]!);
            Assert.Contains($"\"<{name}>\"", text, StringComparison.Ordinal);
            text = text.Replace($"<{name}>", (string)value!, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("<", text, StringComparison.Ordinal);
        return text;
    }
}
