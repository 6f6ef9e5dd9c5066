namespace Cki.Engine;

/// <summary>
/// Runs executions on the database. Every method is called inside the writer's transaction: a step's record, its history and the messages it
/// sends are one transaction, so a crash leaves all of them or none.
/// </summary>
internal sealed class FlowRunner(ExecutionTable table, QueueTable queues, FlowShelf shelf, TaskCalls calls)
{
    /// <summary>A name may be used again after 90 days, as on AWS.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    /// <summary>Executions forgotten with each start: more than one, so that the backlog shrinks.</summary>
    private const int ForgottenPerStart = 4;

    /// <summary>Executions moved by one tick of the clock; the rest follows in the next transaction.</summary>
    public const int DuePerTickMax = 64;

    public FlowStart Start(string flow, string name, string input, DateTimeOffset now)
    {
        FlowDefinition machine = shelf.Current(flow);
        table.Forget(now - Kept, ForgottenPerStart);
        if (table.Find(flow, name) is not null)
            return FlowStart.AlreadyExists;
        Execution execution = table.Insert(new Execution
        {
            Id = 0,
            Flow = flow,
            Name = name,
            MachineSha = machine.Sha256,
            Started = now,
            Deadline = machine.TimeoutSeconds is { } seconds ? now.AddSeconds(seconds) : null,
            Input = input,
        });
        table.KeepMachine(machine.Sha256, machine.Text);
        Move(execution, new Happening.Entered(), now);
        return FlowStart.Started;
    }

    public void Stop(string flow, string name, string error, string cause, DateTimeOffset now)
    {
        if (table.Find(flow, name) is { } execution)
            Move(execution, new Happening.Aborted(error, cause), now);
    }

    /// <summary>A task's answer: <paramref name="happening"/> says of which try.</summary>
    public bool Answer(long execution, Happening happening, DateTimeOffset now) =>
        table.Find(execution) is { } found && Move(found, happening, now);

    /// <summary>A signal by token; <paramref name="happening"/> is made for the try that waits on it.</summary>
    public FlowSignal Signal(string token, Func<int, Happening> happening, DateTimeOffset now) =>
        table.FindByToken(token) is { } execution && Move(execution, happening(execution.Seq), now)
            ? FlowSignal.Delivered
            : FlowSignal.NoLongerWaiting;

    /// <summary>How many executions were moved.</summary>
    public int Tick(DateTimeOffset now)
    {
        IReadOnlyList<Execution> due = table.Due(now, DuePerTickMax);
        foreach (Execution execution in due)
            Move(execution, new Happening.Due(), now);
        return due.Count;
    }

    private bool Move(Execution execution, Happening happening, DateTimeOffset now)
    {
        if (execution.Status != FlowStatus.Running)
            return false;
        Stepped stepped = Step(execution, happening, now);
        if (!stepped.IsTaken)
            return false;
        table.Save(stepped);
        shelf.Moved?.Invoke(stepped.Execution.Name, stepped.Transitions);
        foreach (OutgoingMessage message in stepped.Sends)
            queues.Send(message, now);
        if (stepped.Execution.Status != FlowStatus.Running && shelf.Ended?.Invoke(stepped.Execution.Described) is { } notice)
            queues.Send(notice, now);
        return true;
    }

    private Stepped Step(Execution execution, Happening happening, DateTimeOffset now)
    {
        try
        {
            return FlowStepper.Step(shelf.Of(execution, table), execution, happening, now, calls);
        }
#pragma warning disable CA1031 // A step is pure, so nothing is half done; one broken execution must not stop the clock of all others.
        catch (Exception e) when (e is not Microsoft.Data.Sqlite.SqliteException)
#pragma warning restore CA1031
        {
            return FlowStepper.Broken(execution, $"{e.GetType().Name}: {e.Message}", now);
        }
    }
}

/// <summary>The definitions at hand: the current ones by flow, and those that running executions began with.</summary>
/// <param name="ended">Makes the message that tells of an execution's end (null: none); sent in the transaction that ends it.</param>
internal sealed class FlowShelf(IReadOnlyList<FlowDefinition> flows, Func<FlowExecution, OutgoingMessage?>? ended)
{
    private readonly Dictionary<string, FlowDefinition> current = flows.ToDictionary(flow => flow.Name);
    private readonly Dictionary<string, FlowDefinition> bySha = flows.DistinctBy(flow => flow.Sha256).ToDictionary(flow => flow.Sha256);

    public Func<FlowExecution, OutgoingMessage?>? Ended => ended;

    /// <summary>Told of each step of an execution, by its name, inside the transaction.</summary>
    public Action<string, IReadOnlyList<FlowTransition>>? Moved { get; init; }

    public bool Knows(string flow) => current.ContainsKey(flow);

    public FlowDefinition Current(string flow) => current[flow];

    public FlowDefinition Of(Execution execution, ExecutionTable table)
    {
        if (bySha.TryGetValue(execution.MachineSha, out FlowDefinition? machine))
            return machine;
        string text = table.Machine(execution.MachineSha)
            ?? throw new InvalidOperationException($"The definition {execution.MachineSha} of {execution.Flow}/{execution.Name} is gone");
        return bySha[execution.MachineSha] = FlowDefinition.Load(execution.Flow, text, new Dictionary<string, string>());
    }
}
