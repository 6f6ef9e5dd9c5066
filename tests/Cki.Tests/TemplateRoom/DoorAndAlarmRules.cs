using System.Text.Json.Nodes;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.TemplateRooms;

public sealed class DoorAndAlarmRules
{
    private static IReadOnlyList<TemplateResource> Alarms => [.. SamTemplate.OfType("AWS::CloudWatch::Alarm"), .. SamTemplate.OfType("AWS::CloudWatch::CompositeAlarm")];

    /// <summary>These tell nobody themselves: the alarm over them does, once for all.</summary>
    private static readonly string[] s_children = ["DetectAgeAlarm", "HerdAgeAlarm", "ReportAgeAlarm", "TriggerAgeAlarm", "WatchAgeAlarm"];

    [Fact]
    public void The_public_reaches_nothing_but_the_door_for_webhooks_heartbeats_and_the_links_in_mails()
    {
        IEnumerable<string> doors =
            from f in SuiteFunction.All
            from e in f.Resource.Properties["Events"]?.AsObject() ?? []
            where (string)e.Value!["Type"]! != "SQS"
            select $"{f.Id} {e.Value["Type"]} {e.Value["Properties"]!["Method"]} {e.Value["Properties"]!["Path"]} {e.Value["Properties"]!["PayloadFormatVersion"]}";
        Assert.Equal(
            [
                "WebhookIntakeFunction HttpApi GET /mute/{token} 2.0", "WebhookIntakeFunction HttpApi POST /heartbeats/{name} 2.0", "WebhookIntakeFunction HttpApi POST /mute/{token} 2.0",
                "WebhookIntakeFunction HttpApi POST /webhooks/{source} 2.0",
            ],
            doors.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(SuiteFunction.All, f => f.Resource.Properties.ContainsKey("FunctionUrlConfig"));
    }

    [Fact]
    public void A_burst_of_six_hundred_deliveries_is_never_refused()
    {
        Assert.Equal("""{"Ref":"ThrottleBurst"}""", SamTemplate.Get("HttpApi").Properties["DefaultRouteSettings"]!["ThrottlingBurstLimit"]!.ToJsonString());
        Assert.Equal(600, (long)SamTemplate.Root["Parameters"]!["ThrottleBurst"]!["MinValue"]!);
        // 13,000 a minute is GitLab.com's own limit for one namespace.
        Assert.True((long)SamTemplate.Get("HttpApi").Properties["DefaultRouteSettings"]!["ThrottlingRateLimit"]! >= 13_000 / 60);
    }

    [Fact]
    public void Requests_are_logged_as_JSON_without_what_was_posted()
    {
        JsonNode format = JsonNode.Parse((string)SamTemplate.Get("HttpApi").Properties["AccessLogSettings"]!["Format"]!)!;
        Assert.Equal(
            ["bytes", "error", "ip", "log", "method", "milliseconds", "path", "requestId", "routeKey", "status", "time"],
            format.AsObject().Select(f => f.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_door_gives_up_before_the_gateway_and_the_gateway_before_GitLab_s_patience_ends_twice()
    {
        JsonObject doors = SamTemplate.Get("WebhookIntakeFunction").Properties["Events"]!.AsObject();
        Assert.All(doors, d => Assert.InRange((long)d.Value!["Properties"]!["TimeoutInMillis"]!, (SuiteFunction.All.Single(f => f.Stage == "WebhookIntake").Timeout * 1000) + 1, 30_000));
    }

    [Fact]
    public void Every_alarm_tells_the_topic_when_it_begins_and_ends_and_says_what_it_means() =>
        Assert.All(Alarms, a =>
        {
            string told = s_children.Contains(a.Id) ? "" : """[{"Ref":"AlarmTopic"}]""";
            Assert.Equal((told, told), (a.Text("AlarmActions"), a.Text("OKActions")));
            Assert.InRange(a.Text("AlarmDescription").Length, 30, 300);
            if (a.Id != "WorkLateAlarm")
                Assert.Contains(a.Text("TreatMissingData"), new[] { "notBreaching", "breaching" });
        });

    [Fact]
    public void Late_queues_are_told_of_once_and_not_at_all_where_throttling_is_the_cause()
    {
        TemplateResource late = SamTemplate.Get("WorkLateAlarm");
        Assert.Equal(string.Join(" OR ", new[] { "Detect", "Trigger", "Herd", "Report", "Watch" }.Select(q => $"ALARM(\"${{{q}AgeAlarm}}\")")), (string?)late.Properties["AlarmRule"]!["Fn::Sub"]);
        Assert.Equal("""{"Fn::GetAtt":["ThrottlesAlarm","Arn"]}""", late.Text("ActionsSuppressor"));
    }

    [Fact]
    public void There_is_an_alarm_for_everything_that_must_not_stay_unseen() =>
        Assert.Equal(
            [
                "DeadLettersAlarm", "DeadLettersStayAlarm", "DetectAgeAlarm", "DiedFlowsAlarm", "HerdAgeAlarm", "IntakeErrorsAlarm", "IntakeServerErrorsAlarm", "IntakeSlowAlarm",
                "LogErrorsAlarm", "PipelinesLateAlarm", "ProbeSilentAlarm", "ReportAgeAlarm", "SpillAlarm", "ThrottlesAlarm", "TriggerAgeAlarm", "VerdictsLateAlarm", "VerdictsOursAlarm",
                "WatchAgeAlarm", "WatchSilentAlarm", "WorkLateAlarm",
            ],
            Alarms.Select(a => a.Id).Order(StringComparer.Ordinal));

    [Fact]
    public void Silence_of_Watch_and_of_the_probe_is_itself_the_alarm() =>
        Assert.Equal(
            ["ProbeSilentAlarm", "WatchSilentAlarm"], Alarms.Where(a => a.Text("TreatMissingData") == "breaching").Select(a => a.Id).Order(StringComparer.Ordinal));

    [Fact]
    public void Alarms_over_many_watch_all_queues_functions_and_flows()
    {
        Assert.Equal(SuiteFunction.All.Select(f => f.Id).Order(StringComparer.Ordinal), Watched("ThrottlesAlarm"));
        Assert.Equal(["RetryJobFlow", "TestCommitFlow"], Watched("DiedFlowsAlarm"));
        string[] dead = [.. SamTemplate.OfType("AWS::SQS::Queue").Select(q => q.Id).Where(q => q.Contains("Dead", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.Equal(dead, Watched("DeadLettersAlarm"));
        Assert.Equal(dead, Watched("DeadLettersStayAlarm"));
    }

    [Theory]
    [InlineData("overview", "OverviewDashboard")]
    [InlineData("herding", "HerdingDashboard")]
    [InlineData("engine", "EngineDashboard")]
    public void A_dashboard_is_the_file_in_infra_and_asks_for_metrics_that_the_suite_writes(string file, string resource)
    {
        string text = File.ReadAllText(Checkout.Path($"infra/dashboards/{file}.json")).Trim();
        Assert.Equal(text, ((string)SamTemplate.Get(resource).Properties["DashboardBody"]!["Fn::Sub"]!).Trim());
        foreach (JsonNode? widget in JsonNode.Parse(text)!["widgets"]!.AsArray())
        {
            Assert.InRange((int)widget!["x"]! + (int)widget["width"]!, 1, 24);
            foreach (JsonArray metric in widget["properties"]!["metrics"]?.AsArray().OfType<JsonArray>() ?? [])
                AssertOurs(metric);
        }
    }

    /// <summary>A metric of ours is asked for by all of its dimensions, with values that it can have: CloudWatch shows nothing for any other.</summary>
    private static void AssertOurs(JsonArray metric)
    {
        string[] words = [.. metric.OfType<JsonValue>().Select(v => (string)v!)];
        if (words[0] != "CKI" || words[1].EndsWith("-error-lines", StringComparison.Ordinal))
            return;
        MetricInfo info = SuiteMetrics.Find(words[1]) ?? throw new InvalidOperationException($"there is no metric {words[1]}");
        MetricTag[] dimensions = [.. info.Tags.Where(t => t.Dimension.Count > 0)];
        Assert.Equal(["stack", "${AWS::StackName}"], words[2..4]);
        Assert.Equal(dimensions.Select(d => d.Name), words[4..].Where((_, i) => i % 2 == 0));
        foreach ((MetricTag dimension, string value) in dimensions.Zip(words[4..].Where((_, i) => i % 2 == 1)))
            Assert.Contains(value, dimension.Dimension.Append(MetricTag.Other));
    }

    [Fact]
    public void The_dashboard_shows_what_there_is()
    {
        JsonNode board = JsonNode.Parse(File.ReadAllText(Checkout.Path("infra/dashboards/overview.json")))!;
        Assert.All(board["widgets"]!.AsArray(), w => Assert.InRange((int)w!["x"]! + (int)w["width"]!, 1, 24));
        IEnumerable<string> names = SamTemplate.Substitutions(board.ToJsonString()).Select(s => s.Split('.')[0]).Where(s => !s.StartsWith("AWS::", StringComparison.Ordinal)).Distinct();
        Assert.All(names, n => Assert.Contains(SamTemplate.All, r => r.Id == n));
        Assert.All(SamTemplate.OfType("AWS::SQS::Queue"), q => Assert.Contains(q.Id, names));
        Assert.All(SuiteFunction.All, f => Assert.Contains(f.Id, names));
    }

    private static IEnumerable<string> Watched(string alarm)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (JsonNode metric in SamTemplate.Many(SamTemplate.Get(alarm).Properties["Metrics"]))
            found.UnionWith(SamTemplate.References(metric["MetricStat"]));
        return found;
    }
}
