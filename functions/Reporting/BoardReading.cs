using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;

namespace Cki.Reporting;

/// <summary>Reads records for the board: what cannot be read is named in the log and left out, for the board is optional and shows what it can.</summary>
internal sealed class BoardReading(SuitePorts ports, ILogger log)
{
    private const int PageMax = 1000;

    public async Task<T?> OneAsync<T>(string key, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return (await ports.Documents.GetAsync(key, type, cancellationToken))?.Value;
        }
        catch (UnreadableDocumentException e)
        {
            // The record's owner reports its own trouble.
            log.SetAside(e.Message);
            return null;
        }
    }

    public async Task<IReadOnlyList<T>> EachAsync<T>(IEnumerable<string> keys, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        var all = new List<T>();
        foreach (string key in keys)
        {
            if (await OneAsync(key, type, cancellationToken) is { } found)
                all.Add(found);
        }
        return all;
    }

    public async Task<IReadOnlyList<T>> UnderAsync<T>(string prefix, int most, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class =>
        await EachAsync(await ports.Documents.KeysAsync(prefix, most, cancellationToken), type, cancellationToken);

    /// <summary>The names right below a prefix, each once and in order, whatever lies below them: a few lists, not all keys.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(string prefix, int most, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        string? after = null;
        while (names.Count < most)
        {
            IReadOnlyList<string> page = await ports.Store.ListAsync(prefix, after, PageMax, cancellationToken);
            foreach (string name in page.Select(k => k[prefix.Length..].Split('/')[0]))
            {
                if (names.Count == 0 || names[^1] != name)
                    names.Add(name);
            }
            if (page.Count < PageMax)
                break;
            // Zero follows the slash: behind everything below the last name.
            after = page[^1].IndexOf('/', prefix.Length) >= 0 ? $"{prefix}{names[^1]}0" : page[^1];
        }
        return [.. names.Take(most)];
    }

    /// <summary>Keys of the objects right below a prefix.</summary>
    public async Task<IReadOnlyList<string>> FilesAsync(string prefix, int most, CancellationToken cancellationToken) =>
        [.. (await NamesAsync(prefix, most, cancellationToken)).Where(n => n.EndsWith(".json", StringComparison.Ordinal)).Select(n => prefix + n)];
}
