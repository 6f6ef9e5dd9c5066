using System.Text.Json.Serialization;

namespace Cki;

/// <summary>What is known when an order is looked at.</summary>
/// <param name="Run">The newest run of the merge request that is under test or was; null: none.</param>
/// <param name="Jobs">Records of the latest attempt's pipelines.</param>
/// <param name="AccessLevel">Of whoever gave the order, in the merge request's project.</param>
public sealed record OverrideFacts(TreeConfig Tree, RunDetection? Run, RunPipeline? Pipeline, IReadOnlyList<JobRecord> Jobs, int AccessLevel);

/// <summary>Who ordered what, where.</summary>
/// <param name="By">GitLab user name.</param>
public sealed record OverrideOrder(MergeRequestRef Request, long Note, string By, OverrideCommand Command, DateTimeOffset At);

/// <summary>What follows on an order, decided once and then only carried out: messages, each of which may be sent again.</summary>
/// <param name="Answer">Markdown, one paragraph.</param>
public sealed record OverridePlan(string Answer)
{
    /// <summary>Nothing is done; <see cref="Answer"/> says why.</summary>
    public bool IsRefused { get; init; }

    public RetestRun? Retest { get; init; }

    public CancelRun? Stop { get; init; }

    public IReadOnlyList<RetryJob> Retries { get; init; } = [];

    public IReadOnlyList<OverruleJob> Overrules { get; init; } = [];

    public Mute? Mute { get; init; }
}

/// <summary>An order and what follows on it.</summary>
/// <param name="Verb">As in <see cref="OverrideCommand.Verb"/>.</param>
public sealed record PlannedOrder(string Verb, OverridePlan Plan);

/// <summary>
/// <c>overrides/{host}/{project}/{iid}/{note}.json</c>, owned by Reporting: the orders of one note, what was decided on each, and how far that is. They are
/// decided on once, however often the webhook comes and however the note is edited later.
/// </summary>
/// <param name="Verb">Of the first order, as in <see cref="OverrideCommand.Verb"/>.</param>
/// <param name="Plan">What follows on it.</param>
public sealed record OverrideRecord(MergeRequestRef Request, long Note, string By, string Verb, OverridePlan Plan, DateTimeOffset At)
{
    /// <summary>The note's further orders, in its order. Null: none.</summary>
    public IReadOnlyList<PlannedOrder>? More { get; init; }

    /// <summary>The thread that the note stands in, where the answer goes. Null: not known.</summary>
    public string? Discussion { get; init; }

    [JsonIgnore]
    public IReadOnlyList<PlannedOrder> Orders => [new PlannedOrder(Verb, Plan), .. More ?? []];

    public RunId? Run { get; init; }

    public TreeName? Tree { get; init; }

    /// <summary>False: too many refusals were answered within the hour.</summary>
    public bool IsAnswered { get; init; } = true;

    /// <summary>All messages are sent.</summary>
    public DateTimeOffset? ActedAt { get; init; }

    /// <summary>The answer stands, or was refused for good.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    public int V { get; init; } = 1;

    public static string KeyOf(MergeRequestRef request, long note) =>
        $"overrides/{request.Project.Host}/{request.Project.Path.Replace("/", "%2F")}/{request.Iid}/{note}.json";
}

/// <summary><c>overrides/refused/{host}/{user}/{yyyyMMddHH}.json</c>: refusals that were answered to one user within an hour.</summary>
public sealed record OverrideRefusals(IReadOnlyList<long> Notes, int V = 1)
{
    /// <summary>More are recorded, but not answered: two bots must not talk to each other for ever.</summary>
    public const int AnswersMax = 5;

    public static string KeyOf(string host, long user, DateTimeOffset at) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"overrides/refused/{host}/{user}/{at.UtcDateTime:yyyyMMddHH}.json");
}
