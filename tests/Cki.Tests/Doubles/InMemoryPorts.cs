using Microsoft.Extensions.Time.Testing;

namespace Cki.Tests.Doubles;

/// <summary>All ports in memory under one fake clock; the test drives the clock and carries the messages.</summary>
public sealed class InMemoryPorts
{
    public InMemoryPorts(SuiteConfig? config = null)
    {
        Flows = new MemoryFlows(Clock);
        Config = new FixedConfig(config ?? A.Config());
        Ports = new SuitePorts(Queue, Store, Flows, Secrets, Config, Clock, new SeededDice());
    }

    /// <summary>Stands at <see cref="A.Noon"/> until advanced.</summary>
    public FakeTimeProvider Clock { get; } = new(A.Noon);

    public MemoryQueue Queue { get; } = new();

    public MemoryStore Store { get; } = new();

    public MemoryFlows Flows { get; }

    public MemorySecrets Secrets { get; } = new() { Values = { ["gitlab-token"] = "glpat-test", ["hook-token"] = "hook-secret" } };

    public FixedConfig Config { get; }

    public SuitePorts Ports { get; }

    /// <summary>A message as received from its queue.</summary>
    public ReceivedMessage Message<T>(T message, string? due = null)
        where T : class, IStageMessage<T> =>
        Queue.Received(
            new OutgoingMessage(T.QueueName, Ports.PostFrom("test").Envelope(message), message.GetGroup())
            {
                Attributes = due is null ? OutgoingMessage.NoAttributes : new Dictionary<string, string> { [Post.DueAttribute] = due },
            },
            Clock.GetUtcNow());

    /// <summary>Waits for work that itself waits on the clock (retry pauses): time goes on until it ends.</summary>
    public async Task UntilDone(Task work, TimeSpan? step = null)
    {
        while (!work.IsCompleted)
        {
            Clock.Advance(step ?? TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }
        await work;
    }
}
