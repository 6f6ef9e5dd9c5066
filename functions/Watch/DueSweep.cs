using Microsoft.Extensions.Logging;

namespace Cki.Watch;

/// <summary>Sends the messages of markers that have come due, and dates the markers on.</summary>
internal sealed class DueSweep(SuitePorts ports, SetAside aside, ILogger log)
{
    /// <summary>Per tick; the oldest first, so that none is starved.</summary>
    private const int MarkersMax = 1000;

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = ports.Clock.GetUtcNow();
        string last = $"{DueMarker.Prefix}{DueMarker.Minute(now)}/~";
        IReadOnlyList<string> keys = await ports.Documents.KeysAsync(DueMarker.Prefix, MarkersMax, cancellationToken);
        await Sweeping.EachAsync(keys.TakeWhile(k => string.CompareOrdinal(k, last) <= 0), key => RemindAsync(key, now, cancellationToken));
    }

    private async Task RemindAsync(string key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            if (await ports.Documents.GetAsync(key, DocumentJson.Default.DueMarker, cancellationToken) is not { Value: var marker } || marker.At > now)
                return;
            if (!QueueNames.All.Contains(marker.Queue))
                throw new UnreadableDocumentException(key, $"there is no queue '{marker.Queue}'");
            await RemindAsync(key, marker, now, cancellationToken);
        }
        catch (UnreadableDocumentException e)
        {
            await aside.MoveAsync(key, e.Message, cancellationToken);
        }
    }

    /// <summary>The next marker stands before this one goes: killed in between, both will come due, which does no harm.</summary>
    private async Task RemindAsync(string key, DueMarker marker, DateTimeOffset now, CancellationToken cancellationToken)
    {
        string next = await ports.Due.PlaceAsync(marker.Again(now), cancellationToken);
        var message = new OutgoingMessage(marker.Queue, marker.Body, marker.Group)
        {
            Attributes = new Dictionary<string, string> { [Post.DueAttribute] = next },
        };
        await ports.Queue.SendAsync(message, cancellationToken);
        await ports.Documents.DeleteAsync(key, cancellationToken);
        WatchLog.DueAgain(log, marker.Round + 1, marker.Kind, marker.Id);
    }
}
