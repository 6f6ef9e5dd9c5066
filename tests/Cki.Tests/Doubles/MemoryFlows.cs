namespace Cki.Tests.Doubles;

/// <summary>Records starts and signals; executions run until the test says otherwise.</summary>
public sealed class MemoryFlows(TimeProvider clock) : IFlows
{
    /// <summary>By <c>flow/name</c>.</summary>
    public SortedDictionary<string, FlowExecution> Executions { get; } = new(StringComparer.Ordinal);

    public List<(string Token, string Output)> Signals { get; } = [];

    public List<(string Token, string Error, string Cause)> Failures { get; } = [];

    /// <summary>Tokens nobody waits on.</summary>
    public HashSet<string> DeadTokens { get; } = [];

    /// <summary>(operation, name or token), operation is start, describe, stop, signal or fail. Throw here: it never happened.</summary>
    public Action<string, string>? Before { get; set; }

    public Action<string, string>? After { get; set; }

    public Task<FlowStart> StartAsync(string flow, string name, string input, CancellationToken cancellationToken) => Do("start", name, () =>
    {
        bool added = Executions.TryAdd(
            $"{flow}/{name}", new FlowExecution(flow, name, FlowStatus.Running, input, null, null, null, clock.GetUtcNow(), null));
        return added ? FlowStart.Started : FlowStart.AlreadyExists;
    });

    public Task<FlowExecution?> DescribeAsync(string flow, string name, CancellationToken cancellationToken) =>
        Do("describe", name, () => Executions.GetValueOrDefault($"{flow}/{name}"));

    public Task StopAsync(string flow, string name, string error, string cause, CancellationToken cancellationToken) => Do("stop", name, () =>
    {
        if (Executions.TryGetValue($"{flow}/{name}", out FlowExecution? found) && found.Status == FlowStatus.Running)
            End(flow, name, FlowStatus.Aborted, error, cause);
        return true;
    });

    public Task<FlowSignal> SignalAsync(string taskToken, string output, CancellationToken cancellationToken) => Do("signal", taskToken, () =>
    {
        if (DeadTokens.Contains(taskToken))
            return FlowSignal.NoLongerWaiting;
        Signals.Add((taskToken, output));
        return FlowSignal.Delivered;
    });

    public Task<FlowSignal> FailAsync(string taskToken, string error, string cause, CancellationToken cancellationToken) => Do("fail", taskToken, () =>
    {
        if (DeadTokens.Contains(taskToken))
            return FlowSignal.NoLongerWaiting;
        Failures.Add((taskToken, error, cause));
        return FlowSignal.Delivered;
    });

    /// <summary>Ends an execution as the test wishes.</summary>
    public void End(string flow, string name, FlowStatus status, string? error = null, string? cause = null) =>
        Executions[$"{flow}/{name}"] = Executions[$"{flow}/{name}"] with { Status = status, Error = error, Cause = cause, Stopped = clock.GetUtcNow() };

    private Task<T> Do<T>(string operation, string name, Func<T> act)
    {
        try
        {
            Before?.Invoke(operation, name);
            T result = act();
            After?.Invoke(operation, name);
            return Task.FromResult(result);
        }
        catch (Exception e)
        {
            return Task.FromException<T>(e);
        }
    }
}
