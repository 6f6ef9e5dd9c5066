using System.Text.Json.Nodes;

namespace Cki;

/// <summary>Handles one message; returning means done, throwing means "give it back and try later".</summary>
public delegate Task MessageHandler(ReceivedMessage message, CancellationToken cancellationToken);

/// <summary>A flow's task: JSON in, JSON out. A <see cref="FlowTaskException"/> names the error that the flow's Retry and Catch match.</summary>
public delegate Task<JsonNode?> FlowTask(JsonNode? input, CancellationToken cancellationToken);

/// <summary>What one stage offers to whichever engine runs it.</summary>
/// <param name="Queues">By queue name.</param>
/// <param name="Tasks">By task name as in the flow files: <c>start-pipeline</c>, <c>check-pipeline</c>, <c>cancel-pipeline</c>, <c>retry-job</c>, ...</param>
public sealed record StageEndpoints(
    IReadOnlyDictionary<string, MessageHandler> Queues, IReadOnlyDictionary<string, FlowTask> Tasks);

/// <summary>A failure whose name is a contract with the flow files: <c>GitLab.Unavailable</c>, <c>GitLab.Refused</c>, <c>Store.Contended</c>.</summary>
public class FlowTaskException(string errorName, string message, Exception? inner = null) : Exception(message, inner)
{
    public string ErrorName { get; } = errorName;
}

/// <summary>The queues of the suite, by name.</summary>
public static class QueueNames
{
    public const string Detect = "detect";
    public const string Trigger = "trigger";
    public const string Herd = "herd";
    public const string Report = "report";
    public const string Watch = "watch";

    public static readonly IReadOnlyList<string> All = [Detect, Trigger, Herd, Report, Watch];
}

/// <summary>Error names that the flow files match on.</summary>
public static class ErrorNames
{
    public const string GitLabUnavailable = "GitLab.Unavailable";
    public const string GitLabRefused = "GitLab.Refused";

    /// <summary>An operator's switch holds the act.</summary>
    public const string Paused = "Cki.Paused";

    /// <summary>Another holds the lease or claim; try again.</summary>
    public const string Busy = "Cki.Busy";
}
