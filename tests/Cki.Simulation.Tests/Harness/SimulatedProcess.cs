namespace Cki.Simulation.Tests;

/// <summary>A process that is started again after each crash, from whatever its disk holds.</summary>
/// <param name="start">Composes everything anew for one life and runs it; it ends only with the life.</param>
public sealed class SimulatedProcess(Simulation simulation, string name, Func<Life, Task> start)
{
    private int lives;

    /// <summary>Of each step.</summary>
    public double CrashChance { get; init; }

    /// <summary>From a crash to the next start, at most.</summary>
    public TimeSpan PauseMax { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Null between two lives.</summary>
    public Life? Current { get; private set; }

    public void Start() => _ = LiveAsync();

    public void Kill(string why) => Current?.Kill(why);

    private async Task LiveAsync()
    {
        while (true)
        {
            var life = new Life(simulation, name, ++lives) { CrashChance = CrashChance };
            life.Note("starts");
            Current = life;
            Task main = start(life);
            Task first = await Task.WhenAny(main, life.Ended);
            Current = null;
            if (first == main && main.IsFaulted)
                simulation.Break($"{life.Name} ended by itself: {main.Exception!.GetBaseException()}");
            await Task.Delay(PauseMax * simulation.Dice.Fraction($"restart.{name}"), simulation);
        }
    }
}
