using Cki.Engine;
using Xunit;

namespace Cki.Tests.EngineRooms;

public sealed class FlowTaskTests
{
    private const string Invoke = """
        "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "${Function}", "Payload": {"task": "start-pipeline", "input.$": "$"}}
        """;

    private const string Await = """
        "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": "${HerdQueueUrl}", "MessageGroupId.$": "$.tree",
            "MessageBody": {"token.$": "$$.Task.Token", "run.$": "$.run"}}
        """;

    [Fact]
    public void A_task_is_a_message_that_names_it()
    {
        var flow = new Flow($$$"""{"A": { {{{Invoke}}}, "End": true}}""", """{"run":"r1"}""");
        OutgoingMessage sent = Assert.Single(flow.Sent);
        Assert.Equal(("tasks", """{"task":"start-pipeline","input":{"run":"r1"}}""", "run-1"), (sent.Queue, sent.Body, sent.Group));
        Assert.Equal(new Dictionary<string, string> { ["execution"] = "7", ["seq"] = "2" }, sent.Attributes);
        Assert.Equal(new Phase.OnAnswer(null), flow.Execution.Phase);
    }

    [Fact]
    public void Its_answer_has_lambda_s_shape_and_ends_where_result_selector_and_path_say()
    {
        var flow = new Flow(
            $$$"""{"A": { {{{Invoke}}}, "ResultSelector": {"id.$": "$.Payload.id", "code.$": "$.StatusCode"}, "ResultPath": "$.pipeline", "End": true}}""",
            """{"run":"r1"}""");
        Assert.True(flow.Answers("""{"id": 17}"""));
        Assert.Equal("""Succeeded {"run":"r1","pipeline":{"id":17,"code":200}}""", flow.End);
    }

    [Fact]
    public void An_answer_to_an_older_try_is_no_longer_waited_for()
    {
        var flow = new Flow($$$"""{"A": { {{{Invoke}}}, "Retry": [{"ErrorEquals": ["States.ALL"]}], "End": true}}""");
        int first = flow.Execution.Seq;
        flow.Fails("Boom");
        flow.Passes(1);
        Assert.False(flow.Happens(new Happening.Succeeded(first, null)));
        Assert.True(flow.Answers("{}"));
        Assert.False(flow.Happens(new Happening.Succeeded(flow.Execution.Seq, null)));
    }

    [Fact]
    public void Retries_grow_by_the_rate_up_to_the_maximum_and_end()
    {
        var flow = new Flow($$$"""
            {"A": { {{{Invoke}}}, "Retry": [{"ErrorEquals": ["GitLab.Unavailable"], "IntervalSeconds": 2, "BackoffRate": 3, "MaxAttempts": 4, "MaxDelaySeconds": 20}],
            "End": true}}
            """);
        var pauses = new List<double>();
        while (flow.Fails("GitLab.Unavailable") && flow.Execution.Phase is Phase.OnRetry retry)
        {
            pauses.Add((retry.At - flow.Now).TotalSeconds);
            Assert.False(flow.Passes(pauses[^1] - 0.001));
            Assert.True(flow.Passes(0.001));
        }
        Assert.Equal([2, 6, 18, 20], pauses);
        Assert.Equal("Failed GitLab.Unavailable: why", flow.End);
        Assert.Equal(5, flow.Sent.Count);
    }

    [Fact]
    public void Full_jitter_waits_anything_up_to_the_interval()
    {
        var flow = new Flow($$$"""
            {"A": { {{{Invoke}}}, "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 100, "BackoffRate": 1, "MaxAttempts": 20, "JitterStrategy": "FULL"}], "End": true}}
            """);
        var pauses = new List<double>();
        while (flow.Fails("Boom") && flow.Execution.Phase is Phase.OnRetry retry)
        {
            pauses.Add((retry.At - flow.Now).TotalSeconds);
            flow.Passes(pauses[^1] + 0.001);
        }
        Assert.All(pauses, pause => Assert.InRange(pause, 0, 100));
        Assert.True(pauses.Max() - pauses.Min() > 50);
    }

    [Fact]
    public void The_first_retrier_that_matches_counts_by_itself()
    {
        var flow = new Flow($$$"""
            {"A": { {{{Invoke}}}, "Retry": [{"ErrorEquals": ["One"], "MaxAttempts": 1}, {"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 1}], "End": true}}
            """);
        flow.Fails("One");
        flow.Passes(1);
        flow.Fails("Two");
        Assert.IsType<Phase.OnRetry>(flow.Execution.Phase);
        flow.Passes(1);
        flow.Fails("One");
        Assert.Equal("Failed One: why", flow.End);
    }

    [Fact]
    public void What_retries_do_not_mend_is_caught_with_error_and_cause()
    {
        var flow = new Flow($$$"""
            {"A": { {{{Invoke}}}, "Catch": [{"ErrorEquals": ["GitLab.Refused"], "Next": "B", "ResultPath": "$.problem"}], "End": true},
             "B": {"Type": "Succeed"}}
            """, """{"run":"r1"}""");
        flow.Fails("GitLab.Refused", "no such ref");
        Assert.Equal("""Succeeded {"run":"r1","problem":{"Error":"GitLab.Refused","Cause":"no such ref"}}""", flow.End);
    }

    [Theory]
    [InlineData("States.ALL", "Anything", true)]
    [InlineData("States.ALL", "States.Timeout", true)]
    [InlineData("States.TaskFailed", "Anything", true)]
    [InlineData("States.TaskFailed", "States.Timeout", false)]
    [InlineData("States.ALL", "States.Runtime", false)]
    [InlineData("States.Runtime", "States.Runtime", false)]
    [InlineData("States.ALL", "States.DataLimitExceeded", false)]
    [InlineData("States.DataLimitExceeded", "States.DataLimitExceeded", true)]
    [InlineData("GitLab.Refused", "GitLab.Unavailable", false)]
    public void Errors_match_as_step_functions_has_it(string equals, string error, bool isMatch) =>
        Assert.Equal(isMatch, ErrorMatching.Matches([equals], error));

    [Fact]
    public void A_signal_ends_the_wait_for_its_token()
    {
        var flow = new Flow($$$"""{"A": { {{{Await}}}, "ResultPath": "$.signal", "End": true}}""", """{"run":"r1","tree":"mainline"}""");
        OutgoingMessage sent = Assert.Single(flow.Sent);
        Assert.Equal(
            ("herd", "mainline", $$$"""{"token":"{{{flow.Execution.Token}}}","run":"r1"}"""), (sent.Queue, sent.Group, sent.Body));
        flow.Happens(new Happening.Succeeded(flow.Execution.Seq, "settled"));
        Assert.Equal("""Succeeded {"run":"r1","tree":"mainline","signal":"settled"}""", flow.End);
        Assert.Null(flow.Execution.Token);
    }

    [Fact]
    public void A_wait_for_a_token_times_out_after_the_seconds_at_its_path()
    {
        var flow = new Flow($$$"""
            {"A": { {{{Await}}}, "TimeoutSecondsPath": "$.waitSeconds", "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "B", "ResultPath": null}], "End": true},
             "B": {"Type": "Succeed", "OutputPath": "$.run"}}
            """, """{"run":"r1","tree":"t","waitSeconds":7200}""");
        Assert.False(flow.Passes(7199.9));
        Assert.True(flow.Passes(0.1));
        Assert.Equal("Succeeded \"r1\"", flow.End);
    }

    [Fact]
    public void A_sent_message_has_delay_attributes_and_sqs_s_answer()
    {
        var flow = new Flow("""
            {"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true, "ResultSelector": {"md5.$": "$.MD5OfMessageBody"},
              "Parameters": {"QueueUrl": "report", "MessageBody": "hello", "DelaySeconds": 60,
                "MessageAttributes": {"hop": {"DataType": "String", "StringValue.$": "$.hop"}}}}}
            """, """{"hop":"3"}""");
        OutgoingMessage sent = Assert.Single(flow.Sent);
        Assert.Equal(("report", "hello", "run-1", TimeSpan.FromSeconds(60)), (sent.Queue, sent.Body, sent.Group, sent.Delay));
        Assert.Equal("3", sent.Attributes["hop"]);
        Assert.Equal("""Succeeded {"md5":"5d41402abc4b2a76b9719d911017c592"}""", flow.End);
    }

    [Fact]
    public void A_message_that_cannot_be_sent_fails_the_task_and_is_not_sent()
    {
        var flow = new Flow("""
            {"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true, "Parameters": {"QueueUrl": "nowhere", "MessageBody": "x"}}}
            """);
        Assert.Equal("Failed SQS.SqsException: Cannot send to nowhere: there is no such queue", flow.End);
        Assert.Empty(flow.Sent);
    }

    [Fact]
    public void A_result_path_through_a_value_fails()
    {
        var flow = new Flow($$$"""{"A": { {{{Invoke}}}, "ResultPath": "$.run.id", "End": true}}""", """{"run":"r1"}""");
        flow.Answers("1");
        Assert.Equal("Failed States.ResultPathMatchFailure: Unable to apply ReferencePath $.run.id to the state's input", flow.End);
    }

    [Fact]
    public void Too_much_data_fails_the_state()
    {
        var flow = new Flow($$$"""{"A": { {{{Invoke}}}, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "A"}], "End": true}}""");
        flow.Answers($"\"{new string('x', TaskCalls.DataBytesMax)}\"");
        Assert.StartsWith("Failed States.DataLimitExceeded: State A returned ", flow.End);
    }

    [Fact]
    public void The_history_tells_what_happened_in_order()
    {
        var flow = new Flow($$$"""{"A": { {{{Invoke}}}, "Retry": [{"ErrorEquals": ["Boom"]}], "End": true}}""");
        flow.Fails("Boom");
        flow.Passes(1);
        flow.Answers("{}");
        Assert.Equal(
            [
                (FlowTransitionKind.StateEntered, null), (FlowTransitionKind.TryFailed, "Boom: why"),
                (FlowTransitionKind.RetryScheduled, "2026-11-22T12:00:01.0000000+00:00"), (FlowTransitionKind.StateExited, null),
                (FlowTransitionKind.Ended, "Succeeded"),
            ],
            flow.History.Select(line => (line.Kind, line.Detail)));
    }

    [Fact]
    public void The_flow_s_own_time_out_ends_it_whatever_it_waits_for()
    {
        var flow = new Flow($$$"""{"A": { {{{Invoke}}}, "Retry": [{"ErrorEquals": ["States.ALL"]}], "End": true}}""", rest: "\"TimeoutSeconds\": 100,");
        Assert.Equal(flow.Now.AddSeconds(100), flow.Execution.Due);
        Assert.True(flow.Passes(100));
        Assert.Equal("TimedOut States.Timeout: The execution took longer than 100 seconds", flow.End);
    }

    [Fact]
    public void An_abort_ends_it_once()
    {
        var flow = new Flow($$$"""{"A": { {{{Invoke}}}, "End": true}}""");
        Assert.True(flow.Happens(new Happening.Aborted("Canceled", "by a person")));
        Assert.False(flow.Happens(new Happening.Aborted("Canceled", "again")));
        Assert.Equal("Aborted Canceled: by a person", flow.End);
    }
}
