namespace Cki.Simulation.Tests;

/// <summary>How often our own house breaks, while faults are on.</summary>
public sealed record SuiteChances
{
    /// <summary>Of each store call: as often refused before as unanswered after.</summary>
    public double Store { get; init; } = 0.003;

    public double Queue { get; init; } = 0.005;

    public double Flows { get; init; } = 0.01;

    public double Secrets { get; init; } = 0.003;

    /// <summary>Of each step: dozens of kill -9 in two days.</summary>
    public double Crash { get; init; } = 0.001;

    public static readonly SuiteChances None = new() { Store = 0, Queue = 0, Flows = 0, Secrets = 0, Crash = 0 };
}
