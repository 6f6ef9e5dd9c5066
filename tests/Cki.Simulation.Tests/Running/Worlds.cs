namespace Cki.Simulation.Tests;

/// <summary>The worlds that can be run by name.</summary>
public static class Worlds
{
    private static readonly SortedDictionary<string, Func<Simulation, WorldRequest, Task>> s_all = new(StringComparer.Ordinal)
    {
        ["channel"] = ChannelWorld.RunAsync,
        ["counting"] = CountingWorld.RunAsync,
        ["fair"] = FairWorld.RunAsync,
        ["heads"] = HeadsWorld.RunAsync,
        ["hook"] = HookWorld.RunAsync,
        ["letters"] = LettersWorld.RunAsync,
        ["probe"] = ProbeWorld.RunAsync,
        ["storm"] = StormWorld.RunAsync,
        ["suite"] = SuiteWorld.RunAsync,
        ["blocked"] = BlockedWorld.RunAsync,
    };

    public static IEnumerable<string> Names => s_all.Keys.Concat(Shapes.All.Select(shape => $"shape:{shape.Name}")).Concat(Absences.Names.Select(name => $"away:{name}"))
        .Concat(FaultCases.Names.Select(name => $"fault:{name}"));

    public static Func<Simulation, WorldRequest, Task> Named(string name) =>
        s_all.TryGetValue(name, out Func<Simulation, WorldRequest, Task>? world) ? world
            : Shapes.All.FirstOrDefault(shape => $"shape:{shape.Name}" == name) is { } shape ? (simulation, request) => ShapeWorld.RunAsync(shape, simulation, request)
            : name.StartsWith("away:", StringComparison.Ordinal) && Absences.Names.Contains(name["away:".Length..])
                ? (simulation, request) => ComponentWorld.RunAsync(name["away:".Length..], simulation, request)
            : name.StartsWith("fault:", StringComparison.Ordinal) && FaultCases.Names.Contains(name["fault:".Length..])
                ? (simulation, request) => FaultWorld.RunAsync(name["fault:".Length..], simulation, request)
            : throw new ArgumentException($"There is no world '{name}'; there are {string.Join(", ", Names)}");
}
