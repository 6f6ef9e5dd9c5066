using Cki.Engine;
using Xunit;

namespace Cki.Tests.EngineRooms;

public sealed class FlowStateTests
{
    [Theory]
    [InlineData("\"Seconds\": 60")]
    [InlineData("\"SecondsPath\": \"$.n\"")]
    [InlineData("\"Timestamp\": \"2026-11-22T12:01:00Z\"")]
    [InlineData("\"TimestampPath\": \"$.t\"")]
    public void A_wait_ends_when_it_says(string until)
    {
        var flow = new Flow($$$"""{"A": {"Type": "Wait", {{{until}}}, "End": true}}""", """{"n":60,"t":"2026-11-22T13:01:00+01:00"}""");
        Assert.False(flow.Passes(59.999));
        Assert.True(flow.Passes(0.001));
        Assert.Equal(FlowStatus.Succeeded, flow.Execution.Status);
    }

    [Fact]
    public void A_wait_until_the_past_does_not_wait() =>
        Assert.Equal("Succeeded {}", new Flow("""{"A": {"Type": "Wait", "Timestamp": "2020-01-01T00:00:00Z", "End": true}}""").End);

    [Theory]
    [InlineData("""{"n":-1}""")]
    [InlineData("""{"n":"60"}""")]
    public void A_wait_for_no_number_of_seconds_fails(string input) =>
        Assert.Equal(
            "Failed States.Runtime: There is no number of seconds at '$.n'",
            new Flow("""{"A": {"Type": "Wait", "SecondsPath": "$.n", "End": true}}""", input).End);

    [Theory]
    [InlineData("\"Variable\": \"$.s\", \"StringEquals\": \"running\"", true)]
    [InlineData("\"Variable\": \"$.s\", \"StringEquals\": \"settled\"", false)]
    [InlineData("\"Variable\": \"$.s\", \"StringMatches\": \"r*n?ng\"", false)]
    [InlineData("\"Variable\": \"$.s\", \"StringMatches\": \"r*g\"", true)]
    [InlineData("\"Variable\": \"$.s\", \"StringMatches\": \"r\\\\*g\"", false)]
    [InlineData("\"Variable\": \"$.s\", \"StringLessThan\": \"s\"", true)]
    [InlineData("\"Variable\": \"$.s\", \"StringEqualsPath\": \"$.other\"", true)]
    [InlineData("\"Variable\": \"$.n\", \"NumericEquals\": 5.0", true)]
    [InlineData("\"Variable\": \"$.n\", \"NumericGreaterThanEquals\": 6", false)]
    [InlineData("\"Variable\": \"$.n\", \"NumericLessThanPath\": \"$.ten\"", true)]
    [InlineData("\"Variable\": \"$.s\", \"NumericEquals\": 5", false)]
    [InlineData("\"Variable\": \"$.b\", \"BooleanEquals\": true", true)]
    [InlineData("\"Variable\": \"$.t\", \"TimestampGreaterThan\": \"2026-11-22T11:59:59Z\"", true)]
    [InlineData("\"Variable\": \"$.t\", \"TimestampEquals\": \"2026-11-22T13:00:00+01:00\"", true)]
    [InlineData("\"Variable\": \"$.nothing\", \"IsPresent\": true", false)]
    [InlineData("\"Variable\": \"$.nothing\", \"IsPresent\": false", true)]
    [InlineData("\"Variable\": \"$.null\", \"IsNull\": true", true)]
    [InlineData("\"Variable\": \"$.null\", \"IsPresent\": true", true)]
    [InlineData("\"Variable\": \"$.s\", \"IsString\": true", true)]
    [InlineData("\"Variable\": \"$.n\", \"IsNumeric\": true", true)]
    [InlineData("\"Variable\": \"$.b\", \"IsBoolean\": false", false)]
    [InlineData("\"Variable\": \"$.s\", \"IsTimestamp\": true", false)]
    [InlineData("\"Variable\": \"$$.Execution.Name\", \"StringEquals\": \"run-1\"", true)]
    [InlineData("\"Not\": {\"Variable\": \"$.b\", \"BooleanEquals\": true}", false)]
    [InlineData("\"And\": [{\"Variable\": \"$.nothing\", \"IsPresent\": true}, {\"Variable\": \"$.nothing\", \"NumericEquals\": 1}]", false)]
    [InlineData("\"Or\": [{\"Variable\": \"$.n\", \"NumericEquals\": 1}, {\"Variable\": \"$.n\", \"NumericEquals\": 5}]", true)]
    public void A_choice_follows_the_first_rule_that_holds(string rule, bool holds)
    {
        var flow = new Flow(
            $$$"""
            {"A": {"Type": "Choice", "Choices": [{ {{{rule}}}, "Next": "Yes"}], "Default": "No"},
             "Yes": {"Type": "Succeed"}, "No": {"Type": "Fail", "Error": "No"}}
            """,
            """{"s":"running","other":"running","n":5,"ten":10,"b":true,"t":"2026-11-22T12:00:00Z","null":null}""");
        Assert.Equal(holds ? FlowStatus.Succeeded : FlowStatus.Failed, flow.Execution.Status);
    }

    [Fact]
    public void A_choice_without_a_way_fails() =>
        Assert.Equal(
            "Failed States.NoChoiceMatched: No rule of state A matched, and it has no default",
            new Flow("""
                {"A": {"Type": "Choice", "Choices": [{"Variable": "$.x", "NumericEquals": 1, "Next": "B"}]}, "B": {"Type": "Succeed"}}
                """, """{"x":2}""").End);

    [Fact]
    public void A_choice_on_what_is_not_there_fails() =>
        Assert.Equal(
            "Failed States.Runtime: The JSONPath '$.x' could not be found in the input '{}'",
            new Flow("""
                {"A": {"Type": "Choice", "Choices": [{"Variable": "$.x", "NumericEquals": 1, "Next": "B"}], "Default": "B"}, "B": {"Type": "Succeed"}}
                """).End);

    [Fact]
    public void A_pass_puts_its_result_where_it_says() =>
        Assert.Equal(
            """Succeeded {"a":1,"b":{"x.$":"$.a"}}""",
            new Flow("""{"A": {"Type": "Pass", "Result": {"x.$": "$.a"}, "ResultPath": "$.b", "End": true}}""", """{"a":1}""").End);

    [Fact]
    public void Paths_choose_what_goes_in_and_out() =>
        Assert.Equal(
            "Succeeded 2",
            new Flow("""{"A": {"Type": "Pass", "InputPath": "$.a", "ResultPath": "$.c", "OutputPath": "$.c.b[1]", "End": true}}""", """{"a":{"b":[1,2]}}""").End);

    [Fact]
    public void A_null_path_is_nothing() =>
        Assert.Equal("Succeeded {}", new Flow("""{"A": {"Type": "Pass", "InputPath": null, "End": true}}""", """{"a":1}""").End);

    [Fact]
    public void A_failure_says_what_the_paths_found() =>
        Assert.Equal(
            "Failed Report.Undelivered: run r1",
            new Flow("""{"A": {"Type": "Fail", "ErrorPath": "$.e", "CausePath": "States.Format('run {}', $.run)"}}""", """{"e":"Report.Undelivered","run":"r1"}""").End);

    [Fact]
    public void A_circle_without_a_wait_is_broken() =>
        Assert.Equal(
            "Failed States.Runtime: More than 1000 states were entered without a wait",
            new Flow("""{"A": {"Type": "Pass", "Next": "A"}}""").End);

    [Theory]
    [InlineData("""{"a.$": "States.Format('{}-{} it\\'s {}', $.s, $.n, States.JsonToString($.o))"}""", """{"a":"x-5 it's {\"k\":[1]}"}""")]
    [InlineData("""{"a.$": "States.MathAdd($.n, -3)"}""", """{"a":2}""")]
    [InlineData("""{"a.$": "States.Array($.s, 1, 'two', null, true)"}""", """{"a":["x",1,"two",null,true]}""")]
    [InlineData("""{"a.$": "States.StringToJson('{\"k\": 1}')"}""", """{"a":{"k":1}}""")]
    [InlineData("""{"a": [{"b.$": "$.o.k[0]"}, "$.s"], "c.$": "$['s']"}""", """{"a":[{"b":1},"$.s"],"c":"x"}""")]
    [InlineData("""{"a.$": "$$.Execution.Id"}""", """{"a":"arn:aws:states:local:000000000000:execution:test:run-1"}""")]
    [InlineData("""{"a.$": "$$.Execution.StartTime", "b.$": "$$.State.Name", "c.$": "$$.State.RetryCount", "d.$": "$$.Execution.Input.s"}""",
        """{"a":"2026-11-22T12:00:00.000Z","b":"A","c":0,"d":"x"}""")]
    public void Parameters_are_evaluated(string parameters, string expected) =>
        Assert.Equal("Succeeded " + expected, Flow.Evaluated(parameters, """{"s":"x","n":5,"o":{"k":[1]}}"""));

    [Theory]
    [InlineData("""{"a.$": "$.missing"}""", "States.ParameterPathFailure: The JSONPath '$.missing' could not be found in the input '{}'")]
    [InlineData("""{"a.$": "$$.Task.Token"}""", "States.ParameterPathFailure: The JSONPath '$$.Task.Token' could not be found in the context object")]
    [InlineData("""{"a.$": "States.Format('{}')"}""", "States.IntrinsicFailure: States.Format has 1 places for 0 arguments")]
    [InlineData("""{"a.$": "States.MathAdd('1', 2)"}""", "States.IntrinsicFailure: States.MathAdd takes two numbers")]
    public void What_cannot_be_evaluated_fails(string parameters, string expected) =>
        Assert.Equal("Failed " + expected, Flow.Evaluated(parameters));
}
