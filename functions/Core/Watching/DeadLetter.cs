using System.Text.Json.Serialization;

namespace Cki;

/// <summary><c>dead/{queue}/{id}.json</c>: a message that exhausted its receives, filed with its history. Never expires.</summary>
/// <param name="Queue">The queue it came from and goes back to.</param>
/// <param name="Rounds">How often it was returned; parked after 10.</param>
/// <param name="History">One line per round: when, and the last error where known.</param>
public sealed record DeadLetter(
    string Queue, string Id, string Body, string Group, IReadOnlyDictionary<string, string> Attributes, DateTimeOffset FirstSent, DateTimeOffset FiledAt)
{
    public int Rounds { get; init; }

    public DateTimeOffset? ReturnAt { get; init; }

    public bool Parked { get; init; }

    public IReadOnlyList<string> History { get; init; } = [];

    public int V { get; init; } = 1;

    [JsonIgnore]
    public string Key => KeyOf(Queue, Id);

    public static string KeyOf(string queue, string id) => $"dead/{queue}/{Uri.EscapeDataString(id)}.json";
}
