namespace Cki.Tool;

/// <summary>Makes a copied store fit to live again (rule 8: a restored store is a baseline).</summary>
internal static class RestoredStore
{
    /// <summary>Keys of heads: a few of each tree, and one of each commit that is tested once.</summary>
    private const int KeysMax = 1_000_000;

    /// <summary>Into a stack that runs: first what holds its hands, last what makes it act.</summary>
    public static readonly IReadOnlyList<Func<string, bool>> InOrder =
    [
        key => IsUnder(key, Switch.Prefix),
        key => !IsUnder(key, Switch.Prefix) && !IsUnder(key, DueMarker.Prefix) && !IsUnder(key, "config/"),
        key => IsUnder(key, "config/"),
        key => IsUnder(key, DueMarker.Prefix),
    ];

    public static async Task SettleAsync(IObjectStore store, string from, CancellationToken cancellationToken)
    {
        Documents documents = BackupFile.DocumentsOf(store);
        await ObserveAsync(documents, $"restored from {from}: nothing is posted until 'cki arm'", cancellationToken);
        // What its heads and merge requests were is old news: the next look finds a baseline, or cki rebuild finds more. Commits tested once stay so.
        foreach (string key in await documents.KeysAsync(TreeHeads.Prefix, KeysMax, cancellationToken))
        {
            if (TreeHeads.IsKey(key))
                await documents.UpdateAsync(key, DocumentJson.Default.TreeHeads, heads => heads is null ? null : new TreeHeads(heads.Tree), cancellationToken);
            else if (TreeOthers.IsKey(key))
                await documents.UpdateAsync(key, DocumentJson.Default.TreeOthers, others => others is null ? null : new TreeOthers(others.Tree), cancellationToken);
        }
    }

    public static Task ObserveAsync(Documents documents, string reason, CancellationToken cancellationToken)
    {
        var observe = new Switch(Switch.Observe, reason, Environment.UserName, TimeProvider.System.GetUtcNow(), null);
        return documents.PutAsync(observe.Key, observe, DocumentJson.Default.Switch, cancellationToken);
    }

    private static bool IsUnder(string key, string prefix) => key.StartsWith(prefix, StringComparison.Ordinal);
}
