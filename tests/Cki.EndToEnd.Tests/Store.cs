using Cki.Tool;

namespace Cki.EndToEnd.Tests;

/// <summary>Looks into the database of a running <c>cki up</c> the way the tool's verbs do.</summary>
internal static class Store
{
    public static async Task<IReadOnlyList<string>> KeysAsync(Scratch scratch, string prefix)
    {
        if (!File.Exists(scratch.In("data", "cki.db")))
            return [];
        await using LocalInstallation store = LocalInstallation.At(scratch.In("data"));
        return await store.Documents.KeysAsync(prefix, 100_000, CancellationToken.None);
    }

    public static async Task<bool> HasBaselineAsync(Scratch scratch)
    {
        await using LocalInstallation store = LocalInstallation.At(scratch.In("data"));
        return await store.Documents.GetAsync("heads/linux.json", DocumentJson.Default.TreeHeads, CancellationToken.None) is { Value.FirstSeenAt: not null };
    }

    public static async Task<IReadOnlyList<RunFacts>> RunsAsync(Scratch scratch)
    {
        await using LocalInstallation store = LocalInstallation.At(scratch.In("data"));
        return await RunFacts.ListAsync(store.Documents, null, 1000, CancellationToken.None);
    }

    public static async Task<IReadOnlyList<DeadLetter>> DeadAsync(Scratch scratch)
    {
        await using LocalInstallation store = LocalInstallation.At(scratch.In("data"));
        var dead = new List<DeadLetter>();
        foreach (string key in await store.Documents.KeysAsync("dead/", 1000, CancellationToken.None))
            dead.Add((await store.Documents.GetAsync(key, DocumentJson.Default.DeadLetter, CancellationToken.None))!.Value);
        return dead;
    }
}
