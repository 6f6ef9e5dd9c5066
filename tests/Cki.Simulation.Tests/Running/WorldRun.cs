using System.Globalization;
using System.Text;

namespace Cki.Simulation.Tests;

/// <summary>One world to run.</summary>
/// <param name="World">A name of <see cref="Worlds"/>.</param>
/// <param name="Topology"><c>up</c>: all stages in one process; <c>lambda</c>: a process per invocation, the engine outside.</param>
public sealed record WorldRequest(string World, ulong Seed, string Topology)
{
    /// <summary>Fault sites or single faults that do not strike.</summary>
    public IReadOnlySet<string> Without { get; init; } = new SortedSet<string>(StringComparer.Ordinal);

    /// <summary>A promise to break; null for none.</summary>
    public string? Mutation { get; init; }

    /// <summary>Gets every line of the trace.</summary>
    public TextWriter? Everything { get; init; }

    public string Replay()
    {
        string without = Without.Count == 0 ? "" : $" --without {string.Join(',', Without)}";
        string mutation = Mutation is null ? "" : $" --mutation {Mutation}";
        return $"dotnet run --project tests/Cki.Simulation.Tests -c Release -- replay --world {(World.Contains(' ', StringComparison.Ordinal) ? $"\"{World}\"" : World)} --seed {Seed} --topology {Topology}{without}{mutation}";
    }
}

/// <summary>How a world ended.</summary>
/// <param name="Broken">The promise that was broken, or what else went wrong; null when all held.</param>
public sealed record WorldOutcome(WorldRequest Request, ulong Hash, TimeSpan Elapsed, long Events, string? Broken)
{
    public IReadOnlyList<string> FaultsTaken { get; init; } = [];

    public IReadOnlyCollection<string> LastLines { get; init; } = [];

    /// <summary>Seed, topology, faults taken, the last lines and the one command that replays it.</summary>
    public string Report()
    {
        var text = new StringBuilder();
        foreach (string line in LastLines)
            text.AppendLine(line);
        text.AppendLine(CultureInfo.InvariantCulture, $"Faults taken ({FaultsTaken.Count}): {string.Join(' ', FaultsTaken)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"World {Request.World}, seed {Request.Seed}, topology {Request.Topology}, after {Elapsed} and {Events} events, trace {Hash:x16}:");
        text.AppendLine(Broken ?? "every promise held");
        text.AppendLine(CultureInfo.InvariantCulture, $"Replay: {Request.Replay()}");
        return text.ToString();
    }
}

/// <summary>A promise was broken; the message says which and for whom.</summary>
public sealed class PromiseBrokenException(string message) : Exception(message);

/// <summary>Runs a world on the pool's one thread and tells how it ended; it never throws for what the world did.</summary>
public static class WorldRun
{
    public static async Task<WorldOutcome> RunAsync(WorldRequest request)
    {
        await Task.Yield();
        var simulation = new Simulation(request.Seed, request.Without, request.Everything);
        string? broken = null;
        try
        {
            await Worlds.Named(request.World)(simulation, request);
        }
        catch (Exception e) when (e is PromiseBrokenException or SimulationDeadlockException)
        {
            broken = e.Message;
        }
        return new WorldOutcome(request, simulation.Trace.Hash, simulation.Elapsed, simulation.Events, broken)
        {
            FaultsTaken = [.. simulation.Faults.Taken.Select(fault => fault.Name)], LastLines = simulation.Trace.Last,
        };
    }
}
