using System.Text.Json.Nodes;
using Cki.Engine;
using Xunit;

namespace Cki.Tests.EngineRooms;

public sealed class EngineFlowsTests : IDisposable
{
    private const string File = """
        {"StartAt": "Start", "States": {
          "Start": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "ResultSelector": {"id.$": "$.Payload.id"}, "ResultPath": "$.pipeline",
            "Parameters": {"FunctionName": "${Function}", "Payload": {"task": "start-pipeline", "input.$": "$"}},
            "Retry": [{"ErrorEquals": ["GitLab.Unavailable"], "IntervalSeconds": 60, "MaxAttempts": 2}],
            "Catch": [{"ErrorEquals": ["GitLab.Refused"], "ResultPath": "$.problem", "Next": "Refused"}], "Next": "Await"},
          "Await": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "ResultPath": "$.signal", "TimeoutSeconds": 7200,
            "Parameters": {"QueueUrl": "${HerdQueueUrl}", "MessageBody": {"token.$": "$$.Task.Token"}}, "Next": "Rest"},
          "Rest": {"Type": "Wait", "Seconds": 90, "End": true},
          "Refused": {"Type": "Fail", "Error": "Configuration", "CausePath": "$.problem.Cause"}
        }}
        """;

    private readonly World world = new(Definition());

    public void Dispose() => world.Dispose();

    [Fact]
    public async Task A_run_goes_through_task_signal_and_wait_to_its_end()
    {
        world.Tasks["start-pipeline"] = World.Returning("""{"id": 17}""");
        world.Start();
        Assert.Equal(FlowStart.Started, await StartAsync());
        string token = await TokenAsync();
        Assert.Equal(FlowSignal.Delivered, await world.Engine.Flows.SignalAsync(token, "{\"settled\":true}", EngineFixture.Stop));
        Assert.Equal(FlowSignal.NoLongerWaiting, await world.Engine.Flows.SignalAsync(token, "{}", EngineFixture.Stop));
        world.Clock.Advance(TimeSpan.FromSeconds(90));

        FlowExecution ended = await world.EndAsync("test-commit", "run-1");

        Assert.Equal(
            new FlowExecution(
                "test-commit", "run-1", FlowStatus.Succeeded, """{"run":"r"}""", """{"run":"r","pipeline":{"id":17},"signal":{"settled":true}}""",
                null, null, world.Clock.GetUtcNow().AddSeconds(-90), world.Clock.GetUtcNow()),
            ended);
        Assert.Equal(
            ["Start", "Await", "Rest"],
            world.Engine.Flows.History("test-commit", "run-1").Where(line => line.Kind == FlowTransitionKind.StateEntered).Select(line => line.State));
        Assert.Empty(world.Engine.Queues.List("watch"));
    }

    [Fact]
    public async Task A_name_starts_once_even_after_its_end()
    {
        await StartAsync();
        Assert.Equal(FlowStart.AlreadyExists, await StartAsync());
        await world.Engine.Flows.StopAsync("test-commit", "run-1", "Canceled", "by a person", EngineFixture.Stop);
        Assert.Equal(FlowStart.AlreadyExists, await StartAsync());
        Assert.Equal(FlowStatus.Aborted, (await world.EndAsync("test-commit", "run-1")).Status);
        world.Clock.Advance(FlowRunner.Kept + TimeSpan.FromDays(1));
        Assert.Equal(FlowStart.Started, await StartAsync());
    }

    [Fact]
    public async Task A_failing_task_is_retried_and_a_refused_one_ends_with_its_cause_and_is_told()
    {
        int tries = 0;
        world.Tasks["start-pipeline"] = (_, _) => throw (++tries == 1
            ? new FlowTaskException("GitLab.Unavailable", "502")
            : new FlowTaskException("GitLab.Refused", "no such ref"));
        world.Start();
        await StartAsync();
        await world.UntilAsync(
            () => world.Engine.Flows.History("test-commit", "run-1").Any(line => line.Kind == FlowTransitionKind.RetryScheduled), Bell.Flows);
        world.Clock.Advance(TimeSpan.FromSeconds(60));
        FlowExecution ended = await world.EndAsync("test-commit", "run-1");
        Assert.Equal(
            (FlowStatus.Failed, "Configuration", """{"errorMessage":"no such ref","errorType":"GitLab.Refused"}"""), (ended.Status, ended.Error, ended.Cause));
        Assert.Equal("run-1 Failed", Assert.Single(world.Engine.Queues.List("watch")).Body);
    }

    [Fact]
    public async Task Any_other_exception_has_its_type_as_error_name()
    {
        world.Tasks["start-pipeline"] = (_, _) => throw new InvalidOperationException("boom");
        world.Start();
        await StartAsync();
        FlowExecution ended = await world.EndAsync("test-commit", "run-1");
        Assert.Equal(("InvalidOperationException", """{"errorMessage":"boom","errorType":"InvalidOperationException"}"""), (ended.Error, ended.Cause));
    }

    [Fact]
    public async Task A_task_nobody_has_fails_by_name()
    {
        world.Start();
        await StartAsync();
        FlowExecution ended = await world.EndAsync("test-commit", "run-1");
        Assert.Equal(("Lambda.ResourceNotFoundException", "No stage has a task start-pipeline"), (ended.Error, ended.Cause));
    }

    [Fact]
    public async Task A_task_in_which_the_process_dies_again_and_again_fails()
    {
        for (int life = 0; life < TaskRunner.TriesMax; life++)
        {
            var started = new TaskCompletionSource();
            world.Tasks["start-pipeline"] = async (_, _) => { started.TrySetResult(); await new TaskCompletionSource().Task; return null; };
            world.Start();
            await StartAsync();
            await started.Task.WaitAsync(TimeSpan.FromSeconds(30), EngineFixture.Stop);
            world.DieAndLiveAgain();
        }
        world.Start();
        FlowExecution ended = await world.EndAsync("test-commit", "run-1");
        Assert.Equal(("Lambda.Unknown", "The process died 3 times while it ran start-pipeline"), (ended.Error, ended.Cause));
    }

    [Fact]
    public async Task An_execution_goes_on_in_the_next_process_by_the_definition_it_began_with()
    {
        world.Tasks["start-pipeline"] = World.Returning("""{"id": 17}""");
        world.Start();
        await StartAsync();
        string token = await TokenAsync();

        world.DieAndLiveAgain(FlowDefinition.Load(
            "test-commit", """{"StartAt": "Other", "States": {"Other": {"Type": "Succeed"}}}""", new Dictionary<string, string>()));
        world.Start();

        Assert.Equal(FlowSignal.Delivered, await world.Engine.Flows.SignalAsync(token, "1", EngineFixture.Stop));
        world.Clock.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal("""{"run":"r","pipeline":{"id":17},"signal":1}""", (await world.EndAsync("test-commit", "run-1")).Output);
        await world.Engine.Flows.StartAsync("test-commit", "run-2", "{}", EngineFixture.Stop);
        Assert.Equal("{}", (await world.EndAsync("test-commit", "run-2")).Output);
    }

    [Fact]
    public async Task A_wait_for_a_signal_times_out_and_the_late_signal_means_nothing()
    {
        world.Tasks["start-pipeline"] = World.Returning("""{"id": 17}""");
        world.Start();
        await StartAsync();
        string token = await TokenAsync();
        world.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal("States.Timeout", (await world.EndAsync("test-commit", "run-1")).Error);
        Assert.Equal(FlowSignal.NoLongerWaiting, await world.Engine.Flows.SignalAsync(token, "{}", EngineFixture.Stop));
        Assert.Equal(FlowSignal.NoLongerWaiting, await world.Engine.Flows.FailAsync("never was", "E", "c", EngineFixture.Stop));
    }

    [Fact]
    public async Task What_step_functions_would_refuse_is_refused()
    {
        Assert.StartsWith("Cannot start nothing/x: there is no flow nothing", await RefusalAsync("nothing", "x", "{}"));
        Assert.StartsWith("Cannot start test-commit/a b: a name has", await RefusalAsync("test-commit", "a b", "{}"));
        Assert.StartsWith("Cannot start test-commit/x: the input is not a JSON object", await RefusalAsync("test-commit", "x", "[1]"));
        Assert.Null(await world.Engine.Flows.DescribeAsync("test-commit", "x", EngineFixture.Stop));
    }

    [Fact]
    public void Options_that_cannot_work_are_refused_all_at_once()
    {
        var options = new EngineOptions
        {
            Flows = [Definition("nowhere"), Definition("nowhere")],
            Queues = [new QueueSettings("herd") { ConcurrencyMax = 0, Visibility = TimeSpan.FromMinutes(2) }],
        };
        Assert.Equal(
            """
            The engine's options are wrong:
              queue herd: a visibility of 00:02:00 is not over 00:02:00 and 00:00:30 of grace
              queue herd: 0 handlers at once handle nothing
              flow test-commit is given 2 times
              flow test-commit sends to nowhere, which is no queue
              flow test-commit sends to nowhere, which is no queue
            """,
            Assert.Throws<ArgumentException>(() => EmbeddedEngine.Open("unused", options, world.Clock, new CountingDice())).Message);
    }

    private static FlowDefinition Definition(string queue = "herd") => FlowDefinition.Load(
        "test-commit", File, new Dictionary<string, string> { ["Function"] = "PipelineTrigger", ["HerdQueueUrl"] = queue });

    private Task<FlowStart> StartAsync() => world.Engine.Flows.StartAsync("test-commit", "run-1", """{"run":"r"}""", EngineFixture.Stop);

    private async Task<string> RefusalAsync(string flow, string name, string input) =>
        (await Assert.ThrowsAsync<ArgumentException>(() => world.Engine.Flows.StartAsync(flow, name, input, EngineFixture.Stop))).Message;

    private async Task<string> TokenAsync()
    {
        await world.UntilAsync(() => world.Engine.Queues.List("herd").Count == 1);
        return JsonNode.Parse(world.Engine.Queues.List("herd")[0].Body)!["token"]!.GetValue<string>();
    }
}
