using System.Text.Json.Nodes;
using Xunit;

namespace Cki.Tests.TemplateRooms;

/// <summary>Each role may do what its function does, each grant for a reason.</summary>
public sealed class PolicyRules
{
    /// <summary>For these AWS knows no resource, or insists on all.</summary>
    private static readonly string[] ForAllResources =
    [
        "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData",
        "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
        "lambda:GetAccountSettings",
        "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies", "logs:GetLogDelivery",
        "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery",
        "states:SendTaskSuccess",
        "xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments",
    ];

    private static IReadOnlyList<Grant> Everything =>
        [.. SamTemplate.All.Where(r => r.Type is "AWS::IAM::Role" or "AWS::IAM::ManagedPolicy").SelectMany(r => Grant.Of(r.Body))];

    [Fact]
    public void No_action_has_a_star() => Assert.DoesNotContain(Everything, g => g.Action.Contains('*', StringComparison.Ordinal));

    [Fact]
    public void A_star_for_a_resource_stands_only_where_AWS_demands_it() =>
        Assert.Equal(ForAllResources, Everything.Where(g => g.Resource.ToJsonString() == "\"*\"").Select(g => g.Action).Distinct().Order(StringComparer.Ordinal));

    /// <summary>Objects of a bucket, secrets of a path, executions of a flow: never a bucket, parameter or flow of somebody else.</summary>
    [Fact]
    public void Every_other_resource_belongs_to_this_stack() =>
        Assert.All(
            Everything.Where(g => g.Resource.ToJsonString() != "\"*\""),
            g => Assert.True(
                g.Resource.ToJsonString().Contains("${AWS::StackName}", StringComparison.Ordinal)
                || SamTemplate.References(g.Resource).Any(r => SamTemplate.All.Any(known => known.Id == r))
                || g.Resource.ToJsonString() == """{"Ref":"KmsKeyArn"}""",
                $"{g}"));

    [Fact]
    public void Every_statement_says_its_reason_in_the_line_above()
    {
        string[] lines = SamTemplate.Source.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].Contains("- Sid: ", StringComparison.Ordinal))
                continue;
            int above = i - 1;
            while (lines[above].Trim() is "- !If" or "- HasKmsKey" or "- HasBoard")
                above--;
            Assert.True(lines[above].TrimStart().StartsWith("# ", StringComparison.Ordinal), $"line {i + 1}: {lines[i].Trim()} has no reason");
        }
    }

    [Fact]
    public void Every_statement_has_a_name_of_its_own_in_its_policy() =>
        Assert.All(SamTemplate.All.Where(r => r.Type is "AWS::IAM::Role" or "AWS::IAM::ManagedPolicy"), r =>
        {
            var sids = new List<string?>();
            SamTemplate.Visit(r.Properties["Policies"] ?? r.Properties["PolicyDocument"], n => sids.AddRange(n is JsonObject o && o.ContainsKey("Effect") ? [(string?)o["Sid"]] : []));
            Assert.DoesNotContain(null, sids);
            Assert.Equal(sids.Count, sids.Distinct().Count());
        });

    /// <summary>Functions of one zip together, for their source does not say which of them sends. Watch sends whatever is due, to every queue.</summary>
    [Fact]
    public void Functions_may_send_to_the_queues_of_the_messages_that_their_stage_makes() =>
        Assert.All(SuiteFunction.All.GroupBy(f => f.Stage).Where(s => s.Key != "Watch"), stage =>
        {
            // Intake makes its messages in Core's routing, Reporting what people ordered in Core's decision on it.
            IEnumerable<string> sends = stage.Key switch
            {
                "WebhookIntake" => ["detect", "herd", "report", "watch"],
                "Reporting" => StageSource.SendsTo(stage.Key).Union(["herd", "trigger"]),
                var other => StageSource.SendsTo(other),
            };
            Assert.Equal(
                sends.Select(q => $"{char.ToUpperInvariant(q[0])}{q[1..]}Queue").Order(StringComparer.Ordinal),
                stage.SelectMany(f => f.MaySendTo).Distinct().Order(StringComparer.Ordinal));
        });

    [Fact]
    public void Watch_may_send_to_every_queue() =>
        Assert.Equal(["DetectQueue", "HerdQueue", "ReportQueue", "TriggerQueue", "WatchQueue"], SuiteFunction.All.Single(f => f.Stage == "Watch").MaySendTo);

    [Fact]
    public void A_function_may_take_from_the_queues_that_wake_it_and_from_no_other() =>
        Assert.All(SuiteFunction.All, f => Assert.All(
            new[] { "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility" },
            action => Assert.Equal(
                f.Queues.Order(StringComparer.Ordinal),
                f.Grants.Where(g => g.Action == action).SelectMany(g => SamTemplate.References(g.Resource)).Order(StringComparer.Ordinal))));

    /// <summary>One owner per key. Beside these, every stage reads all of the state.</summary>
    [Fact]
    public void Each_stage_writes_its_own_keys() =>
        Assert.Equal(
            [
                "CommitDetectionFunction StateBucket/due/* StateBucket/heads/* StateBucket/runs/*/detection.json",
                "JobHerdingFunction StateBucket/due/* StateBucket/failures/* StateBucket/outages/* StateBucket/pipelines/* StateBucket/rescues/* StateBucket/runners/* StateBucket/unknown/*",
                "JobHerdingTaskFunction StateBucket/budgets/retries/* StateBucket/due/* StateBucket/outages/* StateBucket/pipelines/* StateBucket/rescues/* StateBucket/runs/*/retries/* StateBucket/unknown/*",
                "PipelineTriggerFunction StateBucket/due/* StateBucket/runs/*/pipeline.json",
                "PipelineTriggerTaskFunction StateBucket/budgets/pipelines/* StateBucket/due/* StateBucket/pipelines/* StateBucket/runs/*/pipeline.json",
                "ReportingFunction StateBucket/audit/* StateBucket/board/* StateBucket/channels/* StateBucket/consumers/* StateBucket/digests/* StateBucket/due/* StateBucket/mutes/* StateBucket/notes/* StateBucket/notices/* StateBucket/overrides/* StateBucket/reported/* StateBucket/runs/*/report.json",
                "WatchFunction ArchiveBucket/deliveries/* StateBucket/aside/* StateBucket/checks/* StateBucket/dead/* StateBucket/due/* StateBucket/watch/*",
                "WebhookIntakeFunction ArchiveBucket/deliveries/* ArchiveBucket/spill/*",
            ],
            SuiteFunction.All.OrderBy(f => f.Id, StringComparer.Ordinal).Select(f => $"{f.Id} {Keys(f.Grants, "s3:PutObject")}"));

    [Fact]
    public void Whoever_reads_a_bucket_may_also_list_it_so_that_an_absent_key_is_not_a_forbidden_one() =>
        Assert.All(SuiteFunction.All, f =>
        {
            IReadOnlyList<Grant> all = [.. f.Grants, .. Grant.Of(SamTemplate.Get("EveryFunctionPolicy").Properties)];
            Assert.Equal(
                all.Where(g => g.Action == "s3:GetObject").SelectMany(g => SamTemplate.References(g.Resource)).Distinct().Order(StringComparer.Ordinal),
                all.Where(g => g.Action == "s3:ListBucket").SelectMany(g => SamTemplate.References(g.Resource)).Distinct().Order(StringComparer.Ordinal));
        });

    [Fact]
    public void Everybody_in_the_account_who_may_take_a_role_can_read_and_only_operators_can_change()
    {
        Assert.Equal("""[{"Ref":"ReadSuitePolicy"}]""", SamTemplate.Get("ReaderRole").Text("ManagedPolicyArns"));
        Assert.Equal("", SamTemplate.Get("ReaderRole").Text("Policies"));
        Assert.All(
            Grant.Of(SamTemplate.Get("ReadSuitePolicy").Properties),
            g => Assert.Contains(g.Action.Split(':')[1], new[]
            {
                "GetParameter", "GetObject", "ListBucket", "GetQueueAttributes", "ListExecutions", "DescribeStateMachine", "DescribeExecution", "GetExecutionHistory",
                "FilterLogEvents", "StartQuery", "GetQueryResults", "GetMetricData", "DescribeAlarms", "GetAccountSettings", "DescribeStacks", "DescribeStackResourceDrifts", "Decrypt", "GenerateDataKey",
            }));
        Assert.Equal(
            "StateBucket/audit/* StateBucket/config/* StateBucket/dead/* StateBucket/due/* StateBucket/paused/*",
            Keys([.. Grant.Of(SamTemplate.Get("OperatorRole").Properties["Policies"])], "s3:PutObject"));
    }

    [Fact]
    public void Nobody_but_operators_and_the_functions_reads_secrets()
    {
        string[] readers = [.. SamTemplate.All.Where(r => Grant.Of(r.Properties).Any(g => g.Action.StartsWith("ssm:GetParameters", StringComparison.Ordinal))).Select(r => r.Id)];
        Assert.Equal(["EveryFunctionPolicy", "OperatorRole"], readers);
    }

    private static string Keys(IReadOnlyList<Grant> grants, string action) => string.Join(
        ' ',
        grants.Where(g => g.Action == action).Select(g => ((string)g.Resource["Fn::Sub"]!).Replace("${", "", StringComparison.Ordinal).Replace(".Arn}", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
}
