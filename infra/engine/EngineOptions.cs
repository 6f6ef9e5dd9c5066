namespace Cki.Engine;

/// <summary>One queue and how its handler is called.</summary>
public sealed record QueueSettings(string Name)
{
    /// <summary>After this long the handler's token is cancelled. Default 2 minutes.</summary>
    public TimeSpan HandlerLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a message is hidden from others while it is handled; must exceed limit and grace. Default: their sum and 30 s.</summary>
    public TimeSpan? Visibility { get; init; }

    /// <summary>Handlers of this queue at once. Default 8.</summary>
    public int ConcurrencyMax { get; init; } = 8;

    /// <summary>Receives before a message becomes a dead letter. Default 10 (architecture.md, rule 4).</summary>
    public int ReceivesMax { get; init; } = 10;

    /// <summary>A handler that ignores its cancelled token is given up after this long more.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    internal TimeSpan Hidden => Visibility ?? HandlerLimit + Grace + TimeSpan.FromSeconds(30);
}

/// <summary>What an engine is made of. The defaults are those of <c>cki up</c>.</summary>
public sealed record EngineOptions
{
    /// <summary>The suite's queues. Each also has a dead-letter queue named <c>{name}-dead</c>.</summary>
    public IReadOnlyList<QueueSettings> Queues { get; init; } = [.. QueueNames.All.Select(name => new QueueSettings(name))];

    /// <summary>The internal queue of flow tasks; its receives are bounded by <see cref="TaskRunner.TriesMax"/> instead.</summary>
    public QueueSettings Tasks { get; init; } = new(TaskCalls.TasksQueue);

    /// <summary>The flows that may be started, by their names.</summary>
    public IReadOnlyList<FlowDefinition> Flows { get; init; } = [];

    /// <summary>Makes the message that tells of an execution's end, or null where it needs no telling; sent in the transaction that ends it.
    /// It takes the place of EventBridge's rule on FAILED, TIMED_OUT and ABORTED executions.</summary>
    public Func<FlowExecution, OutgoingMessage?>? FlowEnded { get; init; }

    /// <summary>Told of each step of an execution, by its name, with the states' data. It runs inside the transaction: it must not throw or wait.</summary>
    public Action<string, IReadOnlyList<FlowTransition>>? FlowMoved { get; init; }

    /// <summary>Makes the message that tells of trouble with the disk, once it is over at the given time: before that nothing can be sent. It runs on the
    /// writer's thread and must not throw or wait.</summary>
    public Func<EngineTrouble, DateTimeOffset, OutgoingMessage?>? TroubleOver { get; init; }

    /// <summary>Messages that a dead predecessor held become ready at once. Default true: only one process may use the file (the caller sees
    /// to that); false where several do.</summary>
    public bool ReleaseInFlightOnOpen { get; init; } = true;

    /// <summary>A queue's settings, or those of its dead-letter queue, whose messages never die again; null where there is no such queue.</summary>
    internal QueueSettings? Of(string queue) =>
        Queues.FirstOrDefault(known => known.Name == queue)
        ?? (Queues.Any(known => EngineQueues.DeadQueueOf(known.Name) == queue) ? new QueueSettings(queue) { ReceivesMax = int.MaxValue } : null);

    /// <summary>Throws <see cref="ArgumentException"/> listing everything that is wrong.</summary>
    internal void Validate()
    {
        var errors = new List<string>();
        foreach (QueueSettings queue in Queues.Append(Tasks))
        {
            if (queue.Hidden <= queue.HandlerLimit + QueueSettings.Grace)
                errors.Add($"queue {queue.Name}: a visibility of {queue.Hidden} is not over {queue.HandlerLimit} and {QueueSettings.Grace} of grace");
            if (queue.ConcurrencyMax < 1)
                errors.Add($"queue {queue.Name}: {queue.ConcurrencyMax} handlers at once handle nothing");
            if (queue.ReceivesMax < 1)
                errors.Add($"queue {queue.Name}: messages die before their first of {queue.ReceivesMax} receives");
        }
        foreach (IGrouping<string, FlowDefinition> flows in Flows.GroupBy(flow => flow.Name).Where(flows => flows.Count() > 1))
            errors.Add($"flow {flows.Key} is given {flows.Count()} times");
        foreach (FlowDefinition flow in Flows)
        {
            errors.AddRange(flow.QueuesSentTo.Where(name => Queues.All(queue => queue.Name != name))
                .Select(name => $"flow {flow.Name} sends to {name}, which is no queue"));
        }
        if (errors.Count > 0)
            throw new ArgumentException("The engine's options are wrong:" + string.Concat(errors.Select(error => "\n  " + error)));
    }
}
