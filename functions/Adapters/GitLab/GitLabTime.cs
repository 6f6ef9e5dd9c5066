using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cki.Adapters;

/// <summary>GitLab writes times in two shapes: ISO 8601, and <c>2016-08-12 15:23:28 UTC</c> (webhooks).</summary>
public static class GitLabTime
{
    private static readonly string[] Shapes = ["yyyy-MM-dd HH:mm:ss 'UTC'", "yyyy-MM-dd HH:mm:ss zzz", "yyyy-MM-dd HH:mm:ss zz00"];

    public static bool TryParse(string? text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, Shapes, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time)
        || DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
}

internal sealed class GitLabTimeJson : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && GitLabTime.TryParse(reader.GetString(), out DateTimeOffset time)
            ? time
            : throw new JsonException("not a time in either of GitLab's shapes");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
