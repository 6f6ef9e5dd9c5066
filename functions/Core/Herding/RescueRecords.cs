using System.Globalization;
using System.Text.Json.Serialization;

namespace Cki;

/// <summary>How a retry of ours ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RescueEnd>))]
public enum RescueEnd
{
    /// <summary>The successor passed.</summary>
    Rescued,

    /// <summary>The same matcher again.</summary>
    SameAgain,

    /// <summary>Trouble of another kind, or unexplained.</summary>
    OtherTrouble,

    /// <summary>The successor showed a failure of the commit itself: coverage was completed, nothing was forgiven.</summary>
    RealFailure,

    /// <summary>Cancelled or skipped: says nothing.</summary>
    Unfinished,
}

/// <summary><c>rescues/{matcher}/events/{yyyyMMdd}/{host}-{job}.json</c>: one retry of ours that has ended. Written once, by its successor's id.</summary>
/// <param name="Matcher">The matcher or rule that asked for the retry.</param>
/// <param name="Architecture">As the job's name tells it, else <see cref="Architectures.None"/>.</param>
/// <param name="JobId">The failed attempt.</param>
/// <param name="NewJobId">Its successor.</param>
/// <param name="Delay">The delay that was decided, without what an outage or a budget added.</param>
/// <param name="MachineSeconds">How long the successor ran.</param>
/// <param name="EndedAt">When the successor ended, by GitLab's clock.</param>
public sealed record RescueEvent(
    string Matcher, string? Class, PipelineRef Pipeline, string JobName, string Architecture, long JobId, long NewJobId, TimeSpan Delay, RescueEnd End,
    double MachineSeconds, DateTimeOffset EndedAt, int V = 1)
{
    public const string Prefix = "rescues/";

    /// <summary>Decided, waited or ended while its class was in outage: says nothing about the matcher.</summary>
    public bool InOutage { get; init; }

    [JsonIgnore]
    public string Key => string.Create(
        CultureInfo.InvariantCulture, $"{EventsOf(Matcher)}{RescueDay.Text(EndedAt)}/{Uri.EscapeDataString(Pipeline.Project.Host)}-{NewJobId}.json");

    /// <summary>All events of a matcher, by day.</summary>
    public static string EventsOf(string matcher) => $"{Prefix}{Uri.EscapeDataString(matcher)}/events/";
}

/// <summary>What a matcher's retries of one delay and architecture came to.</summary>
/// <param name="Counted">Retries that say something: neither in an outage nor unfinished.</param>
/// <param name="SetAside">The others.</param>
/// <param name="MachineSeconds">What the counted ones cost.</param>
public sealed record RescueRow(
    string Matcher, TimeSpan Delay, string Architecture, int Counted, int Rescued, int SameAgain, int OtherTrouble, int RealFailure, int SetAside, double MachineSeconds);

/// <summary><c>rescues/{matcher}/days/{yyyyMMdd}.json</c>: the events of one day, folded. Folding again writes the same.</summary>
/// <param name="Day">yyyyMMdd, UTC.</param>
public sealed record RescueDay(string Matcher, string Day, IReadOnlyList<RescueRow> Rows, int V = 1)
{
    [JsonIgnore]
    public string Key => $"{DaysOf(Matcher)}{Day}.json";

    public static string DaysOf(string matcher) => $"{RescueEvent.Prefix}{Uri.EscapeDataString(matcher)}/days/";

    /// <summary>Of a key.</summary>
    public static string DayOf(string key) => Path.GetFileNameWithoutExtension(key);

    public static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
}
