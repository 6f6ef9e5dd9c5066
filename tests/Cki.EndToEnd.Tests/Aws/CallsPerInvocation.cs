using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Cki.EndToEnd.Tests.Aws;

/// <summary>
/// What one invocation asked of AWS, by what it was for. Of each kind the cheapest of the story counts: the uncontended one, or a message that came twice and
/// found its work done, which is cheaper still; so no number has a least. A change that adds a call to a kind changes its number here.
/// </summary>
internal sealed class CallsPerInvocation
{
    /// <summary>Calls to AWS, without Lambda's own receiving and deleting, and without a process's upkeep. Single records only: a batch's calls do not tell whose they are.</summary>
    public static readonly IReadOnlyDictionary<string, int> Expected = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["delivery"] = 1,
        ["message cki.commit.detected"] = 6,
        ["message cki.push.received"] = 8,
        ["message cki.tick"] = 7,
        ["task start-pipeline"] = 14,
    };

    /// <summary>
    /// Kinds whose way depends on what came before (a page that is there, a job that is decided), with at least a third to spare: the cheapest of the few that
    /// a story has is at most this. What a whole run asks for is fixed in the simulation (CallsPerRunTests).
    /// </summary>
    public static readonly IReadOnlyDictionary<string, int> AtMost = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["message cki.board.index"] = 120,
        ["message cki.hook.look"] = 4,
        ["message cki.job.finished"] = 36,
        ["message cki.outage.look"] = 10,
        ["message cki.pipeline.awaited"] = 14,
        ["message cki.pipeline.changed"] = 36,
        ["message cki.poll.requested"] = 12,
        ["message cki.report.delivery"] = 44,
        ["message cki.run.changed"] = 24,
        ["message cki.run.evidence"] = 60,
        ["message cki.run.settled"] = 48,
        ["message cki.run.started"] = 32,
        ["task check-pipeline"] = 16,
        ["task retry-job"] = 40,
    };

    private readonly ConcurrentDictionary<string, int> least = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, int> Least => least;

    /// <summary>Kinds that asked for more than is expected, as <c>["kind"] = measured</c>.</summary>
    public IEnumerable<string> Unexpected() =>
        from kind in least.Keys.Union(Expected.Keys).Order(StringComparer.Ordinal)
        let measured = least.GetValueOrDefault(kind)
        where AtMost.TryGetValue(kind, out int most) ? measured > most : measured > Expected.GetValueOrDefault(kind)
        select $"[\"{kind}\"] = {measured},";

    public void Note(string json, int calls)
    {
        if (KindOf(JsonNode.Parse(json)!) is { } kind)
            least.AddOrUpdate(kind, calls, (_, known) => Math.Min(known, calls));
    }

    /// <summary><c>task start-pipeline</c>, <c>message cki.commit.detected</c>, <c>delivery</c>; null for batches of several.</summary>
    private static string? KindOf(JsonNode invocation)
    {
        if (invocation["task"] is { } task)
            return $"task {task}";
        if (invocation["Records"] is not JsonArray records)
            return "delivery";
        return records.Count == 1 ? $"message {JsonNode.Parse((string)records[0]!["body"]!)!["type"]}" : null;
    }
}
