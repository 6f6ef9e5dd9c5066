using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Cki;

/// <summary>CloudEvents types between stages. A breaking change is a new type <c>....v2</c>; readers take N and N-1.</summary>
public static class MessageTypes
{
    public const string PushReceived = "cki.push.received";
    public const string PollRequested = "cki.poll.requested";
    public const string CommitDetected = "cki.commit.detected";
    public const string RunOverdue = "cki.run.overdue";
    public const string JobFinished = "cki.job.finished";
    public const string PipelineChanged = "cki.pipeline.changed";
    public const string PipelineAwaited = "cki.pipeline.awaited";
    public const string RunStarted = "cki.run.started";
    public const string RunSettled = "cki.run.settled";
    public const string DeliverReport = "cki.report.delivery";
    public const string NoticeRaised = "cki.notice.raised";
    public const string BoardIndex = "cki.board.index";
    public const string Tick = "cki.tick";
    public const string DeadLetterDue = "cki.deadletter.due";
}

/// <summary>A message between stages: its queue, type and shape belong to it.</summary>
public interface IStageMessage<TSelf>
    where TSelf : class, IStageMessage<TSelf>
{
    static abstract string TypeName { get; }

    static abstract string QueueName { get; }

    static abstract JsonTypeInfo<TSelf> Json { get; }

    /// <summary>CloudEvents subject: what it is about.</summary>
    string GetSubject();

    /// <summary>Message group: the GitLab project, tree or run that is served fairly.</summary>
    string GetGroup();
}

/// <summary>To <c>detect</c>: a branch or tag moved, by a webhook. A hint: the handler may re-read the truth.</summary>
/// <param name="Ref">Full ref: <c>refs/heads/...</c> or <c>refs/tags/...</c>.</param>
/// <param name="Before">Null when the ref was created.</param>
/// <param name="After">Null when the ref was deleted.</param>
/// <param name="Title">First line of the new head's message, where the payload has it.</param>
public sealed record PushReceived(string Delivery, ProjectRef Project, string Ref, CommitSha? Before, CommitSha? After, string? Title, int V = 1)
    : IStageMessage<PushReceived>
{
    public static string TypeName => MessageTypes.PushReceived;

    public static string QueueName => QueueNames.Detect;

    public static JsonTypeInfo<PushReceived> Json => MessageJson.Default.PushReceived;

    public string GetSubject() => Delivery;

    public string GetGroup() => Project.ToString();
}

/// <summary>To <c>detect</c>: look at all heads of a tree.</summary>
public sealed record PollRequested(TreeName Tree, string Why, int V = 1)
    : IStageMessage<PollRequested>
{
    public static string TypeName => MessageTypes.PollRequested;

    public static string QueueName => QueueNames.Detect;

    public static JsonTypeInfo<PollRequested> Json => MessageJson.Default.PollRequested;

    public string GetSubject() => Tree.Value;

    public string GetGroup() => Tree.Value;
}

/// <summary>To <c>trigger</c>: a run record waits for its pipeline. Sent again as long as presence is not progress.</summary>
public sealed record CommitDetected(RunId Run, int V = 1)
    : IStageMessage<CommitDetected>
{
    public static string TypeName => MessageTypes.CommitDetected;

    public static string QueueName => QueueNames.Trigger;

    public static JsonTypeInfo<CommitDetected> Json => MessageJson.Default.CommitDetected;

    public string GetSubject() => Run.Value;

    public string GetGroup() => Run.Value;
}

/// <summary>To <c>trigger</c>: look whether the flow of this attempt is alive.</summary>
public sealed record RunOverdue(RunId Run, int Attempt, int V = 1)
    : IStageMessage<RunOverdue>
{
    public static string TypeName => MessageTypes.RunOverdue;

    public static string QueueName => QueueNames.Trigger;

    public static JsonTypeInfo<RunOverdue> Json => MessageJson.Default.RunOverdue;

    public string GetSubject() => Run.Value;

    public string GetGroup() => Run.Value;
}

/// <summary>To <c>herd</c>: a job ended (webhook, or found undecided by check-pipeline).</summary>
public sealed record JobFinished(JobRef Job, long PipelineId, string Name, string Status, int V = 1)
    : IStageMessage<JobFinished>
{
    public static string TypeName => MessageTypes.JobFinished;

    public static string QueueName => QueueNames.Herd;

    public static JsonTypeInfo<JobFinished> Json => MessageJson.Default.JobFinished;

    public string GetSubject() => Job.ToString();

    public string GetGroup() => Job.Project.ToString();
}

/// <summary>To <c>herd</c>: a pipeline changed its status.</summary>
public sealed record PipelineChanged(PipelineRef Pipeline, string Status, int V = 1)
    : IStageMessage<PipelineChanged>
{
    public static string TypeName => MessageTypes.PipelineChanged;

    public static string QueueName => QueueNames.Herd;

    public static JsonTypeInfo<PipelineChanged> Json => MessageJson.Default.PipelineChanged;

    public string GetSubject() => Pipeline.ToString();

    public string GetGroup() => Pipeline.Project.ToString();
}

/// <summary>To <c>herd</c>, by the flow: signal this token once the pipeline has settled.</summary>
public sealed record PipelineAwaited(RunId Run, int Attempt, PipelineRef Pipeline, string TaskToken, int Loop, int V = 1)
    : IStageMessage<PipelineAwaited>
{
    public static string TypeName => MessageTypes.PipelineAwaited;

    public static string QueueName => QueueNames.Herd;

    public static JsonTypeInfo<PipelineAwaited> Json => MessageJson.Default.PipelineAwaited;

    public string GetSubject() => Run.Value;

    public string GetGroup() => Pipeline.Project.ToString();
}

/// <summary>To <c>report</c>, by the flow: a pipeline was started.</summary>
public sealed record RunStarted(RunId Run, int Attempt, int V = 1)
    : IStageMessage<RunStarted>
{
    public static string TypeName => MessageTypes.RunStarted;

    public static string QueueName => QueueNames.Report;

    public static JsonTypeInfo<RunStarted> Json => MessageJson.Default.RunStarted;

    public string GetSubject() => Run.Value;

    public string GetGroup() => Run.Value;
}

/// <summary>To <c>report</c>, by the flow: the attempt's result is in runs/{run}/pipeline.json.</summary>
public sealed record RunSettled(RunId Run, int Attempt, int V = 1)
    : IStageMessage<RunSettled>
{
    public static string TypeName => MessageTypes.RunSettled;

    public static string QueueName => QueueNames.Report;

    public static JsonTypeInfo<RunSettled> Json => MessageJson.Default.RunSettled;

    public string GetSubject() => Run.Value;

    public string GetGroup() => Run.Value;
}

/// <summary>To <c>report</c>: deliver one kind of report on one channel. Each channel has its own message.</summary>
/// <param name="Kind"><c>start</c> or <c>final</c> with the attempt: <c>final-1</c>.</param>
public sealed record DeliverReport(RunId Run, int Attempt, string Channel, string Kind, int V = 1)
    : IStageMessage<DeliverReport>
{
    public static string TypeName => MessageTypes.DeliverReport;

    public static string QueueName => QueueNames.Report;

    public static JsonTypeInfo<DeliverReport> Json => MessageJson.Default.DeliverReport;

    public string GetSubject() => Run.Value;

    public string GetGroup() => Channel;
}

/// <summary>To <c>report</c>: operators must know. One notice per key while it stands.</summary>
/// <param name="Key">Stable identity of the trouble, e.g. <c>config-refused</c>, <c>dead-letter-detect</c>.</param>
/// <param name="Title">One line: what, where.</param>
/// <param name="Text">What it means and what to do.</param>
/// <param name="Recovered">True for the notice that it is over.</param>
public sealed record NoticeRaised(string Key, string Title, string Text, bool Recovered = false, int V = 1)
    : IStageMessage<NoticeRaised>
{
    public static string TypeName => MessageTypes.NoticeRaised;

    public static string QueueName => QueueNames.Report;

    public static JsonTypeInfo<NoticeRaised> Json => MessageJson.Default.NoticeRaised;

    public string GetSubject() => Key;

    public string GetGroup() => "notices";
}

/// <summary>To <c>report</c>: rewrite the board's indexes (coalesced: one a minute at most).</summary>
public sealed record BoardIndex(int V = 1)
    : IStageMessage<BoardIndex>
{
    public static string TypeName => MessageTypes.BoardIndex;

    public static string QueueName => QueueNames.Report;

    public static JsonTypeInfo<BoardIndex> Json => MessageJson.Default.BoardIndex;

    public string GetSubject() => "board";

    public string GetGroup() => "board";
}

/// <summary>To <c>watch</c>: a minute went by.</summary>
public sealed record Tick(DateTimeOffset Now, int V = 1)
    : IStageMessage<Tick>
{
    public static string TypeName => MessageTypes.Tick;

    public static string QueueName => QueueNames.Watch;

    public static JsonTypeInfo<Tick> Json => MessageJson.Default.Tick;

    public string GetSubject() => "tick";

    public string GetGroup() => "tick";
}

/// <summary>To <c>watch</c>: a filed dead letter may circulate again.</summary>
public sealed record DeadLetterDue(string Queue, string Id, int V = 1)
    : IStageMessage<DeadLetterDue>
{
    public static string TypeName => MessageTypes.DeadLetterDue;

    public static string QueueName => QueueNames.Watch;

    public static JsonTypeInfo<DeadLetterDue> Json => MessageJson.Default.DeadLetterDue;

    public string GetSubject() => Id;

    public string GetGroup() => Queue;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PushReceived))]
[JsonSerializable(typeof(PollRequested))]
[JsonSerializable(typeof(CommitDetected))]
[JsonSerializable(typeof(RunOverdue))]
[JsonSerializable(typeof(JobFinished))]
[JsonSerializable(typeof(PipelineChanged))]
[JsonSerializable(typeof(PipelineAwaited))]
[JsonSerializable(typeof(RunStarted))]
[JsonSerializable(typeof(RunSettled))]
[JsonSerializable(typeof(DeliverReport))]
[JsonSerializable(typeof(NoticeRaised))]
[JsonSerializable(typeof(BoardIndex))]
[JsonSerializable(typeof(Tick))]
[JsonSerializable(typeof(DeadLetterDue))]
public sealed partial class MessageJson : JsonSerializerContext;
