using Cki.Engine;
using Xunit;

namespace Cki.Tests.EngineRooms;

public sealed class FlowLoadingTests
{
    [Fact]
    public void Everything_unknown_is_named_with_its_path_at_once()
    {
        var refused = Assert.Throws<FlowDefinitionException>(() => FlowDefinition.Load(
            "bad",
            """
            {"StartAt": "Nowhere", "Speed": 9, "States": {
              "A": {"Type": "Map", "Next": "B"},
              "B": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync", "HeartbeatSeconds": 5,
                    "Parameters": {"FunctionName": "${Missing}", "Payload": {"input.$": "$..x"}, "Qualifier": "1"},
                    "Retry": [{"ErrorEquals": ["States.ALL", "X"], "Tries": 1}], "Catch": [{"ErrorEquals": ["X"], "Next": "Z"}], "Next": "B", "End": true},
              "C": {"Type": "Wait", "Seconds": 1, "SecondsPath": "$.x", "Assign": {}},
              "D": {"Type": "Choice", "Choices": [{"Variable": "$.x", "StringSounds": "y", "Next": "B"}, {"Variable": "$.x", "NumericEquals": "1", "Next": "B"}]},
              "E": {"Type": "Pass", "Parameters": {"a.$": "States.UUID()"}, "ResultPath": "$$.x", "End": true}
            }}
            """,
            new Dictionary<string, string>()));
        Assert.Equal(
            """
            Flow bad is refused:
              $: nothing is given for ${Missing}
              $.Speed: a flow has no such field here
              $.States.A.Type: 'Map' is not supported; it may be Choice, Fail, Pass, Succeed, Task, Wait
              $.States.B.Resource: 'arn:aws:states:::states:startExecution.sync' is not supported; it may be arn:aws:states:::lambda:invoke, arn:aws:states:::sqs:sendMessage, arn:aws:states:::sqs:sendMessage.waitForTaskToken
              $.States.B.Parameters.Qualifier: is not supported; parameters may be FunctionName, Payload
              $.States.B.Parameters.Payload.task: the name of the task is missing
              $.States.B.Next: either Next or "End": true is needed
              $.States.B.Parameters.Payload.input.$: '$..x' is not a reference path (wildcards, filters and slices are not supported)
              $.States.B.Retry[0].ErrorEquals: States.ALL stands alone and last
              $.States.B.Retry[0].Tries: a retrier has no such field here
              $.States.B.Catch[0].Next: there is no state 'Z'
              $.States.B.HeartbeatSeconds: a Task state has no such field here
              $.States.C.Seconds: exactly one of Seconds, SecondsPath, Timestamp, TimestampPath is needed
              $.States.C.Next: either Next or "End": true is needed
              $.States.C.Assign: a Wait state has no such field here
              $.States.D.Choices[0].Variable: exactly one supported comparison is needed, not 0
              $.States.D.Choices[0].StringSounds: a choice rule has no such field here
              $.States.D.Choices[1].NumericEquals: the value is not of the comparison's type
              $.States.E.Parameters.a.$: 'States.UUID()': the intrinsic function States.UUID is not supported
              $.States.E.ResultPath: the context object cannot be written
              $.StartAt: there is no state 'Nowhere'
            """,
            refused.Message);
    }

    [Theory]
    [InlineData("{", "$: it is not JSON: ")]
    [InlineData("[]", "$: an object is expected")]
    [InlineData("""{"StartAt": "A", "StartAt": "B", "States": {}}""", "$: it is not JSON: ")]
    [InlineData("""{"StartAt": "A"}""", "$.States: is missing")]
    [InlineData("""{"StartAt": "A", "QueryLanguage": "JSONata", "States": {"A": {"Type": "Succeed"}}}""", "$.QueryLanguage: 'JSONata' is not supported; it may be JSONPath")]
    public void What_is_no_flow_is_refused(string json, string error)
    {
        var refused = Assert.Throws<FlowDefinitionException>(() => FlowDefinition.Load("bad", json, new Dictionary<string, string>()));
        Assert.StartsWith(error, Assert.Single(refused.Errors));
    }

    [Theory]
    [InlineData("$.a[*]")]
    [InlineData("$..a")]
    [InlineData("$.a[?(@.b)]")]
    [InlineData("$.a[0:1]")]
    [InlineData("$.a[-1]")]
    [InlineData("$.")]
    [InlineData("$a")]
    [InlineData("a")]
    public void A_path_that_may_find_several_is_refused(string path) => Assert.Null(ReferencePath.TryParse(path));

    [Theory]
    [InlineData("States.Format('x'")]
    [InlineData("States.Format('x)")]
    [InlineData("States.Format('x' 'y')")]
    [InlineData("States.Format(x)")]
    [InlineData("States.Format('x') and more")]
    [InlineData("'literal'")]
    [InlineData("")]
    public void A_broken_expression_is_refused(string text) => Assert.NotNull(ExpressionReader.Read(text).Error);

    [Fact]
    public void Substituted_values_are_escaped_and_change_the_sha()
    {
        FlowDefinition One(string value) => FlowDefinition.Load(
            "f", """{"StartAt": "A", "Comment": "${Value}", "States": {"A": {"Type": "Succeed", "Comment": "fine"}}}""",
            new Dictionary<string, string> { ["Value"] = value });
        Assert.NotEqual(One("a\"b").Sha256, One("c").Sha256);
        Assert.Equal(One("c").Sha256, One("c").Sha256);
    }
}
