using System.Globalization;
using System.Text.Json.Serialization;

namespace Cki;

/// <summary>What of a day's runs under test counts for the service levels beside their verdicts. Zeros are left out of the JSON: most days have nothing else.</summary>
public sealed record BoardMissed
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int DetectionUnknown { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Detection { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Pipeline { get; init; }

    /// <summary>Superseded, canceled or vanished.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Over { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Verdict { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Report { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Blame { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Configuration { get; init; }

    /// <summary>Null: nothing but zeros.</summary>
    public static BoardMissed? Of(IReadOnlyList<BoardEntry> tested)
    {
        int Of(LevelsMissed level) => tested.Count(r => r.Missed.HasFlag(level));
        var counted = new BoardMissed
        {
            DetectionUnknown = Of(LevelsMissed.DetectionUnknown),
            Detection = Of(LevelsMissed.Detection),
            Pipeline = Of(LevelsMissed.Pipeline),
            Over = tested.Count(r => r.Verdict is { } verdict && !ServiceLevels.IsJudged(verdict)),
            Verdict = Of(LevelsMissed.Verdict),
            Report = Of(LevelsMissed.Report),
            Blame = Of(LevelsMissed.Blame),
            Configuration = tested.Count(r => r.Verdict == Cki.Verdict.Configuration),
        };
        return counted == new BoardMissed() ? null : counted;
    }
}

[JsonConverter(typeof(JsonStringEnumConverter<LevelState>))]
public enum LevelState
{
    /// <summary>Nothing to measure it by.</summary>
    NoRuns,
    Kept,
    Missed,
}

/// <param name="Of">Runs that count for the level.</param>
/// <param name="Missed">Those of them that missed it.</param>
public sealed record LevelShare(int Of, int Missed, LevelState State);

/// <summary>A service level on the front page.</summary>
/// <param name="Name"><c>detection</c>, <c>pipeline</c>, <c>verdict</c>, <c>report</c>, <c>false-blame</c>, <c>unexplained</c>.</param>
/// <param name="MissedMost">Share of runs that may miss it and the level is kept.</param>
public sealed record BoardLevel(string Name, double MissedMost, LevelShare Days7, LevelShare Days28);

/// <summary>How the service levels were kept by the runs of the last weeks, of all trees, by the day of their detection.</summary>
/// <param name="Since">First day of what is counted: 28 days, or what there is of them.</param>
/// <param name="Until">The day of the look; in UTC, as all days.</param>
public sealed record BoardLevels(string Since, string Until, IReadOnlyList<BoardLevel> Levels)
{
    private const int Week = 7;
    private const int Month = 28;

    public static BoardLevels Of(IReadOnlyList<BoardDayCount> days, DateOnly today)
    {
        BoardDayCount[] Last(int many) => [.. days.Where(d => string.CompareOrdinal(d.Day, Text(today.AddDays(1 - many))) >= 0 && string.CompareOrdinal(d.Day, Text(today)) <= 0)];
        (BoardDayCount[] week, BoardDayCount[] month) = (Last(Week), Last(Month));
        BoardLevel Level(string name, double missedMost, Func<BoardDayCount, (int Of, int Missed)> count) =>
            new(name, missedMost, Share(week, missedMost, count), Share(month, missedMost, count));
        return new BoardLevels(
            month.Select(d => d.Day).Min(StringComparer.Ordinal) ?? Text(today),
            Text(today),
            [
                Level("detection", 0.01, d => (d.Settled + d.Running - (d.Missed?.DetectionUnknown ?? 0), d.Missed?.Detection ?? 0)),
                // Those that wait for theirs have not missed it yet; to count them apart would cost a write when each starts.
                Level("pipeline", 0.05, d => (d.Settled + d.Running, d.Missed?.Pipeline ?? 0)),
                Level("verdict", 0.1, d => (Judged(d), d.Missed?.Verdict ?? 0)),
                Level("report", 0.01, d => (Judged(d), d.Missed?.Report ?? 0)),
                Level("false-blame", 0, d => (Judged(d), d.Missed?.Blame ?? 0)),
                Level("unexplained", 0.1, d => (Judged(d), d.Infrastructure + d.Undetermined + (d.Missed?.Configuration ?? 0))),
            ]);
    }

    private static int Judged(BoardDayCount day) => day.Settled - (day.Missed?.Over ?? 0);

    private static LevelShare Share(BoardDayCount[] days, double missedMost, Func<BoardDayCount, (int Of, int Missed)> count)
    {
        int of = days.Sum(d => count(d).Of);
        int missed = days.Sum(d => count(d).Missed);
        return new LevelShare(of, missed, of == 0 ? LevelState.NoRuns : missed > of * missedMost ? LevelState.Missed : LevelState.Kept);
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
