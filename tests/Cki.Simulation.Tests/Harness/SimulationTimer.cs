namespace Cki.Simulation.Tests;

/// <summary>A timer of virtual time. It dies with the life that made it.</summary>
internal sealed class SimulationTimer : ITimer
{
    private readonly Simulation simulation;
    private readonly Life life;
    private readonly Action callback;
    private TimeSpan period;
    private int turn;

    public SimulationTimer(Simulation simulation, Life life, Action callback, TimeSpan dueTime, TimeSpan period)
    {
        this.simulation = simulation;
        this.life = life;
        this.callback = callback;
        Change(dueTime, period);
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        turn++;
        this.period = period;
        if (dueTime != Timeout.InfiniteTimeSpan)
            Arm(dueTime, turn);
        return true;
    }

    public void Dispose() => turn++;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Arm(TimeSpan delay, int armed) => simulation.Schedule(delay, life, () =>
    {
        if (armed != turn)
            return;
        if (period > TimeSpan.Zero)
            Arm(period, armed);
        callback();
    });
}
