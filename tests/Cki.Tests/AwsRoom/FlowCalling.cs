using System.Text.Json.Nodes;
using Cki.Adapters;
using Cki.Tests.Doubles;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.AwsRooms;

public sealed class FlowCalling
{
    private const string Machine = "arn:aws:states:eu-central-1:123456789012:stateMachine:dev-test-commit";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_start_is_a_signed_JSON_call()
    {
        await using StandIn aws = await StandIn.StartAsync(new Told(200, """{"executionArn":"x","startDate":1}"""));
        var flows = new StepFunctions(new SignedJson(aws.Session(new FakeTimeProvider(A.Noon)), JsonService.StepFunctions), _ => Machine);
        Assert.Equal(FlowStart.Started, await flows.StartAsync("test-commit", "run-1", "{}", Stop));
        Asked asked = Assert.Single(aws.Asked);
        Assert.Equal(("POST", "/", "AWSStepFunctions.StartExecution"), (asked.Method, asked.Path, asked.Target));
        Assert.Equal($$"""{"stateMachineArn":"{{Machine}}","name":"run-1","input":"{}"}""", asked.Body);
        Assert.Equal("session", asked.Headers["X-Amz-Security-Token"]);
        Assert.StartsWith(
            $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{A.Noon:yyyyMMdd}/eu-central-1/states/aws4_request, "
            + "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=",
            asked.Headers["Authorization"]);
    }

    [Fact]
    public async Task An_execution_that_is_there_was_started_before()
    {
        await using StandIn aws = await StandIn.StartAsync(Refused("ExecutionAlreadyExists"));
        Assert.Equal(FlowStart.AlreadyExists, await Flows(aws).StartAsync("test-commit", "run-1", "{}", Stop));
        Assert.Single(aws.Asked);
    }

    [Theory]
    [InlineData("TaskTimedOut")]
    [InlineData("TaskDoesNotExist")]
    [InlineData("InvalidToken")]
    public async Task Nobody_waits_on_a_token_any_more(string error)
    {
        await using StandIn aws = await StandIn.StartAsync(Refused(error));
        Assert.Equal(FlowSignal.NoLongerWaiting, await Flows(aws).SignalAsync("token", "{}", Stop));
        Assert.Equal(FlowSignal.NoLongerWaiting, await Flows(aws).FailAsync("token", "Cki.Gone", "why", Stop));
    }

    [Fact]
    public async Task Throttling_is_waited_out_and_other_refusals_are_told()
    {
        await using StandIn aws = await StandIn.StartAsync(Refused("ThrottlingException"), new Told(503, ""), new Told(200, "{}"), Refused("StateMachineDoesNotExist"));
        Assert.Equal(FlowSignal.Delivered, await Flows(aws).SignalAsync("token", "{}", Stop));
        var refused = await Assert.ThrowsAsync<FlowsUnavailableException>(() => Flows(aws).StartAsync("test-commit", "run-1", "{}", Stop));
        Assert.Equal("Flow test-commit/run-1: StartExecution: 400 StateMachineDoesNotExist: because", refused.Message);
        Assert.Equal(4, aws.Asked.Count);
    }

    [Fact]
    public async Task What_outlasts_three_tries_is_unavailable()
    {
        await using StandIn aws = await StandIn.StartAsync(Refused("ThrottlingException"));
        var refused = await Assert.ThrowsAsync<FlowsUnavailableException>(() => Flows(aws).DescribeAsync("retry-job", "retry-1", Stop));
        Assert.Equal("Flow retry-job/retry-1: DescribeExecution: 400 ThrottlingException: because", refused.Message);
        Assert.Equal(3, aws.Asked.Count);
    }

    [Fact]
    public async Task An_execution_is_described_whole()
    {
        await using StandIn aws = await StandIn.StartAsync(new Told(
            200, """{"status":"FAILED","input":"{\"runId\":\"r\"}","error":"Configuration","cause":"no ref","startDate":1795374000.25,"stopDate":1795374060.5}"""));
        Assert.Equal(
            new FlowExecution(
                "test-commit", "run-1", FlowStatus.Failed, """{"runId":"r"}""", null, "Configuration", "no ref",
                DateTimeOffset.FromUnixTimeMilliseconds(1795374000250), DateTimeOffset.FromUnixTimeMilliseconds(1795374060500)),
            await Flows(aws).DescribeAsync("test-commit", "run-1", Stop));
        Assert.Equal($"{Machine.Replace("stateMachine", "execution")}:run-1", (string?)JsonNode.Parse(aws.Asked[0].Body)!["executionArn"]);
    }

    [Fact]
    public async Task An_unknown_execution_is_null_and_stops_without_effect()
    {
        await using StandIn aws = await StandIn.StartAsync(Refused("ExecutionDoesNotExist"));
        Assert.Null(await Flows(aws).DescribeAsync("test-commit", "nothing", Stop));
        await Flows(aws).StopAsync("test-commit", "nothing", "Cki.Superseded", "newer", Stop);
    }

    [Fact]
    public async Task What_can_never_be_started_never_leaves()
    {
        await using StandIn aws = await StandIn.StartAsync(new Told(200));
        await Assert.ThrowsAsync<ArgumentException>(() => Flows(aws).StartAsync("nothing", "run-1", "{}", Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => Flows(aws).StartAsync("test-commit", "run 1", "{}", Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => Flows(aws).StartAsync("test-commit", "run-1", "[]", Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => Flows(aws).SignalAsync("token", "no json", Stop));
        Assert.Empty(aws.Asked);
    }

    private static Told Refused(string error) => new(400, $$"""{"__type":"com.amazonaws.states#{{error}}","message":"because"}""");

    private static StepFunctions Flows(StandIn aws) => new(new SignedJson(aws.Session(), JsonService.StepFunctions), _ => Machine);
}
