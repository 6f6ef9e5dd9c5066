using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cki.Adapters;

namespace Cki.Tool.Telemetry;

/// <summary>Reads the log group of a stack. Metrics that lie among the lines are left out.</summary>
internal sealed class StackLogReading(LogEvents events, TimeProvider clock)
{
    /// <summary>Where nobody says since when: a group may hold a month of a busy installation.</summary>
    private static readonly TimeSpan s_sinceDefault = TimeSpan.FromHours(24);

    private static readonly TimeSpan s_glance = TimeSpan.FromSeconds(2);

    /// <summary>CloudWatch shows events a little late and out of order: the same stretch is read again, and what was shown is not shown again.</summary>
    private static readonly TimeSpan s_lateness = TimeSpan.FromSeconds(30);

    private static readonly string[] s_ids = ["correlation_id", "run_id", "tree", "sha", "pipeline", "job", "delivery", "announced_by"];

    public async IAsyncEnumerable<HumanLine> ReadAsync(LogQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DateTimeOffset from = query.Since ?? clock.GetUtcNow() - s_sinceDefault;
        var shown = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        while (true)
        {
            DateTimeOffset asked = clock.GetUtcNow();
            await foreach (LogEvent happened in events.ReadAsync(from, query.Phrase, cancellationToken))
            {
                if (shown.TryAdd(happened.Id, happened.Time) && Line(happened) is { } line && query.Wants(line))
                    yield return line;
            }
            if (!query.IsFollowing)
                yield break;
            from = asked - s_lateness > from ? asked - s_lateness : from;
            foreach (string old in shown.Where(s => s.Value < from).Select(s => s.Key).ToArray())
                shown.Remove(old);
            await Task.Delay(s_glance, clock, cancellationToken);
        }
    }

    /// <summary>Null for metrics.</summary>
    internal static HumanLine? Line(LogEvent happened)
    {
        if (Json(happened.Message) is not { } json || json["message"] is not JsonValue message)
            return IsMetrics(happened.Message) ? null : new HumanLine(happened.Time, "INFO", "aws", happened.Message.TrimEnd(), []);
        var fields = new List<KeyValuePair<string, string>>();
        foreach (string id in s_ids)
        {
            if (json[id]?.ToString() is { Length: > 0 } value)
                fields.Add(new(id, value));
        }
        if (json["exception"] is JsonObject exception)
            fields.Add(new("exception", $"{exception["type"]}: {exception["message"]}\n{exception["stack_trace"]}"));
        return new HumanLine(happened.Time, Level((string?)json["level"]), (string?)json["name"] ?? "aws", message.ToString(), fields);
    }

    private static bool IsMetrics(string message) => message.StartsWith("{\"_aws\"", StringComparison.Ordinal);

    private static string Level(string? word) =>
        Enum.TryParse(word, out Microsoft.Extensions.Logging.LogLevel level) ? HumanLine.Word(level) : word?.ToUpperInvariant() ?? "INFO";

    private static JsonObject? Json(string message)
    {
        try
        {
            return message.StartsWith('{') ? JsonNode.Parse(message) as JsonObject : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
