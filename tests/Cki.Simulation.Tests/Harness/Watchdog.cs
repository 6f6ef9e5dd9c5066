namespace Cki.Simulation.Tests;

/// <summary>
/// Real time, on a thread of its own: when no event was run for 30 s (a starved machine may need 10 for its first), something blocks the one
/// thread that could have told. It prints the last lines and ends the process, because nothing else can.
/// </summary>
public sealed class Watchdog : IDisposable
{
    public const int ExitCode = 3;

    private readonly ManualResetEventSlim done = new();
    private readonly Simulation simulation;

    public Watchdog(Simulation simulation)
    {
        this.simulation = simulation;
        new Thread(Watch) { IsBackground = true, Name = "watchdog" }.Start();
    }

    public static TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(30);

    public void Dispose() => done.Set();

    private void Watch()
    {
        long seen = -1;
        while (!done.Wait(Patience))
        {
            if (simulation.Events == seen)
                End();
            seen = simulation.Events;
        }
    }

    private void End()
    {
        Console.Error.WriteLine($"Seed {simulation.Seed}: no event for {Patience} of real time; the pool's thread is blocked.");
        foreach (string line in simulation.Trace.Last.ToArray())
            Console.Error.WriteLine(line);
        Environment.Exit(ExitCode);
    }
}
