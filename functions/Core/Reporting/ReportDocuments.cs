using System.Text.Json.Serialization;

namespace Cki;

[JsonConverter(typeof(JsonStringEnumConverter<DeliveryState>))]
public enum DeliveryState
{
    /// <summary>Being delivered; another may take over after <see cref="ReportDelivery.ClaimedUntil"/>.</summary>
    Claimed,
    Sent,

    /// <summary>Given up with a reason an operator was told.</summary>
    Parked,

    /// <summary>Not sent, since it would say nothing new; <see cref="ReportDelivery.LastError"/> says why.</summary>
    Omitted,
}

/// <summary><c>reported/{runId}/{channel}/{kind}</c>: claimed until T, then sent (with the peer's id) or parked.</summary>
public sealed record ReportDelivery(RunId Run, string Channel, string Kind, DeliveryState State)
{
    public DateTimeOffset? ClaimedUntil { get; init; }

    public DateTimeOffset? SentAt { get; init; }

    /// <summary>Message-ID, status id, webhook id.</summary>
    public string? PeerId { get; init; }

    /// <summary>Tries so far.</summary>
    public int Tries { get; init; }

    /// <summary>
    /// A try is on its way, or one went without an answer: the peer may have the report already (rule 10). Set with every claim, taken back only
    /// when the peer said no.
    /// </summary>
    public bool MayHaveArrived { get; init; }

    public string? LastError { get; init; }

    /// <summary>What the report said, for those that follow it; null for a start, and from earlier releases.</summary>
    public ToldPicture? Told { get; init; }

    /// <summary>Sent, parked or omitted: nothing is left to do.</summary>
    [JsonIgnore]
    public bool HasEnded => State is DeliveryState.Sent or DeliveryState.Parked or DeliveryState.Omitted;

    /// <summary>What to know although it was sent: who did not get it, and why. Null: nothing.</summary>
    public string? Note { get; init; }

    /// <summary>Marks of a mail's recipients, for what follows it; never addresses: the board shows this record.</summary>
    public IReadOnlyList<string>? Readers { get; init; }

    public int V { get; init; } = 1;

    public static string KeyOf(RunId run, string channel, string kind) => $"{Prefix(run)}{channel}/{kind}";

    /// <summary>All deliveries about one run.</summary>
    public static string Prefix(RunId run) => $"reported/{run}/";
}

/// <summary><c>runs/{runId}/report.json</c>, owned by Reporting: which channels were wanted, and when all were served.</summary>
public sealed record RunReport(RunId Run, int Attempt, IReadOnlyList<string> Wanted)
{
    public DateTimeOffset? ClosedAt { get; init; }

    public int V { get; init; } = 1;
}

/// <summary><c>notices/{key}.json</c>, owned by Reporting: one notice while trouble stands, one when it ends, a reminder daily.</summary>
/// <param name="Since">When the trouble was first raised; with the key it names the trouble.</param>
/// <param name="LastSentAt">When operators were last told.</param>
/// <param name="EndedAt">Null while it stands.</param>
/// <param name="Count">How often it was raised since <paramref name="Since"/>.</param>
public sealed record NoticeState(string Key, string Title, DateTimeOffset Since, DateTimeOffset LastSentAt, DateTimeOffset? EndedAt, int Count, int V = 1)
{
    public const string Prefix = "notices/";

    /// <summary>What it means and what to do.</summary>
    public string Text { get; init; } = "";

    /// <summary>Decided, not yet handed to the channels: a crash in between is made good by the next look at this object.</summary>
    public IReadOnlyList<NoticeToSend> ToSend { get; init; } = [];

    /// <summary>The words of its end, not told yet: first it must stay away. Null while it stands, and after its end was told.</summary>
    public NoticeToSend? QuietEnd { get; init; }

    /// <summary>When it began, within the last hour, oldest first.</summary>
    public IReadOnlyList<DateTimeOffset> Begun { get; init; } = [];

    /// <summary>When it was raised last, where that is all that tells of its end; else null.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    /// <summary>It stands for operators: it has not ended, or its end is not told yet.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsStanding => EndedAt is null || QuietEnd is not null;

    /// <summary>It comes and goes: nothing more is told until it has stayed away for long, but for the daily reminder.</summary>
    public bool IsFlapping { get; init; }

    public static string KeyOf(string key) => $"{Prefix}{Uri.EscapeDataString(key)}.json";
}

/// <summary>One word to operators about a trouble.</summary>
/// <param name="Kind"><c>start</c>, <c>reminder-1</c>, <c>flapping</c>, <c>end</c>: unique within the trouble.</param>
public sealed record NoticeToSend(string Kind, string Title, string Text);
