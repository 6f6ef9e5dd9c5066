using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Cki.Adapters;

/// <summary>One event of a log group.</summary>
/// <param name="Id">Unique within the group.</param>
public sealed record LogEvent(string Id, DateTimeOffset Time, string Message);

/// <summary>Reads a CloudWatch log group: FilterLogEvents, page by page, oldest first.</summary>
public sealed class LogEvents(AwsSession session, string logGroup)
{
    private readonly SignedJson _api = new(session, JsonService.Logs);

    /// <summary>Throws <see cref="AwsUnavailableException"/> when it cannot be read, also for want of rights.</summary>
    /// <param name="phrase">Only events that contain it; null: all.</param>
    public async IAsyncEnumerable<LogEvent> ReadAsync(DateTimeOffset from, string? phrase, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            var body = new JsonObject { ["logGroupName"] = logGroup, ["startTime"] = from.ToUnixTimeMilliseconds() };
            if (phrase is not null)
                body["filterPattern"] = $"\"{phrase.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
            if (next is not null)
                body["nextToken"] = next;
            JsonObject page = await _api.CallAsync("FilterLogEvents", body, cancellationToken) switch
            {
                JsonAnswer.Good good => good.Body,
                JsonAnswer.Refused refused => throw new AwsUnavailableException($"FilterLogEvents of {logGroup}: {refused.Error}: {refused.Message}", isAnswered: true),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
            foreach (JsonNode? happened in page["events"] as JsonArray ?? [])
                yield return new LogEvent((string)happened!["eventId"]!, DateTimeOffset.FromUnixTimeMilliseconds((long)happened["timestamp"]!), (string)happened["message"]!);
            // A page may be empty and yet not the last.
            next = (string?)page["nextToken"];
        }
        while (next is not null);
    }
}
