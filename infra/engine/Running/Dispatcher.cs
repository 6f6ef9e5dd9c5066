namespace Cki.Engine;

/// <summary>
/// Brings messages to stages, tasks to their functions and time to flows and schedules. It wakes on sends and when something is due,
/// and never polls. Abandoned, it leaves nothing behind that a new one would not find.
/// </summary>
public sealed class Dispatcher
{
    /// <summary>What stands before a schedule's name in its messages' group.</summary>
    internal const string ScheduleGroup = "schedule:";

    private readonly EmbeddedEngine engine;
    private readonly DispatchOptions options;
    private readonly List<Pump> pumps = [];
    private readonly List<Sleeper> clocks = [];
    private readonly List<Func<Task>> loops = [];
    private Task? running;

    /// <remarks>Throws <see cref="ArgumentException"/> where two stages offer the same queue or task, or a queue that the engine does not have.</remarks>
    public Dispatcher(EmbeddedEngine engine, IReadOnlyList<StageEndpoints> stages, DispatchOptions options)
    {
        this.engine = engine;
        this.options = options;
        foreach ((string queue, MessageHandler handler) in Merged(stages.SelectMany(stage => stage.Queues), "queue"))
        {
            QueueSettings settings = engine.Options.Of(queue)
                ?? throw new ArgumentException($"A stage handles queue {queue}, which the engine does not have");
            Add(settings, new MessageRunner(engine, settings, options, handler).HandleAsync);
        }
        var tasks = Merged(stages.SelectMany(stage => stage.Tasks), "task");
        // The task runner bounds the receives itself, so that a flow is answered instead of left waiting for a dead letter.
        Add(engine.Options.Tasks with { ReceivesMax = int.MaxValue }, new TaskRunner(engine, options, tasks).HandleAsync);
        AddClock("flows", engine.Bell.Listen(Bell.Flows), TickAsync);
    }

    /// <summary>
    /// Sends a message at once and then at each multiple of <paramref name="period"/>, unless the previous one is still in the queue. The message
    /// gets the group <c>schedule:{name}</c>, by which that is known. Call before <see cref="Start"/>.
    /// </summary>
    public void Every(string name, TimeSpan period, Func<DateTimeOffset, OutgoingMessage> message)
    {
        DateTimeOffset next = engine.Clock.GetUtcNow();
        AddClock("schedule " + name, new Signal(), async () =>
        {
            DateTimeOffset now = engine.Clock.GetUtcNow();
            if (now < next)
                return next;
            await engine.Queues.SendIfNoneAsync(message(now) with { Group = ScheduleGroup + name });
            next = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % period.Ticks), TimeSpan.Zero) + period;
            return next;
        });
    }

    /// <summary>Begins; a second call does nothing.</summary>
    public void Start() => running ??= Task.WhenAll(loops.Select(loop => loop()));

    /// <summary>
    /// Takes nothing more and waits for what runs. When <paramref name="cancellationToken"/> ends the patience, what still runs is abandoned and
    /// comes again in the next process.
    /// </summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        clocks.ForEach(clock => clock.Stop());
        await Task.WhenAll(pumps.Select(pump => pump.DrainAsync())).WaitAsync(cancellationToken);
        if (running is not null)
            await running.WaitAsync(cancellationToken);
    }

    private void Add(QueueSettings settings, Func<Reception, Task> handle)
    {
        var pump = new Pump(engine, settings, options, handle);
        pumps.Add(pump);
        loops.Add(pump.RunAsync);
    }

    private void AddClock(string name, Signal signal, Func<Task<DateTimeOffset?>> work)
    {
        var clock = new Sleeper(name, signal, engine.Clock, options.Logger);
        clocks.Add(clock);
        loops.Add(() => clock.RunAsync(work));
    }

    private async Task<DateTimeOffset?> TickAsync()
    {
        if (engine.Flows.NextDue() is not { } due || due > engine.Clock.GetUtcNow())
            return engine.Flows.NextDue();
        await engine.Flows.TickAsync();
        return engine.Clock.GetUtcNow();
    }

    private static SortedDictionary<string, T> Merged<T>(IEnumerable<KeyValuePair<string, T>> offered, string what)
    {
        var merged = new SortedDictionary<string, T>(StringComparer.Ordinal);
        foreach ((string name, T handler) in offered)
        {
            if (!merged.TryAdd(name, handler))
                throw new ArgumentException($"Two stages offer the {what} {name}");
        }
        return merged;
    }
}
