namespace Cki.Simulation.Tests;

/// <summary>What product code must never do: it blocks the one thread. The watchdog has to notice.</summary>
public static class BlockedWorld
{
    public static async Task RunAsync(Simulation simulation, WorldRequest request)
    {
        Watchdog.Patience = TimeSpan.FromSeconds(1);
        simulation.Schedule(TimeSpan.FromSeconds(1), simulation.Outside, () =>
        {
            simulation.Note("blocker", "blocks");
            Thread.Sleep(Timeout.Infinite);
        });
        await simulation.RunForAsync(TimeSpan.FromSeconds(2));
    }
}
