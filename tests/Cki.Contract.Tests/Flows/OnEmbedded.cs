using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Cki.Engine;

namespace Cki.Contract.Tests.Flows;

/// <summary>The paths on the embedded engine: its interpreter, queues, task runner and clock, on a file, in real time.</summary>
internal sealed class OnEmbedded : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("cki-flows-");
    private readonly ConcurrentDictionary<string, ConcurrentQueue<FlowTransition>> moves = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> ends = new();
    private readonly IReadOnlyDictionary<string, FlowWorld> worlds;
    private readonly EmbeddedEngine engine;

    public OnEmbedded(IEnumerable<FlowPath> paths)
    {
        worlds = paths.ToDictionary(path => path.Name, path => new FlowWorld(path));
        FlowDefinition[] flows = [.. FlowRendering.Flows(queue => queue).Select(flow => FlowDefinition.Load(flow.Key, flow.Value, new Dictionary<string, string>()))];
        var options = new EngineOptions
        {
            Flows = flows, FlowMoved = Moved, Queues = [new QueueSettings("herd"), new QueueSettings("report")], Tasks = new QueueSettings("tasks") { ConcurrencyMax = 32 },
        };
        engine = EmbeddedEngine.Open(System.IO.Path.Combine(directory.FullName, "engine.db"), options, TimeProvider.System, new FreeDice());
        var tasks = worlds.Values.SelectMany(world => world.Path.Tasks.Keys).Distinct()
            .ToDictionary(task => task, task => (FlowTask)((input, stop) => RunAsync(task, input, stop)));
        var handlers = new Dictionary<string, MessageHandler> { ["herd"] = HandleAsync, ["report"] = HandleAsync };
        new Dispatcher(engine, [new StageEndpoints(handlers, tasks)], new DispatchOptions()).Start();
    }

    public async Task<FlowStory> RunAsync(FlowPath path, CancellationToken cancellationToken)
    {
        TaskCompletionSource end = ends.GetOrAdd(path.Name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await engine.Flows.StartAsync(path.Flow, path.Name, path.Input, cancellationToken);
        // Nobody knows whether the start was heard: it is said again.
        await engine.Flows.StartAsync(path.Flow, path.Name, path.Input, cancellationToken);
        if (path.IsAborted)
            await engine.Flows.StopAsync(path.Flow, path.Name, path.Error!, "by a person", cancellationToken);
        await end.Task.WaitAsync(cancellationToken);
        FlowExecution ended = (await engine.Flows.DescribeAsync(path.Flow, path.Name, cancellationToken))!;
        while (ended.Status == FlowStatus.Running)
            ended = (await engine.Flows.DescribeAsync(path.Flow, path.Name, cancellationToken))!;
        await worlds[path.Name].SeenAllAsync(cancellationToken);
        IEnumerable<string> lines = moves[path.Name].Select(Told).OfType<string>().Append(FlowStory.Line("ended", ended.Status.ToString(), ended.Output));
        return new FlowStory(ended.Status, ended.Error, [.. lines], worlds[path.Name].Calls, worlds[path.Name].Messages);
    }

    public void Dispose()
    {
        engine.Dispose();
        directory.Delete(recursive: true);
    }

    private void Moved(string name, IReadOnlyList<FlowTransition> transitions)
    {
        ConcurrentQueue<FlowTransition> mine = moves.GetOrAdd(name, _ => new ConcurrentQueue<FlowTransition>());
        foreach (FlowTransition transition in transitions)
            mine.Enqueue(transition);
        if (transitions.Any(transition => transition.Kind == FlowTransitionKind.Ended))
            ends.GetOrAdd(name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    private static string? Told(FlowTransition transition) => transition.Kind switch
    {
        FlowTransitionKind.StateEntered => FlowStory.Line("entered", transition.State, transition.Data),
        FlowTransitionKind.StateExited => FlowStory.Line("exited", transition.State, transition.Data),
        FlowTransitionKind.TryFailed => FlowStory.Line("failed", transition.Detail!.Split(": ")[0], null),
        _ => null,
    };

    private async Task<JsonNode?> RunAsync(string task, JsonNode? input, CancellationToken cancellationToken)
    {
        switch (worlds[(string?)input!["runId"] ?? (string)input["name"]!].Called(task, input))
        {
            case TaskReply.Answers answer:
                return JsonNode.Parse(answer.Json);
            case TaskReply.Fails failure:
                throw new FlowTaskException(failure.Error, failure.Message);
            case TaskReply.AnswerLost:
                throw new FlowTaskException("Lambda.ServiceException", "the answer was lost");
            default:
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return null;
        }
    }

    private async Task HandleAsync(ReceivedMessage message, CancellationToken cancellationToken)
    {
        JsonNode data = JsonNode.Parse(message.Body)!["data"]!;
        FlowWorld world = worlds[(string)data["run"]!];
        AwaitReply? reply = world.Sent(message.Queue, message.Body);
        if (reply == AwaitReply.Signal)
            await engine.Flows.SignalAsync((string)data["taskToken"]!, """{"settled":true}""", cancellationToken);
    }
}

/// <summary>Real dice: the comparison must hold however jitter falls.</summary>
internal sealed class FreeDice : Dice
{
    public override ulong Roll(string site) => (ulong)Random.Shared.NextInt64();
}
