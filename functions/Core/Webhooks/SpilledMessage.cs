using System.Text.Json.Serialization;

namespace Cki;

/// <summary>
/// <c>spill/{queue}/{id}.json</c>: a message that its queue refused. Watch sends it at its next tick. Never expires.
/// </summary>
/// <param name="Id">Source and delivery: the same delivery spills once.</param>
public sealed record SpilledMessage(string Queue, string Id, string Body, string Group, DateTimeOffset SpilledAt, int V = 1)
{
    public const string Prefix = "spill/";

    [JsonIgnore]
    public string Key => $"{Prefix}{Queue}/{Id}.json";
}
