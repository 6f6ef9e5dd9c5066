using System.Text.Json.Serialization;

namespace Cki;

/// <summary><c>watch/letters/{queue}/{id}.json</c>, owned by Watch: operators were told of this dead letter and not yet that it is over.</summary>
public sealed record LetterNotice(string Queue, string Id, int V = 1)
{
    /// <summary>Told that it is parked.</summary>
    public bool IsParked { get; init; }

    /// <summary>It went back to its queue; null: it is filed, or was dropped.</summary>
    public DateTimeOffset? ReturnedAt { get; init; }

    public const string Prefix = "watch/letters/";

    /// <summary>A returned letter that does not come back for so long was handled: its ten receives rest 3 hours and 4 minutes in all (<see cref="GiveBack"/>).</summary>
    public static readonly TimeSpan HandledAfter = TimeSpan.FromHours(4);

    public static string KeyOf(string queue, string id) => $"{Prefix}{queue}/{Uri.EscapeDataString(id)}.json";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = false)]
[JsonSerializable(typeof(LetterNotice))]
public sealed partial class LetterJson : JsonSerializerContext;
