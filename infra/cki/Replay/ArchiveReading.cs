using System.Runtime.CompilerServices;

namespace Cki.Tool;

/// <summary>Where a reader of the archive stands: everything up to here is done.</summary>
internal sealed record ArchivePlace(DateTimeOffset ReceivedAt, string Key)
{
    public bool IsBefore(DateTimeOffset receivedAt, string key) =>
        receivedAt > ReceivedAt || (receivedAt == ReceivedAt && string.CompareOrdinal(key, Key) > 0);
}

/// <summary>Reads archived deliveries in the order they came. One hour's times and keys are kept at once, bodies one by one.</summary>
/// <param name="unreadable">Told of each object that is no delivery: it is left out.</param>
internal sealed class ArchiveReading(Documents archive, Action<string> unreadable)
{
    private const int PerHourMax = 1_000_000;

    public async IAsyncEnumerable<ArchivedDelivery> ReadAsync(
        ArchiveWindow window, ArchivePlace? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string hour in window.Hours())
        {
            var wanted = new List<(DateTimeOffset At, string Key)>();
            foreach (string key in await archive.KeysAsync(window.Source is null ? hour : $"{hour}{window.Source}/", PerHourMax, cancellationToken))
            {
                if (await TryGetAsync(key, cancellationToken) is { } found && window.Has(found) && after?.IsBefore(found.ReceivedAt, key) != false)
                    wanted.Add((found.ReceivedAt, key));
            }
            foreach ((_, string key) in wanted.OrderBy(w => w.At).ThenBy(w => w.Key, StringComparer.Ordinal))
            {
                if (await TryGetAsync(key, cancellationToken) is { } delivery)
                    yield return delivery;
            }
        }
    }

    private async Task<ArchivedDelivery?> TryGetAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            return (await archive.GetAsync(key, DocumentJson.Default.ArchivedDelivery, cancellationToken))?.Value;
        }
        catch (UnreadableDocumentException e)
        {
            unreadable(e.Message);
            return null;
        }
    }
}
