namespace Cki.Adapters;

/// <summary>Which bucket holds which keys: what strangers sent rests in the archive, with its own retention.</summary>
/// <param name="state">Throws, naming what is not configured; likewise <paramref name="archive"/>.</param>
public sealed class StoreBuckets(Func<string> state, Func<string> archive)
{
    private static readonly string[] s_archived = ["deliveries/", "spill/"];

    public string Of(string key) => s_archived.Any(p => key.StartsWith(p, StringComparison.Ordinal)) ? archive() : state();

    /// <summary>The buckets that may hold keys of a prefix.</summary>
    public IEnumerable<string> Under(string prefix)
    {
        bool isArchived = s_archived.Any(p => prefix.StartsWith(p, StringComparison.Ordinal));
        if (!isArchived)
            yield return state();
        if (isArchived || s_archived.Any(p => p.StartsWith(prefix, StringComparison.Ordinal)))
            yield return archive();
    }
}
