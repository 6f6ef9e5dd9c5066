using Cki.Engine;

namespace Cki.Simulation.Tests;

/// <summary>How a world brings one fault about, and mends it.</summary>
/// <param name="Topology">In which the fault can happen: <c>up</c> or <c>lambda</c>.</param>
/// <param name="Title">How the notice's first line begins; null: no notice of ours can tell.</param>
/// <param name="Stands">For so long; whole minutes.</param>
public sealed record FaultCase(string Topology, string? Title, TimeSpan Stands)
{
    /// <summary>What is away while the fault stands.</summary>
    public Func<Simulation, Absence> Absence { get; init; } = _ => new Absence();

    public Func<SuiteConfig, SuiteConfig> Config { get; init; } = config => config;

    public Func<FaultStage, Task> BeginAsync { get; init; } = _ => Task.CompletedTask;

    public Func<FaultStage, Task> MendAsync { get; init; } = _ => Task.CompletedTask;

    /// <summary>It is told when it is over, and by one notice.</summary>
    public bool IsToldOnce { get; init; }
}

/// <summary>What a fault is done to.</summary>
public sealed record FaultStage(Simulation Simulation, Town Town, Installation Installation, EmbeddedEngine Engine, Absence Absence) : IDisposable
{
    /// <summary>What was begun with the fault and ends with the world.</summary>
    public List<IDisposable> Left { get; } = [];

    public Documents Documents => new(Engine.Store, Simulation.Dice, Simulation);

    public DateTimeOffset Now => Simulation.GetUtcNow();

    /// <summary>People go on meanwhile.</summary>
    /// <param name="every">One push of the next branch in so long.</param>
    public Task PushAsync(int count, TimeSpan every)
    {
        for (int n = 0; n < count; n++)
        {
            string branch = Town.Branches[n % Town.Branches.Length];
            Simulation.Schedule(every * n, Simulation.Outside, () => Town.Commits.PushOne(branch, Nature.Good));
        }
        return Task.CompletedTask;
    }

    public void Dispose() => Left.ForEach(one => one.Dispose());
}
