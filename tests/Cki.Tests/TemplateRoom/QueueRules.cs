using System.Text.Json.Nodes;
using Xunit;

namespace Cki.Tests.TemplateRooms;

public sealed class QueueRules
{
    private static readonly string[] Working = [.. QueueNames.All.Select(Named)];

    private static IReadOnlyList<TemplateResource> Queues => SamTemplate.OfType("AWS::SQS::Queue");

    private static string Named(string queue) => $"{char.ToUpperInvariant(queue[0])}{queue[1..]}Queue";

    private static string Dead(string queue) => queue.Replace("Queue", "DeadLetterQueue", StringComparison.Ordinal);

    [Fact]
    public void Each_queue_of_the_suite_is_there_beside_its_dead_letter_queue() =>
        Assert.Equal(Working.Concat(Working.Select(Dead)).Order(StringComparer.Ordinal), Queues.Select(q => q.Id).Order(StringComparer.Ordinal));

    [Fact]
    public void A_message_is_received_ten_times_in_seven_days_before_it_is_a_dead_letter_of_its_own_queue() =>
        Assert.All(Working, id => Assert.Equal(
            ($$"""{"deadLetterTargetArn":{"Fn::GetAtt":["{{Dead(id)}}","Arn"]},"maxReceiveCount":10}""", "604800"),
            (SamTemplate.Get(id).Text("RedrivePolicy"), SamTemplate.Get(id).Text("MessageRetentionPeriod"))));

    [Fact]
    public void A_dead_letter_queue_keeps_for_fourteen_days_and_takes_from_its_own_queue_only() =>
        Assert.All(Working, id =>
        {
            TemplateResource dead = SamTemplate.Get(Dead(id));
            string source = (string)SamTemplate.Get(id).Properties["QueueName"]!["Fn::Sub"]!;
            Assert.Equal("1209600", dead.Text("MessageRetentionPeriod"));
            Assert.Equal("", dead.Text("RedrivePolicy"));
            Assert.Equal("byQueue", (string)dead.Properties["RedriveAllowPolicy"]!["redrivePermission"]!);
            Assert.Equal(
                "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:" + source,
                (string)dead.Properties["RedriveAllowPolicy"]!["sourceQueueArns"]!.AsArray().Single()!["Fn::Sub"]!);
        });

    [Fact]
    public void Queues_are_named_after_stack_and_queue() =>
        Assert.Equal(
            QueueNames.All.SelectMany(q => new[] { $"${{AWS::StackName}}-{q}", $"${{AWS::StackName}}-{q}-dead" }).Order(StringComparer.Ordinal),
            Queues.Select(q => (string)q.Properties["QueueName"]!["Fn::Sub"]!).Order(StringComparer.Ordinal));

    [Fact]
    public void Queues_are_encrypted_and_none_is_FIFO() =>
        Assert.All(Queues, q => Assert.Equal(("true", ""), (q.Text("SqsManagedSseEnabled"), q.Text("FifoQueue"))));

    [Fact]
    public void Each_queue_wakes_exactly_one_function() =>
        Assert.Equal(
            Queues.Select(q => q.Id).Order(StringComparer.Ordinal), SuiteFunction.All.SelectMany(f => f.Queues).Order(StringComparer.Ordinal));

    [Fact]
    public void Dead_letters_wake_Watch() =>
        Assert.All(Working, id => Assert.Equal("WatchFunction", SuiteFunction.All.Single(f => f.Queues.Contains(Dead(id))).Id));

    [Fact]
    public void A_message_stays_hidden_for_six_times_as_long_as_its_function_may_run() =>
        Assert.All(SuiteFunction.All, f => Assert.All(f.Queues, id =>
            Assert.True((long)SamTemplate.Get(id).Properties["VisibilityTimeout"]! >= 6 * f.Timeout, $"{id} for {f}")));

    [Fact]
    public void Every_mapping_reports_failed_items_and_is_bounded()
    {
        (SuiteFunction Function, JsonObject Mapping)[] mappings = [.. SuiteFunction.All.SelectMany(f => f.QueueEvents.Select(e => (f, e)))];
        Assert.Equal(10, mappings.Length);
        Assert.All(mappings, m =>
        {
            Assert.Equal("""["ReportBatchItemFailures"]""", m.Mapping["FunctionResponseTypes"]!.ToJsonString());
            // Lambda's own bounds; above 10 a batch needs a window.
            Assert.InRange((long)m.Mapping["ScalingConfig"]!["MaximumConcurrency"]!, 2, 1000);
            Assert.InRange((long)m.Mapping["BatchSize"]!, 1, 10);
        });
    }

    /// <summary>Lambda would throttle the queue's pollers, and what they had received would use up receives.</summary>
    [Fact]
    public void No_function_has_reserved_concurrency() =>
        Assert.DoesNotContain(SuiteFunction.All, f => f.Resource.Properties.ContainsKey("ReservedConcurrentExecutions"));

    [Fact]
    public void Only_event_rules_may_send_from_outside_and_only_to_the_queues_of_Watch()
    {
        var allowed = SamTemplate.OfType("AWS::SQS::QueuePolicy")
            .SelectMany(p => SamTemplate.Many(p.Properties["PolicyDocument"]!["Statement"]))
            .ToDictionary(
                s => (string)s["Resource"]!["Fn::GetAtt"]![0]!,
                s => $"{s["Principal"]!.ToJsonString()} {s["Action"]} for {string.Join(',', SamTemplate.References(s["Condition"]!["ArnEquals"]))}");
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["WatchQueue"] = """{"Service":"events.amazonaws.com"} sqs:SendMessage for DiedFlows,EachMinute""",
                ["WatchDeadLetterQueue"] = """{"Service":"events.amazonaws.com"} sqs:SendMessage for DiedFlows""",
            },
            allowed);
    }
}
