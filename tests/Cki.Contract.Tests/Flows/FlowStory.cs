using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Cki.Contract.Tests.Flows;

/// <summary>One execution as an interpreter told it and as the world saw it, in one form for both.</summary>
/// <param name="Lines">States entered and exited with their data, tries that failed with their error, the end.</param>
/// <param name="Calls">Payloads that the tasks got, in order.</param>
/// <param name="Messages">Queue and body of the messages sent, in order.</param>
internal sealed record FlowStory(FlowStatus Status, string? Error, IReadOnlyList<string> Lines, IReadOnlyList<string> Calls, IReadOnlyList<string> Messages)
{
    public IEnumerable<string> Entered => Lines.Where(line => line.StartsWith("entered ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]);

    public static string Line(string what, string state, string? data) => $"{what} {state} {Canonical(data)}".TrimEnd();

    /// <summary>Members in order, and without what differs from run to run: times and tokens.</summary>
    public static string Canonical(string? json) => json is null ? "" : Sorted(JsonNode.Parse(json))?.ToJsonString() ?? "null";

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject one => new JsonObject(one.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, member.Key switch
        {
            "time" => Known(member.Value, value => DateTimeOffset.TryParse(value, out _), "<time>"),
            "taskToken" => Known(member.Value, value => value.Length > 10, "<token>"),
            _ => Sorted(member.Value),
        }))),
        JsonArray many => new JsonArray([.. many.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    private static JsonNode Known(JsonNode? value, Func<string, bool> isSo, string name) =>
        value?.GetValueKind() == System.Text.Json.JsonValueKind.String && isSo((string)value!) ? name : $"not a {name}: {value?.ToJsonString()}";
}

/// <summary>Plays a path's world and writes down what it saw.</summary>
internal sealed class FlowWorld(FlowPath path)
{
    private readonly ConcurrentQueue<string> calls = new();
    private readonly ConcurrentQueue<string> messages = new();
    private readonly Dictionary<string, int> tries = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private int awaits;

    public FlowPath Path => path;

    public IReadOnlyList<string> Calls => [.. calls];

    /// <summary>Queue by queue: the order between them is not promised.</summary>
    public IReadOnlyList<string> Messages => [.. messages.OrderBy(message => message.Split(' ')[0], StringComparer.Ordinal)];

    /// <summary>An execution ends before its last message is received.</summary>
    public async Task SeenAllAsync(CancellationToken cancellationToken)
    {
        int sent = path.States.Split(' ').Count(state => state is "AnnounceStart" or "AwaitPipeline" or "Report");
        while (messages.Count < sent)
            await Task.Delay(50, cancellationToken);
    }

    public TaskReply Called(string task, JsonNode? input)
    {
        calls.Enqueue($"{task} {FlowStory.Canonical(input?.ToJsonString() ?? "null")}");
        lock (gate)
        {
            int tried = tries[task] = tries.GetValueOrDefault(task) + 1;
            TaskReply[] replies = path.Tasks.GetValueOrDefault(task) ?? throw new InvalidOperationException($"{path.Name} has no task {task}");
            return replies[Math.Min(tried, replies.Length) - 1];
        }
    }

    /// <summary>What to do about it, where it carries a token.</summary>
    public AwaitReply? Sent(string queue, string body)
    {
        messages.Enqueue($"{queue} {FlowStory.Canonical(body)}");
        if (JsonNode.Parse(body)!["data"]!["taskToken"] is null)
            return null;
        int nth = Interlocked.Increment(ref awaits) - 1;
        return nth < path.Awaits.Length ? path.Awaits[nth] : AwaitReply.Signal;
    }
}
