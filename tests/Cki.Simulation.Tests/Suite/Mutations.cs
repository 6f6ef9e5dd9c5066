namespace Cki.Simulation.Tests;

/// <summary>Promises of ports that can be broken by name, to see that the suite's promises rest on them.</summary>
public static class Mutations
{
    private static readonly SortedDictionary<string, Func<Mutation>> s_all = new(StringComparer.Ordinal);

    public static IEnumerable<string> Names => s_all.Keys;

    /// <param name="name">Null: nothing is broken.</param>
    public static Mutation Named(string? name) =>
        name is null ? new Mutation()
        : s_all.TryGetValue(name, out Func<Mutation>? mutation) ? mutation()
        : throw new ArgumentException($"There is no mutation '{name}'; there are {string.Join(", ", Names)}");
}
