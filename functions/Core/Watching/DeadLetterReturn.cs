using System.Globalization;

namespace Cki;

/// <summary>A person wants a filed letter back on its queue at Watch's next tick, parked or not.</summary>
public static class DeadLetterReturn
{
    /// <summary>
    /// The marker stands before the letter changes and once more after it: killed in between, it comes due; had Watch found the letter parked and
    /// dropped the first one, there is the second.
    /// </summary>
    /// <param name="by">Who asks, for the letter's history.</param>
    /// <returns>False when the letter is no longer filed: it went back, or was dropped.</returns>
    public static async Task<bool> AskAsync(Documents documents, Post post, DeadLetter letter, string by, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var due = new DueMarkers(documents);
        DueMarker marker = post.Marker("dead", $"{letter.Queue}-{letter.Id}", now, new DeadLetterDue(letter.Queue, letter.Id));
        await due.PlaceAsync(marker, cancellationToken);
        DeadLetter? asked = await documents.UpdateAsync(
            letter.Key, DocumentJson.Default.DeadLetter, standing => standing is null ? null : Asked(standing, by, now), cancellationToken);
        await due.PlaceAsync(marker, cancellationToken);
        return asked is not null;
    }

    private static DeadLetter Asked(DeadLetter letter, string by, DateTimeOffset now) => letter with
    {
        Parked = false,
        ReturnAt = now,
        History = [.. letter.History, string.Create(CultureInfo.InvariantCulture, $"{now.UtcDateTime:yyyy-MM-dd HH:mm}Z return asked by {by}")],
    };
}
