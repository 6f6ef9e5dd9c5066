using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Cki;

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

/// <summary>To <c>report</c>, by JobHerding: a job of an attempt that still runs failed on strong evidence against the commit; its record tells which.</summary>
public sealed record EvidenceFound(RunId Run, int Attempt, int V = 1)
    : IStageMessage<EvidenceFound>
{
    public static string TypeName => MessageTypes.EvidenceFound;

    public static string QueueName => QueueNames.Report;

    public static JsonTypeInfo<EvidenceFound> Json => MessageJson.Default.EvidenceFound;

    public string GetSubject() => Run.Value;

    public string GetGroup() => Run.Value;
}

/// <summary>To <c>report</c>: a run's record has changed otherwise, so that the board shows it: detected, covered, skipped, waiting.</summary>
public sealed record RunChanged(RunId Run, int V = 1)
    : IStageMessage<RunChanged>
{
    /// <summary>The indexes take it up even where its page says what it said: they may be lost.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Anew { get; init; }

    public static string TypeName => MessageTypes.RunChanged;

    public static string QueueName => QueueNames.Report;

    public static JsonTypeInfo<RunChanged> Json => MessageJson.Default.RunChanged;

    public string GetSubject() => Run.Value;

    public string GetGroup() => Run.Value;
}

/// <summary>To <c>report</c>: deliver one kind of report on one channel. Each channel has its own message.</summary>
/// <param name="Kind">See <see cref="ReportKind"/>: <c>final-1</c>.</param>
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
    /// <summary>True: told once and never again, no reminder and no end.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Once { get; init; }

    /// <summary>True: nobody will say that it is over; it ends when it was not raised for <see cref="NoticeDecision.FadesAfter"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Fades { get; init; }

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

/// <summary>To <c>report</c>: hand a genuine delivery to one consumer (sources.yaml, <c>consumers</c>). Each consumer has its own message.</summary>
/// <param name="ArchiveKey">Where the delivery lies.</param>
public sealed record ForwardDelivery(string Consumer, string Delivery, string RoutingKey, string ArchiveKey, int V = 1)
    : IStageMessage<ForwardDelivery>
{
    /// <summary>Its like was received within the hour.</summary>
    public bool IsAgain { get; init; }

    /// <summary>The delivery itself, where the archive refused it; null: read it from the archive.</summary>
    public ArchivedDelivery? Carried { get; init; }

    public static string TypeName => MessageTypes.ForwardDelivery;

    public static string QueueName => QueueNames.Report;

    public static JsonTypeInfo<ForwardDelivery> Json => MessageJson.Default.ForwardDelivery;

    public string GetSubject() => Delivery;

    public string GetGroup() => $"consumer-{Consumer}";
}
