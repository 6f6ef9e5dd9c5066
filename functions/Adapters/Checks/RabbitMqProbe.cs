using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Cki.Adapters;

/// <summary>A broker by its management API: alarms of its nodes, then one queue.</summary>
internal sealed class RabbitMqProbe(Fetching fetching)
{
    private static readonly string[] s_alarms = ["disk_free_alarm", "mem_alarm"];

    public async Task<CheckSight> LookAsync(CheckConfig check, string? memory, CancellationToken cancellationToken)
    {
        var target = (CheckTarget.RabbitMq)check.Target;
        AuthenticationHeaderValue who = await fetching.BasicAsync(target.UserSecret, target.PasswordSecret, cancellationToken);
        (JsonNode? nodes, string? trouble) = await AskAsync(target, "nodes", who, cancellationToken);
        trouble ??= Alarms(nodes);
        if (trouble is not null)
            return CheckSight.Down(trouble);
        if (target.Queue is null)
            return CheckSight.Up($"{ReportWords.Count((nodes as JsonArray)?.Count ?? 0, "node", "nodes")}, no alarm");
        (JsonNode? queue, trouble) = await AskAsync(
            target, $"queues/{Uri.EscapeDataString(target.Vhost)}/{Uri.EscapeDataString(target.Queue)}", who, cancellationToken);
        return trouble is null ? Judged(target, queue) : CheckSight.Down(trouble);
    }

    private static CheckSight Judged(CheckTarget.RabbitMq target, JsonNode? queue)
    {
        // A queue that was declared a moment ago has no numbers yet.
        (long ready, long unacked, long consumers) = (Number(queue, "messages_ready"), Number(queue, "messages_unacknowledged"), Number(queue, "consumers"));
        string said = $"{ready} ready, {unacked} unacked, {ReportWords.Count((int)consumers, "consumer", "consumers")}";
        CheckSight sight = consumers < target.ConsumersLeast
            ? CheckSight.Down($"{said}; at least {target.ConsumersLeast} should take from it")
            : ready > target.ReadyMost || unacked > target.UnackedMost
                ? CheckSight.Degraded($"{said}; the limits are {Limit(target.ReadyMost)} ready and {Limit(target.UnackedMost)} unacked")
                : CheckSight.Up(said);
        return sight with { Value = ready, Unit = "messages" };
    }

    private async Task<(JsonNode? Body, string? Trouble)> AskAsync(
        CheckTarget.RabbitMq target, string path, AuthenticationHeaderValue who, CancellationToken cancellationToken)
    {
        Fetched got = await fetching.GetAsync(new Uri($"{target.Url.AbsoluteUri.TrimEnd('/')}/api/{path}"), who, cancellationToken);
        return got.Status switch
        {
            404 => (null, $"the broker knows no {(path == "nodes" ? "nodes: is this its management API?" : $"queue {target.Queue} in {target.Vhost}")}"),
            401 or 403 => (null, $"the broker refuses our user ({got.Status})"),
            _ => got.IsSuccess ? (WebProbes.Parsed(got.Body), null) : (null, got.Said),
        };
    }

    private static string? Alarms(JsonNode? nodes)
    {
        string[] found =
        [
            .. (nodes as JsonArray ?? []).OfType<JsonObject>().SelectMany(
                node => s_alarms.Where(alarm => IsTrue(node[alarm])).Prepend(node["running"] is { } running && !IsTrue(running) ? "not running" : "")
                    .Where(what => what.Length > 0).Select(what => $"{node["name"]}: {what}")),
        ];
        return found.Length == 0 ? null : string.Join(", ", found);
    }

    private static bool IsTrue(JsonNode? node) => node is JsonValue value && value.TryGetValue(out bool is_) && is_;

    private static long Number(JsonNode? node, string field) => node?[field] is JsonValue value && value.TryGetValue(out long number) ? number : 0;

    private static string Limit(long? most) => most?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "any";
}
