using System.Text.Json.Nodes;

namespace Cki.Engine;

/// <summary>Flows on the engine: the port for stages, and what the board and operators look at.</summary>
public sealed class EngineFlows : IFlows
{
    private readonly EngineWriter writer;
    private readonly ExecutionTable table;
    private readonly FlowRunner runner;
    private readonly FlowShelf shelf;
    private readonly EngineQueues queues;

    internal EngineFlows(EngineDatabase database, EngineWriter writer, EngineQueues queues, FlowShelf shelf, Dice dice)
    {
        table = new ExecutionTable(database);
        runner = new FlowRunner(table, queues.Table, shelf, new TaskCalls(dice, queues.Refusal));
        this.queues = queues;
        this.writer = writer;
        this.shelf = shelf;
    }

    /// <remarks>Throws <see cref="ArgumentException"/> for an unknown flow, a name or an input that Step Functions would refuse.</remarks>
    public Task<FlowStart> StartAsync(string flow, string name, string input, CancellationToken cancellationToken)
    {
        if (!shelf.Knows(flow))
            throw new ArgumentException($"Cannot start {flow}/{name}: there is no flow {flow}", nameof(flow));
        if (FlowBounds.Refusal(name, input) is { } refusal)
            throw new ArgumentException($"Cannot start {flow}/{name}: {refusal}", nameof(name));
        return GuardedAsync($"{flow}/{name}", () => writer.WriteAsync(now => runner.Start(flow, name, input, now)), cancellationToken);
    }

    public Task<FlowExecution?> DescribeAsync(string flow, string name, CancellationToken cancellationToken) =>
        GuardedAsync($"{flow}/{name}", () => Task.FromResult(table.Look(flow, name)?.Described), cancellationToken);

    public Task StopAsync(string flow, string name, string error, string cause, CancellationToken cancellationToken) =>
        GuardedAsync(
            $"{flow}/{name}",
            () => writer.WriteAsync(now =>
            {
                runner.Stop(flow, name, error, cause, now);
                return true;
            }),
            cancellationToken);

    public Task<FlowSignal> SignalAsync(string taskToken, string output, CancellationToken cancellationToken)
    {
        if (!FlowBounds.IsJson(output))
            throw new ArgumentException($"Cannot signal: the output is not JSON: {output}", nameof(output));
        return GuardedAsync(
            "signal",
            () => writer.WriteAsync(now => runner.Signal(taskToken, seq => new Happening.Succeeded(seq, JsonNode.Parse(output)), now)),
            cancellationToken);
    }

    public Task<FlowSignal> FailAsync(string taskToken, string error, string cause, CancellationToken cancellationToken) =>
        GuardedAsync(
            "signal", () => writer.WriteAsync(now => runner.Signal(taskToken, seq => new Happening.Failed(seq, error, cause), now)), cancellationToken);

    /// <summary>What happened, in order; empty for an unknown execution.</summary>
    public IReadOnlyList<FlowTransition> History(string flow, string name) => table.History(flow, name);

    /// <summary>Executions of a flow, newest first; of one status or (null) of any.</summary>
    public IReadOnlyList<FlowExecution> Newest(string flow, FlowStatus? status = null, int most = 100) => table.Newest(flow, status, most);

    /// <summary>A task's answer, and the end of the message that asked for it: one transaction. False where nobody waited any more.</summary>
    internal Task<bool> AnswerAsync(Reception asked, long execution, Happening answer) =>
        writer.WriteAsync(
            now =>
            {
                bool isTaken = runner.Answer(execution, answer, now);
                queues.Table.Delete(long.Parse(asked.Message.Id), asked.Receipt);
                return isTaken;
            },
            WriteOrigin.Engine);

    internal DateTimeOffset? NextDue() => table.NextDue();

    internal Task<int> TickAsync() => writer.WriteAsync(runner.Tick, WriteOrigin.Engine);

    private static async Task<T> GuardedAsync<T>(string what, Func<Task<T>> act, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await act();
        }
        catch (EngineUnavailableException e)
        {
            throw new FlowsUnavailableException($"Flow {what}: {e.Message}", e);
        }
    }
}
