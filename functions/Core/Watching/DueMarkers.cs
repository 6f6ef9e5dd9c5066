using System.Globalization;
using System.Text.Json.Serialization;

namespace Cki;

/// <summary>
/// <c>due/{yyyyMMddHHmm}/{kind}/{id}</c>: work that must be looked at, and when. The marker holds the message to send then. Watch sends it
/// with the marker's new key as attribute <c>due</c> and dates the marker further on, growing; the stage that finds the work done deletes it.
/// </summary>
/// <param name="Kind"><c>detect</c>, <c>run</c>, <c>retry</c>, <c>report</c>, <c>dead</c>: see the stages.</param>
/// <param name="Body">CloudEvents JSON text.</param>
/// <param name="Round">How often it came due.</param>
public sealed record DueMarker(string Kind, string Id, DateTimeOffset At, string Queue, string Group, string Body, int Round = 0, int V = 1)
{
    public const string Prefix = "due/";

    [JsonIgnore]
    public string Key => $"{Prefix}{Minute(At)}/{Kind}/{Uri.EscapeDataString(Id)}";

    /// <summary>Markers of a minute sort before those of a later one; list up to <c>due/{Minute(now)}/~</c>.</summary>
    public static string Minute(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture);

    /// <summary>1, 2, 4, ... minutes, at most 30: presence is not progress.</summary>
    public DueMarker Again(DateTimeOffset now) =>
        this with { Round = Round + 1, At = now + TimeSpan.FromMinutes(Math.Min(30, 1 << Math.Min(Round, 5))) };
}

/// <summary>Writes and removes markers (rule 1: due, intent, act, outcome, then the marker goes).</summary>
public sealed class DueMarkers(Documents documents)
{
    /// <summary>Returns the key to pass along as attribute <c>due</c>.</summary>
    public async Task<string> PlaceAsync(DueMarker marker, CancellationToken cancellationToken)
    {
        await documents.PutAsync(marker.Key, marker, DocumentJson.Default.DueMarker, cancellationToken);
        return marker.Key;
    }

    /// <summary>The work that <paramref name="message"/> asks for is done: its marker, if it names one, goes.</summary>
    public Task DoneAsync(ReceivedMessage message, CancellationToken cancellationToken) =>
        message.Attributes.TryGetValue(Post.DueAttribute, out string? key) && key.StartsWith(DueMarker.Prefix, StringComparison.Ordinal)
            ? documents.DeleteAsync(key, cancellationToken)
            : Task.CompletedTask;
}
