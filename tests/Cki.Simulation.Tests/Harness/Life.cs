namespace Cki.Simulation.Tests;

/// <summary>
/// One life of a process. When it ends, its parked tasks never complete (no finally runs: that is kill -9), its timers and events are dropped,
/// and whatever of it still runs until its next step can start nothing.
/// </summary>
public sealed class Life : TimeProvider
{
    private readonly Simulation simulation;
    private readonly string crashSite;
    private readonly TaskCompletionSource<string> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Life(Simulation simulation, string name, int number)
    {
        this.simulation = simulation;
        Name = number == 0 ? name : $"{name}/{number}";
        crashSite = $"crash.{name}";
    }

    public string Name { get; }

    public bool IsOver { get; private set; }

    /// <summary>Of each step, while faults are on.</summary>
    public double CrashChance { get; init; }

    /// <summary>Completes with the reason when it is over.</summary>
    public Task<string> Ended => ended.Task;

    public Simulation Simulation => simulation;

    public override long TimestampFrequency => simulation.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => simulation.GetUtcNow();

    public override long GetTimestamp() => simulation.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new SimulationTimer(simulation, this, () => callback(state), dueTime, period);

    public void Note(string what) => simulation.Note(Name, what);

    /// <summary>kill -9.</summary>
    public void Kill(string why)
    {
        if (IsOver)
            return;
        Note($"dies: {why}");
        IsOver = true;
        ended.TrySetResult(why);
    }

    /// <summary>An invocation that has answered: nothing of it runs on.</summary>
    public void Freeze() => IsOver = true;

    /// <summary>The only place where others get a turn, and where this process may die: 1 to 20 ms, seconds in 2 % of all steps.</summary>
    public Task StepAsync(string site)
    {
        if (!IsOver && simulation.Faults.Strikes(crashSite, CrashChance))
            Kill($"at {site}");
        var step = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (IsOver)
            return step.Task;
        double roll = simulation.Dice.Fraction("step");
        TimeSpan latency = roll < 0.02 ? simulation.SlowestStep * (roll / 0.02) : TimeSpan.FromMilliseconds(1 + (19 * (roll - 0.02) / 0.98));
        long parked = simulation.Park($"{Name} at {site} since {simulation.Elapsed}");
        simulation.Schedule(latency, simulation.Outside, () =>
        {
            simulation.Unpark(parked);
            if (!IsOver)
                step.TrySetResult();
        });
        return step.Task;
    }
}
