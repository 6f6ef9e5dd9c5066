using System.Text.Json.Serialization;
using Cki.Engine;

namespace Cki.Simulation.Tests;

/// <summary>
/// The harness tried on something small: three processes count, by compare-and-swap, in one object of the real engine's store, while answers
/// get lost and processes die. What was acknowledged is counted once; what was not, at most once.
/// </summary>
public static class CountingWorld
{
    private const int Wanted = 20;

    public static async Task RunAsync(Simulation simulation, WorldRequest request)
    {
        using EngineDatabase database = EngineDatabase.Open(":memory:", Durability.Simulated);
        var engine = new EngineStore(database, new RolledWriter(database, simulation.Outside, simulation.Dice));
        IObjectStore shared = request.Mutation == "cas-always" ? new AlwaysStore(engine) : engine;
        int tried = 0;
        int acknowledged = 0;
        async Task CountAsync(Life life)
        {
            var documents = new Documents(new SteppedStore(shared, life, 0.05), simulation.Dice, life);
            while (acknowledged < Wanted)
            {
                tried++;
                try
                {
                    await documents.UpdateAsync("count", CountJson.Default.Count, Count.Next, CancellationToken.None);
                    acknowledged++;
                }
                catch (Exception e) when (e is StoreUnavailableException or StoreContendedException)
                {
                    life.Note($"gives up: {e.Message}");
                }
            }
            await life.Ended;
        }
        foreach (string name in (string[])["anna", "ben", "cleo"])
            new SimulatedProcess(simulation, name, CountAsync) { CrashChance = 0.01 }.Start();
        await simulation.RunAsync(() => acknowledged >= Wanted, TimeSpan.FromDays(1));

        var reading = new Documents(engine, simulation.Dice, simulation);
        int value = (await reading.GetAsync("count", CountJson.Default.Count, CancellationToken.None))!.Value.Value;
        simulation.Note("checker", $"{value} of {acknowledged} to {tried}");
        if (value < acknowledged || value > tried)
            throw new PromiseBrokenException($"{acknowledged} counts were acknowledged and {tried} tried, but the count is {value}");
    }

    /// <summary>A store that breaks its promise: every conditional put wins.</summary>
    private sealed class AlwaysStore(IObjectStore inner) : IObjectStore
    {
        public Task<StoredObject?> GetAsync(string key, CancellationToken cancellationToken) => inner.GetAsync(key, cancellationToken);

        public Task<PutOutcome> PutAsync(string key, ReadOnlyMemory<byte> body, PutCondition condition, CancellationToken cancellationToken) =>
            inner.PutAsync(key, body, new PutCondition.Always(), cancellationToken);

        public Task<IReadOnlyList<string>> ListAsync(string prefix, string? after, int most, CancellationToken cancellationToken) =>
            inner.ListAsync(prefix, after, most, cancellationToken);

        public Task DeleteAsync(string key, CancellationToken cancellationToken) => inner.DeleteAsync(key, cancellationToken);
    }
}

public sealed record Count(int Value)
{
    public static Count Next(Count? current) => new((current?.Value ?? 0) + 1);
}

[JsonSerializable(typeof(Count))]
internal sealed partial class CountJson : JsonSerializerContext;
