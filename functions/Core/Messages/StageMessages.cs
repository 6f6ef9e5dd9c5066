using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Cki;

/// <summary>CloudEvents types between stages. A breaking change is a new type <c>....v2</c>; readers take N and N-1.</summary>
public static class MessageTypes
{
    public const string PushReceived = "cki.push.received";
    public const string PollRequested = "cki.poll.requested";
    public const string PipelineSeen = "cki.pipeline.seen";
    public const string MergeRequestChanged = "cki.mergerequest.changed";
    public const string CommitDetected = "cki.commit.detected";
    public const string RunOverdue = "cki.run.overdue";
    public const string CancelRun = "cki.run.cancellation";
    public const string RetestRun = "cki.run.retest";
    public const string ReconsiderRun = "cki.run.reconsideration";
    public const string EvidenceFound = "cki.run.evidence";
    public const string JobFinished = "cki.job.finished";
    public const string PipelineChanged = "cki.pipeline.changed";
    public const string PipelineAwaited = "cki.pipeline.awaited";
    public const string RevisitRetries = "cki.retries.revisit";
    public const string RunStarted = "cki.run.started";
    public const string RunSettled = "cki.run.settled";
    public const string RunChanged = "cki.run.changed";
    public const string DeliverReport = "cki.report.delivery";
    public const string NoticeRaised = "cki.notice.raised";
    public const string BoardIndex = "cki.board.index";
    public const string ForwardDelivery = "cki.delivery.forward";
    public const string NoteSeen = "cki.note.seen";
    public const string RetryJob = "cki.job.retry";
    public const string OverruleJob = "cki.job.overrule";
    public const string KcidbStatusDue = "cki.kcidb.status";
    public const string Tick = "cki.tick";
    public const string RunnerLook = "cki.runner.look";
    public const string OutageLook = "cki.outage.look";
    public const string LearningDue = "cki.learning.due";
    public const string DeadLetterDue = "cki.deadletter.due";
    public const string LookAtHook = "cki.hook.look";
    public const string LookAtCheck = "cki.check.look";
    public const string HeartbeatReceived = "cki.heartbeat.received";
    public const string LookAtLetter = "cki.deadletter.look";
    public const string FlowDied = "cki.flow.died";
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

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PushReceived))]
[JsonSerializable(typeof(PollRequested))]
[JsonSerializable(typeof(PipelineSeen))]
[JsonSerializable(typeof(MergeRequestChanged))]
[JsonSerializable(typeof(RevisitRetries))]
[JsonSerializable(typeof(CommitDetected))]
[JsonSerializable(typeof(RunOverdue))]
[JsonSerializable(typeof(CancelRun))]
[JsonSerializable(typeof(RetestRun))]
[JsonSerializable(typeof(ReconsiderRun))]
[JsonSerializable(typeof(EvidenceFound))]
[JsonSerializable(typeof(JobFinished))]
[JsonSerializable(typeof(PipelineChanged))]
[JsonSerializable(typeof(PipelineAwaited))]
[JsonSerializable(typeof(RunStarted))]
[JsonSerializable(typeof(RunSettled))]
[JsonSerializable(typeof(RunChanged))]
[JsonSerializable(typeof(DeliverReport))]
[JsonSerializable(typeof(NoticeRaised))]
[JsonSerializable(typeof(BoardIndex))]
[JsonSerializable(typeof(ForwardDelivery))]
[JsonSerializable(typeof(Tick))]
[JsonSerializable(typeof(DeadLetterDue))]
[JsonSerializable(typeof(FlowDied))]
public sealed partial class MessageJson : JsonSerializerContext;
