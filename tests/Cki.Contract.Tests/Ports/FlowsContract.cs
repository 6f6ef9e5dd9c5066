using System.Text.Json.Nodes;
using Amazon.SQS.Model;
using Cki.Adapters;
using Cki.Engine;
using Xunit;

namespace Cki.Contract.Tests.Ports;

/// <summary>What every flow engine promises to stages. The flows themselves are compared elsewhere.</summary>
public abstract class FlowsContract
{
    protected const string Flow = "test-commit";

    /// <summary>Hands out a token, waits for its signal, ends with what the signal brought.</summary>
    protected const string Definition = """
        {"StartAt": "Await", "TimeoutSeconds": 600, "States": {"Await": {
          "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "TimeoutSeconds": 300, "ResultPath": "$.signal", "End": true,
          "Parameters": {"QueueUrl": "${HerdQueueUrl}", "MessageGroupId": "g", "MessageBody": {"token.$": "$$.Task.Token"}}
        }}}
        """;

    protected abstract IFlows Flows { get; }

    /// <summary>
    /// moto 5.2.1 notes a stop only when the waiting task's time is over, describes no causes, and takes a token for a while after its signal. What
    /// Step Functions answers there is read in Cki.Tests' FlowCalling.
    /// </summary>
    protected virtual bool IsExact => true;

    /// <summary>Body of the next message in the herd queue, or null.</summary>
    protected abstract Task<string?> SentAsync();

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_started_flow_is_described_and_a_signal_ends_it_once()
    {
        DateTimeOffset before = DateTimeOffset.UtcNow;
        Assert.Equal(FlowStart.Started, await Flows.StartAsync(Flow, "run-1", """{"runId":"r","attempt":1}""", Stop));
        FlowExecution running = (await Flows.DescribeAsync(Flow, "run-1", Stop))!;
        Assert.Equal(new FlowExecution(Flow, "run-1", FlowStatus.Running, """{"runId":"r","attempt":1}""", null, null, null, running.Started, null), running);
        Assert.InRange(running.Started, before.AddSeconds(-2), DateTimeOffset.UtcNow.AddSeconds(2));
        string token = await TokenAsync();
        Assert.Equal(FlowSignal.Delivered, await Flows.SignalAsync(token, """{"settled":true}""", Stop));
        FlowExecution ended = await EndAsync("run-1");
        Assert.Equal((FlowStatus.Succeeded, null, null), (ended.Status, ended.Error, ended.Cause));
        Assert.Equal("""{"runId":"r","attempt":1,"signal":{"settled":true}}""", JsonNode.Parse(ended.Output!)!.ToJsonString());
        Assert.NotNull(ended.Stopped);
        FlowSignal[] late = [await Flows.SignalAsync(token, "{}", Stop), await Flows.FailAsync(token, "Cki.Late", "late", Stop)];
        if (IsExact)
            Assert.Equal([FlowSignal.NoLongerWaiting, FlowSignal.NoLongerWaiting], late);
        Assert.Equal(ended, await Flows.DescribeAsync(Flow, "run-1", Stop));
    }

    [Fact]
    public async Task A_failure_sent_to_a_flow_is_its_error()
    {
        await Flows.StartAsync(Flow, "run-2", "{}", Stop);
        Assert.Equal(FlowSignal.Delivered, await Flows.FailAsync(await TokenAsync(), "Cki.Gone", "the pipeline is gone", Stop));
        FlowExecution ended = await EndAsync("run-2");
        Assert.Equal((FlowStatus.Failed, "Cki.Gone", IsExact ? "the pipeline is gone" : null), (ended.Status, ended.Error, ended.Cause));
        Assert.Null(ended.Output);
    }

    [Fact]
    public async Task A_name_is_started_once()
    {
        await Flows.StartAsync(Flow, "run-3", "{}", Stop);
        // Step Functions takes a repetition with the same input for the first call, as long as it runs.
        await Flows.StartAsync(Flow, "run-3", "{}", Stop);
        Assert.Equal(FlowStart.AlreadyExists, await Flows.StartAsync(Flow, "run-3", """{"another":1}""", Stop));
        await Flows.SignalAsync(await TokenAsync(), "{}", Stop);
        await EndAsync("run-3");
        Assert.Equal(FlowStart.AlreadyExists, await Flows.StartAsync(Flow, "run-3", """{"another":1}""", Stop));
        Assert.Null(await SentAsync());
    }

    [Fact]
    public async Task A_stopped_flow_is_aborted_and_waits_no_more()
    {
        await Flows.StartAsync(Flow, "run-4", "{}", Stop);
        string token = await TokenAsync();
        await Flows.StopAsync(Flow, "run-4", "Cki.Superseded", "a newer head", Stop);
        await Flows.StopAsync(Flow, "run-4", "Cki.Again", "again", Stop);
        if (!IsExact)
            return;
        FlowExecution ended = await EndAsync("run-4");
        Assert.Equal((FlowStatus.Aborted, "Cki.Superseded", "a newer head"), (ended.Status, ended.Error, ended.Cause));
        Assert.Equal(FlowSignal.NoLongerWaiting, await Flows.SignalAsync(token, "{}", Stop));
    }

    [Fact]
    public async Task What_never_was_is_null_stops_quietly_and_waits_for_nothing()
    {
        Assert.Null(await Flows.DescribeAsync(Flow, "never", Stop));
        await Flows.StopAsync(Flow, "never", "Cki.Gone", "gone", Stop);
        Assert.Equal(FlowSignal.NoLongerWaiting, await Flows.SignalAsync("no-such-token", "{}", Stop));
    }

    [Fact]
    public async Task What_can_never_be_started_is_refused_with_its_reason()
    {
        Assert.Equal("Cannot start nothing/run-5: there is no flow nothing", await RefusalAsync("nothing", "run-5", "{}"));
        Assert.Equal("Cannot start test-commit/run 5: a name has 1 to 80 characters of A-Z, a-z, 0-9, _ and -", await RefusalAsync(Flow, "run 5", "{}"));
        Assert.Equal("Cannot start test-commit/run-5: the input is not a JSON object", await RefusalAsync(Flow, "run-5", "[]"));
    }

    private async Task<string> RefusalAsync(string flow, string name, string input)
    {
        string message = (await Assert.ThrowsAsync<ArgumentException>(() => Flows.StartAsync(flow, name, input, Stop))).Message;
        return message.Split(" (Parameter")[0];
    }

    private async Task<string> TokenAsync() => (string)JsonNode.Parse(await WithinAsync(SentAsync, sent => sent is not null) ?? "")!["token"]!;

    private async Task<FlowExecution> EndAsync(string name) =>
        (await WithinAsync(() => Flows.DescribeAsync(Flow, name, Stop), found => found!.Status != FlowStatus.Running))!;

    /// <summary>Looks until it is so, at most 30 s.</summary>
    private static async Task<T> WithinAsync<T>(Func<Task<T>> look, Func<T, bool> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            T found = await look();
            if (isSo(found))
                return found;
            await Task.Delay(50, limit.Token);
        }
    }
}

public sealed class FlowsOnEngine : FlowsContract, IDisposable
{
    private readonly EngineOnFile file = new(FlowDefinition.Load(Flow, Definition, new Dictionary<string, string> { ["HerdQueueUrl"] = "herd" }));

    protected override IFlows Flows => file.Engine.Flows;

    protected override async Task<string?> SentAsync() =>
        (await file.Engine.Queues.ReceiveAsync("herd", 1, TimeSpan.FromMinutes(5))).FirstOrDefault()?.Message.Body;

    public void Dispose() => file.Dispose();
}

[Collection(OnMoto.Name)]
public sealed class FlowsOnStepFunctions(Moto moto) : FlowsContract, IAsyncLifetime
{
    private readonly AwsSession session = moto.Server.Session();
    private readonly string id = Guid.NewGuid().ToString("n");
    private string machine = "";
    private string queue = "";

    protected override bool IsExact => false;

    protected override IFlows Flows => new StepFunctions(new SignedJson(session, JsonService.StepFunctions), _ => machine);

    public async ValueTask InitializeAsync()
    {
        queue = (await session.Sqs.CreateQueueAsync(new CreateQueueRequest { QueueName = $"herd-{id}" }, Stop)).QueueUrl;
        // moto reads much of itself at the first call: longer than our adapter's patience on a busy machine.
        using var bare = new Cki.Peers.AwsCalls(moto.Server.Address);
        JsonObject made = await bare.CallAsync(
            "states", "CreateStateMachine",
            new JsonObject
            {
                ["name"] = $"flow-{id}", ["definition"] = Definition.Replace("${HerdQueueUrl}", queue), ["roleArn"] = "arn:aws:iam::123456789012:role/flows",
            },
            Stop);
        machine = (string)made["stateMachineArn"]!;
    }

    public ValueTask DisposeAsync()
    {
        session.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override async Task<string?> SentAsync()
    {
        ReceiveMessageResponse received = await session.Sqs.ReceiveMessageAsync(new ReceiveMessageRequest { QueueUrl = queue, MaxNumberOfMessages = 1 }, Stop);
        return received.Messages?.FirstOrDefault()?.Body;
    }
}
