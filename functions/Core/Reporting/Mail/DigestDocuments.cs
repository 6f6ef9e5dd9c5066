using System.Globalization;

namespace Cki;

/// <summary>
/// <c>digests/{channel}/in/{run}.{kind}.json</c>, owned by Reporting: a report that waits for its channel's next digest. All of a channel lie in one
/// place, not by period: what comes while a digest is made is there for the next one.
/// </summary>
/// <param name="NotFor">Recipients who muted it, as bare addresses; whoever else the channel has when the digest is made gets it.</param>
public sealed record DigestEntry(RunId Run, string Kind, string Subject, string Text, DateTimeOffset GatheredAt, IReadOnlyList<string> NotFor)
{
    /// <summary>The run's page or pipeline; null for none.</summary>
    public string? Url { get; init; }

    /// <summary>What a mute is compared with when the digest is made; null in entries of earlier releases.</summary>
    public TreeName? Tree { get; init; }

    /// <summary>Names of the jobs that fail for the commit's sake.</summary>
    public IReadOnlyList<string> Failing { get => field ?? []; init; } = [];

    public int V { get; init; } = 1;

    public static string Prefix(string channel) => $"digests/{channel}/in/";

    public static string KeyOf(string channel, RunId run, string kind) => $"{Prefix(channel)}{run}.{kind}.json";
}

/// <summary><c>digests/{channel}/out/{period}.json</c>: what one digest holds, fixed before it is sent, so that a copy is the same mail.</summary>
/// <param name="Keys">Of its entries, in order; they are deleted when the digest is sent.</param>
public sealed record DigestState(string Channel, string Period, IReadOnlyList<string> Keys)
{
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>Who muted what between its gathering and the digest: fixed as well. Null: nobody.</summary>
    public IReadOnlyList<DigestSpared>? Spared { get; init; }

    public int V { get; init; } = 1;

    public static string KeyOf(string channel, string period) => $"digests/{channel}/out/{period}.json";

    /// <summary>Stands for the run in the digest's deliveries.</summary>
    public RunId Subject => ReportIds.OfNotice($"digest/{Channel}", DigestPeriod.EndOf(Period));
}

/// <summary>A recipient who is spared an entry.</summary>
/// <param name="Address">Bare.</param>
public sealed record DigestSpared(string Key, string Address);

/// <summary>The time between two digests, named by its end in UTC: <c>2026112207</c>.</summary>
public static class DigestPeriod
{
    private const string Form = "yyyyMMddHH";

    /// <summary>The period in which <paramref name="at"/> lies. An end belongs to the next one.</summary>
    /// <param name="hour">Of the day at which a daily one ends.</param>
    public static string Of(MailDigest digest, int hour, DateTimeOffset at)
    {
        DateTime utc = at.UtcDateTime;
        DateTime end = digest == MailDigest.Hourly ? utc.Date.AddHours(utc.Hour + 1) : utc.Date.AddHours(hour);
        if (end <= utc)
            end = end.AddDays(1);
        return end.ToString(Form, CultureInfo.InvariantCulture);
    }

    /// <exception cref="FormatException">It is no period.</exception>
    public static DateTimeOffset EndOf(string period) =>
        DateTimeOffset.ParseExact(period, Form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
