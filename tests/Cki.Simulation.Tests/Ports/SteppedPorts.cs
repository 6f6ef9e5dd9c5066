namespace Cki.Simulation.Tests;

/// <summary>The queue as one life sees it.</summary>
public sealed class SteppedQueue(IMessageQueue inner, Life life, double chance) : IMessageQueue
{
    private readonly SteppedCalls calls = new(life, "queue", chance, why => new QueueUnavailableException(why));

    public Task SendAsync(OutgoingMessage message, CancellationToken cancellationToken) =>
        calls.CallAsync("send", $"{message.Queue} {Words(message.Body)}",
            () => inner.SendAsync(message, cancellationToken));

    /// <summary>What nobody can read goes round as a dead letter too.</summary>
    private static string Words(string body)
    {
        try
        {
            var told = CloudEvent.Parse(body);
            return $"{told.Type} {told.Subject}";
        }
        catch (UnreadableMessageException)
        {
            return "unreadable";
        }
    }
}

/// <summary>The store as one life sees it.</summary>
public sealed class SteppedStore(IObjectStore inner, Life life, double chance) : IObjectStore
{
    private readonly SteppedCalls calls = new(life, "store", chance, why => new StoreUnavailableException(why));

    public Task<StoredObject?> GetAsync(string key, CancellationToken cancellationToken) =>
        calls.ReadAsync("get", key, () => inner.GetAsync(key, cancellationToken));

    public Task<PutOutcome> PutAsync(string key, ReadOnlyMemory<byte> body, PutCondition condition, CancellationToken cancellationToken) =>
        calls.CallAsync("put", key, () => inner.PutAsync(key, body, condition, cancellationToken), put => put is PutOutcome.Lost ? "lost" : "stored");

    public Task<IReadOnlyList<string>> ListAsync(string prefix, string? after, int most, CancellationToken cancellationToken) =>
        calls.ReadAsync("list", prefix, () => inner.ListAsync(prefix, after, most, cancellationToken));

    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        calls.CallAsync("delete", key, () => inner.DeleteAsync(key, cancellationToken));
}

/// <summary>The flows as one life sees them.</summary>
public sealed class SteppedFlows(IFlows inner, Life life, double chance) : IFlows
{
    private readonly SteppedCalls calls = new(life, "flows", chance, why => new FlowsUnavailableException(why));

    public Task<FlowStart> StartAsync(string flow, string name, string input, CancellationToken cancellationToken) =>
        calls.CallAsync("start", name, () => inner.StartAsync(flow, name, input, cancellationToken), start => start.ToString());

    public Task<FlowExecution?> DescribeAsync(string flow, string name, CancellationToken cancellationToken) =>
        calls.ReadAsync("describe", name, () => inner.DescribeAsync(flow, name, cancellationToken));

    public Task StopAsync(string flow, string name, string error, string cause, CancellationToken cancellationToken) =>
        calls.CallAsync("stop", name, () => inner.StopAsync(flow, name, error, cause, cancellationToken));

    public Task<FlowSignal> SignalAsync(string taskToken, string output, CancellationToken cancellationToken) =>
        calls.CallAsync("signal", output, () => inner.SignalAsync(taskToken, output, cancellationToken), signal => signal.ToString());

    public Task<FlowSignal> FailAsync(string taskToken, string error, string cause, CancellationToken cancellationToken) =>
        calls.CallAsync("fail", error, () => inner.FailAsync(taskToken, error, cause, cancellationToken), signal => signal.ToString());
}

/// <summary>The secrets as one life sees them.</summary>
public sealed class SteppedSecrets(IReadOnlyDictionary<string, string> secrets, Life life, double chance) : ISecrets
{
    private readonly SteppedCalls calls = new(life, "secrets", chance, why => new SecretsUnavailableException(why));

    public Task<string?> GetAsync(string name, CancellationToken cancellationToken) =>
        calls.ReadAsync("get", name, () => Task.FromResult(secrets.GetValueOrDefault(name)));
}
