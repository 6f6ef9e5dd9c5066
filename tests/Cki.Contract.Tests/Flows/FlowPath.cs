using System.Text.Json.Nodes;

namespace Cki.Contract.Tests.Flows;

/// <summary>What a task does at one try.</summary>
internal abstract record TaskReply
{
    private TaskReply() { }

    public sealed record Answers(string Json) : TaskReply;

    public sealed record Fails(string Error, string Message) : TaskReply;

    /// <summary>The function did its work, and Lambda lost the answer.</summary>
    public sealed record AnswerLost : TaskReply;

    /// <summary>No answer within the task's time-out.</summary>
    public sealed record Hangs : TaskReply;
}

/// <summary>What happens to a flow that waits for a token.</summary>
internal enum AwaitReply
{
    Signal,
    Silence,
}

/// <summary>One path through a flow: what the world answers, and which way that leads.</summary>
/// <param name="Name">Execution name, and the run's id (or the job's name), by which tasks know whose they are.</param>
/// <param name="Flow">As rendered: see <see cref="FlowRendering"/>.</param>
internal sealed record FlowPath(string Name, string Flow, FlowStatus Status, string States)
{
    /// <summary>Replies by task name, in order; the last one goes on.</summary>
    public Dictionary<string, TaskReply[]> Tasks { get; init; } = [];

    /// <summary>By await, in order; signalled once they are used up.</summary>
    public AwaitReply[] Awaits { get; init; } = [];

    /// <summary>The error that the execution ended with.</summary>
    public string? Error { get; init; }

    /// <summary>A person stops it as soon as it has started.</summary>
    public bool IsAborted { get; init; }

    /// <summary>Seconds in a retry-job's Wait.</summary>
    public int DelaySeconds { get; init; } = 1;

    public string Input => Flow.StartsWith("retry-job", StringComparison.Ordinal)
        ? new JsonObject
        {
            ["host"] = "gitlab.test", ["project"] = "cki/kernel-pipelines", ["pipelineId"] = 17, ["jobId"] = 4711, ["name"] = Name, ["delaySeconds"] = DelaySeconds,
        }.ToJsonString()
        : new JsonObject { ["runId"] = Name, ["attempt"] = 1 }.ToJsonString();
}
