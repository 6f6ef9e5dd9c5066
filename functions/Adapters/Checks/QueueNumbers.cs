using System.Text.Json.Nodes;

namespace Cki.Adapters;

/// <summary>Depth and age of an SQS queue as CloudWatch counted them a few minutes ago: SQS itself tells no age.</summary>
public sealed class QueueNumbers(AwsSession session)
{
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(15);

    private readonly SignedJson _cloudWatch = new(session, JsonService.CloudWatch);

    /// <summary>Nothing counted (SQS stops counting queues that are idle for six hours) is an empty queue. Throws <see cref="QueueUnavailableException"/>.</summary>
    /// <param name="name">The queue's whole name.</param>
    public async Task<QueueSight> ReadAsync(string name, CancellationToken cancellationToken)
    {
        DateTimeOffset now = session.Clock.GetUtcNow();
        var body = new JsonObject
        {
            ["StartTime"] = (now - s_window).ToUnixTimeSeconds(),
            ["EndTime"] = now.ToUnixTimeSeconds(),
            ["MetricDataQueries"] = new JsonArray(Query("depth", "ApproximateNumberOfMessagesVisible", name), Query("age", "ApproximateAgeOfOldestMessage", name)),
        };
        return await _cloudWatch.CallAsync("GetMetricData", body, cancellationToken) switch
        {
            JsonAnswer.Good good => new QueueSight((long)(Newest(good.Body, "depth") ?? 0), Newest(good.Body, "age") is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : null),
            JsonAnswer.Refused refused => throw new QueueUnavailableException($"Queue {name}: CloudWatch answered {refused.Status} {refused.Error}: {refused.Message}"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static JsonNode Query(string id, string metric, string queue) => new JsonObject
    {
        ["Id"] = id,
        ["MetricStat"] = new JsonObject
        {
            ["Metric"] = new JsonObject
            {
                ["Namespace"] = "AWS/SQS", ["MetricName"] = metric,
                ["Dimensions"] = new JsonArray(new JsonObject { ["Name"] = "QueueName", ["Value"] = queue }),
            },
            ["Period"] = 60,
            ["Stat"] = "Maximum",
        },
    };

    /// <summary>Values come with the newest first.</summary>
    private static double? Newest(JsonObject body, string id)
    {
        JsonNode? result = (body["MetricDataResults"] as JsonArray ?? []).FirstOrDefault(r => (string?)r?["Id"] == id);
        return result?["Values"] is JsonArray { Count: > 0 } values ? values[0]!.GetValue<double>() : null;
    }
}
