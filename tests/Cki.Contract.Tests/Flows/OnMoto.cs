using System.Text.Json.Nodes;
using Cki.Peers;

namespace Cki.Contract.Tests.Flows;

/// <summary>The paths on moto: its interpreter and its SQS, with Lambda's Invoke answered by the test.</summary>
internal sealed class OnMoto : IAsyncDisposable
{
    /// <summary>Executions at once: each is three threads of one interpreter lock.</summary>
    private const int AtOnceMax = 8;

    private readonly IReadOnlyDictionary<string, FlowWorld> worlds;
    private readonly Dictionary<string, string> machines = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly SemaphoreSlim atOnce = new(AtOnceMax);
    private readonly List<Task> readers = [];
    private LambdaDoor door = null!;
    private PeerProcess moto = null!;
    private AwsCalls aws = null!;

    private OnMoto(IEnumerable<FlowPath> paths) => worlds = paths.ToDictionary(path => path.Name, path => new FlowWorld(path));

    public static async Task<OnMoto> StartAsync(IEnumerable<FlowPath> paths)
    {
        var started = new OnMoto(paths);
        started.door = await LambdaDoor.StartAsync(started.InvokeAsync);
        started.moto = await MotoServer.StartAsync(PeerScript.Root, started.door.Port);
        started.door.Behind = started.moto.Address;
        started.aws = new AwsCalls(started.moto.Address);
        await started.PrepareAsync();
        return started;
    }

    public async Task<FlowStory> RunAsync(FlowPath path, CancellationToken cancellationToken)
    {
        await atOnce.WaitAsync(cancellationToken);
        try
        {
            Task<FlowStory> story = StoryAsync(path, cancellationToken);
            if (await Task.WhenAny(readers.Append(story)) is var first && first != story)
                await first;
            return await story;
        }
        catch (Exception e) when (e is AwsRefusedException or OperationCanceledException)
        {
            // moto writes its traceback after its answer.
            await Task.Delay(500, CancellationToken.None);
            throw new InvalidOperationException($"{path.Name}: {e.Message}\nmoto: {moto.Errors}", e);
        }
        finally
        {
            atOnce.Release();
        }
    }

    private async Task<FlowStory> StoryAsync(FlowPath path, CancellationToken cancellationToken)
    {
        string arn = await StartExecutionAsync(path, cancellationToken);
        // Nobody knows whether the start was heard: it is said again.
        if (await StartExecutionAsync(path, cancellationToken) != arn)
            throw new InvalidOperationException($"{path.Name} was started twice");
        if (path.IsAborted)
            await aws.CallAsync("states", "StopExecution", new JsonObject { ["executionArn"] = arn, ["error"] = path.Error, ["cause"] = "by a person" }, cancellationToken);
        JsonObject ended = await AskAsync("DescribeExecution", arn, cancellationToken);
        while ((string?)ended["status"] == "RUNNING")
        {
            await Task.Delay(100, cancellationToken);
            ended = await AskAsync("DescribeExecution", arn, cancellationToken);
        }
        await worlds[path.Name].SeenAllAsync(cancellationToken);
        FlowStatus status = Status((string)ended["status"]!);
        JsonObject history = await AskAsync("GetExecutionHistory", arn, cancellationToken);
        IEnumerable<string> lines = history["events"]!.AsArray().Select(one => Told(one!)).OfType<string>()
            .Append(FlowStory.Line("ended", status.ToString(), (string?)ended["output"]));
        return new FlowStory(status, (string?)ended["error"], [.. lines], worlds[path.Name].Calls, worlds[path.Name].Messages);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(readers);
        aws.Dispose();
        await moto.DisposeAsync();
        await door.DisposeAsync();
        stopping.Dispose();
        atOnce.Dispose();
    }

    private async Task PrepareAsync()
    {
        var queues = new Dictionary<string, string>();
        foreach (string queue in new[] { "herd", "report" })
        {
            queues[queue] = (string)(await aws.CallAsync("sqs", "CreateQueue", new JsonObject { ["QueueName"] = queue }))["QueueUrl"]!;
            readers.Add(ReadAsync(queue, queues[queue]));
        }
        foreach ((string flow, string definition) in FlowRendering.Flows(queue => queues[queue]))
        {
            JsonObject created = await aws.CallAsync("states", "CreateStateMachine", new JsonObject
            {
                ["name"] = flow, ["definition"] = definition, ["roleArn"] = $"arn:aws:iam::{AwsCalls.Account}:role/flows",
            });
            machines[flow] = (string)created["stateMachineArn"]!;
        }
    }

    private async Task<string> StartExecutionAsync(FlowPath path, CancellationToken cancellationToken) => (string)(await aws.CallAsync(
        "states", "StartExecution", new JsonObject { ["stateMachineArn"] = machines[path.Flow], ["name"] = path.Name, ["input"] = path.Input }, cancellationToken))["executionArn"]!;

    private Task<JsonObject> AskAsync(string action, string arn, CancellationToken cancellationToken) =>
        aws.CallAsync("states", action, new JsonObject { ["executionArn"] = arn }, cancellationToken);

    private async Task ReadAsync(string queue, string url)
    {
        var receive = new JsonObject { ["QueueUrl"] = url, ["MaxNumberOfMessages"] = 10, ["WaitTimeSeconds"] = 1 };
        while (!stopping.IsCancellationRequested)
        {
            JsonObject received = await aws.CallAsync("sqs", "ReceiveMessage", receive);
            foreach (JsonNode? message in received["Messages"]?.AsArray() ?? [])
            {
                await aws.CallAsync("sqs", "DeleteMessage", new JsonObject { ["QueueUrl"] = url, ["ReceiptHandle"] = (string)message!["ReceiptHandle"]! });
                await HandleAsync(queue, (string)message["Body"]!);
            }
        }
    }

    private async Task HandleAsync(string queue, string body)
    {
        JsonNode data = JsonNode.Parse(body)!["data"] ?? throw new InvalidOperationException($"{queue}: no data in {body}");
        FlowWorld world = worlds[(string)data["run"]!];
        AwaitReply? reply = world.Sent(queue, body);
        if (reply == AwaitReply.Signal)
            await aws.CallAsync("states", "SendTaskSuccess", new JsonObject { ["taskToken"] = (string)data["taskToken"]!, ["output"] = """{"settled":true}""" });
    }

    private async Task<LambdaAnswer> InvokeAsync(string function, string payload, CancellationToken cancellationToken)
    {
        JsonNode asked = JsonNode.Parse(payload)!;
        JsonNode input = asked["input"]!;
        switch (worlds[(string?)input["runId"] ?? (string)input["name"]!].Called((string)asked["task"]!, input))
        {
            case TaskReply.Answers answer:
                return new LambdaAnswer.Returned(answer.Json);
            case TaskReply.Fails failure:
                return new LambdaAnswer.Failed(new JsonObject { ["errorMessage"] = failure.Message, ["errorType"] = failure.Error }.ToJsonString());
            case TaskReply.AnswerLost:
                return new LambdaAnswer.Broke();
            default:
                await Task.Delay(Timeout.Infinite, cancellationToken);
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static string? Told(JsonNode one) => ((string)one["type"]!) switch
    {
        var type when type.EndsWith("StateEntered", StringComparison.Ordinal) =>
            FlowStory.Line("entered", (string)one["stateEnteredEventDetails"]!["name"]!, (string?)one["stateEnteredEventDetails"]!["input"]),
        var type when type.EndsWith("StateExited", StringComparison.Ordinal) =>
            FlowStory.Line("exited", (string)one["stateExitedEventDetails"]!["name"]!, (string?)one["stateExitedEventDetails"]!["output"]),
        "TaskFailed" => FlowStory.Line("failed", (string)one["taskFailedEventDetails"]!["error"]!, null),
        "TaskTimedOut" => FlowStory.Line("failed", (string)one["taskTimedOutEventDetails"]!["error"]!, null),
        _ => null,
    };

    private static FlowStatus Status(string name) => name switch
    {
        "SUCCEEDED" => FlowStatus.Succeeded,
        "FAILED" => FlowStatus.Failed,
        "TIMED_OUT" => FlowStatus.TimedOut,
        "ABORTED" => FlowStatus.Aborted,
        _ => throw new InvalidOperationException($"no status {name}"),
    };
}
