namespace Cki.Simulation.Tests;

/// <summary>
/// Virtual time: one queue of (due, tie), one loop that pops, sets the clock, runs and then lets the one pool thread empty its queue. Whatever
/// the suite awaits in the end is a timer or a step of this loop.
/// </summary>
public sealed class Simulation : TimeProvider
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 2, 6, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<Event, (long Due, long Tie)> events = new();
    private readonly SortedDictionary<long, string> parked = [];
    private string? broken;
    private long nowTicks;
    private long tie;

    public Simulation(ulong seed, IReadOnlySet<string>? faultsOff = null, TextWriter? everything = null)
    {
        Seed = seed;
        Dice = new SimulationDice(seed);
        Trace = new Trace(everything);
        Faults = new Faults(this, faultsOff ?? new HashSet<string>());
        Outside = new Life(this, "outside", 0);
    }

    public ulong Seed { get; }

    public SimulationDice Dice { get; }

    public Trace Trace { get; }

    public Faults Faults { get; }

    /// <summary>GitLab, users, git servers, mail hosts: they never die with ours.</summary>
    public Life Outside { get; }

    /// <summary>What two steps in a hundred take at most.</summary>
    public TimeSpan SlowestStep { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Since the start.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(nowTicks);

    /// <summary>Events run; the watchdog looks at it from its own thread.</summary>
    public long Events { get; private set; }

    /// <summary>The steps that wait, oldest first.</summary>
    public IEnumerable<string> Parked => parked.Values;

    /// <summary>Calls to ports (<c>store.get</c>) and invocations (<c>invoke.watch</c>) since the start.</summary>
    public SortedDictionary<string, int> Calls { get; } = new(StringComparer.Ordinal);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => s_start + Elapsed;

    public override long GetTimestamp() => nowTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new SimulationTimer(this, Outside, () => callback(state), dueTime, period);

    public void Count(string call) => Calls[call] = Calls.GetValueOrDefault(call) + 1;

    public void Note(string who, string what) => Trace.Add(Elapsed, who, what);

    /// <summary>Something is wrong in a way that no fault explains: the run ends with it.</summary>
    public void Break(string why) => broken ??= why;

    /// <summary>Runs <paramref name="act"/> after <paramref name="delay"/>, unless <paramref name="life"/> has ended by then.</summary>
    public void Schedule(TimeSpan delay, Life life, Action act) =>
        events.Enqueue(new Event(life, act), (nowTicks + Math.Max(0, delay.Ticks), ++tie));

    /// <summary>
    /// Runs until <paramref name="isOver"/>. Throws <see cref="SimulationDeadlockException"/> when nothing is left that could happen, or when
    /// <paramref name="limit"/> of virtual time has passed.
    /// </summary>
    public async Task RunAsync(Func<bool> isOver, TimeSpan limit)
    {
        OnePoolThread.Assert();
        using var watchdog = new Watchdog(this);
        await DrainAsync();
        while (!isOver())
        {
            if (!events.TryDequeue(out Event next, out (long Due, long Tie) at))
                throw new SimulationDeadlockException($"Nothing is left to happen at {Elapsed}, but the work is not done", Parked);
            if (at.Due > limit.Ticks)
                throw new SimulationDeadlockException($"The work is not done after {limit} of virtual time", Parked);
            nowTicks = at.Due;
            Events++;
            if (next.Life.IsOver)
                continue;
            next.Act();
            await DrainAsync();
            if (broken is not null)
                throw new PromiseBrokenException(broken);
        }
    }

    /// <summary>For exactly so long, whatever happens.</summary>
    public Task RunForAsync(TimeSpan time)
    {
        long end = nowTicks + time.Ticks;
        Schedule(time, Outside, () => { });
        return RunAsync(() => nowTicks >= end, TimeSpan.FromTicks(end));
    }

    internal long Park(string what)
    {
        parked[++tie] = what;
        return tie;
    }

    internal void Unpark(long number) => parked.Remove(number);

    private static async Task DrainAsync()
    {
        while (ThreadPool.PendingWorkItemCount > 0)
            await Task.Yield();
    }

    private readonly record struct Event(Life Life, Action Act);
}

/// <summary>The world stands still.</summary>
public sealed class SimulationDeadlockException(string what, IEnumerable<string> parked)
    : Exception($"{what}. Parked: {string.Join("; ", parked.DefaultIfEmpty("nothing"))}");
