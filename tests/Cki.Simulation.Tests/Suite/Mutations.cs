namespace Cki.Simulation.Tests;

/// <summary>Promises that can be broken by name, from outside of the product: seeds must then fail, or nothing watches over the promise.</summary>
public static class Mutations
{
    private static readonly SortedDictionary<string, Func<Mutation>> s_all = new(StringComparer.Ordinal)
    {
        ["answers-lost-cas-with-yes"] = () => new StoreMutation(store => new LostIsStored(store)),
        ["forgets-claims"] = () => new StoreMutation(store => new HiddenField(store, "/pipeline.json", "claimedAt")),
        ["forgets-deliveries"] = () => new StoreMutation(store => new HiddenKeys(store, "reported/")),
        ["forgets-due-markers"] = () => new StoreMutation(store => new SwallowedKeys(store, DueMarker.Prefix)),
        ["hides-evidence"] = () => new HttpMutation((handler, _) => new HiddenEvidence(handler)),
        ["hides-pipelines"] = () => new HttpMutation((handler, _) => new HiddenPipelines(handler)),
        ["posts-blindly"] = () => new HttpMutation((handler, simulation) => new BlindPoster(handler, simulation)),
        ["stays-silent"] = () => new HttpMutation((handler, _) => new SilentReceiver(handler)),
    };

    public static IEnumerable<string> Names => s_all.Keys;

    /// <param name="name">Null: nothing is broken.</param>
    public static Mutation Named(string? name) =>
        name is null ? new Mutation()
        : s_all.TryGetValue(name, out Func<Mutation>? mutation) ? mutation()
        : throw new ArgumentException($"There is no mutation '{name}'; there are {string.Join(", ", Names)}");

    private sealed class StoreMutation(Func<IObjectStore, IObjectStore> broken) : Mutation
    {
        public override IObjectStore Store(IObjectStore sound) => broken(sound);
    }

    private sealed class HttpMutation(Func<HttpMessageHandler, Simulation, HttpMessageHandler> broken) : Mutation
    {
        public override HttpMessageHandler Http(HttpMessageHandler sound, Simulation simulation) => broken(sound, simulation);
    }
}
