using System.Globalization;
using System.Text.Json.Serialization;

namespace Cki;

/// <summary>Everything that a run's page shows; also the JSON beside it.</summary>
public sealed record BoardRun(RunDetection Detection)
{
    /// <summary>Null until PipelineTrigger took it up.</summary>
    public RunPipeline? Pipeline { get; init; }

    /// <summary>The herder's records of the attempts' pipelines, in order of job name.</summary>
    public IReadOnlyList<JobRecord> Jobs { get; init; } = [];

    /// <summary>In order of channel and kind.</summary>
    public IReadOnlyList<ReportDelivery> Deliveries { get; init; } = [];

    public int V { get; init; } = 1;

    public static string PageKey(RunId run) => $"board/runs/{run}.html";

    public static string JsonKey(RunId run) => $"board/runs/{run}.json";
}

/// <summary>
/// <c>board/entries/{reverse time}-{runId}.json</c>: one line of the index. The reverse time (of detection) makes the newest sort first, so that the index
/// reads a bounded number of objects.
/// </summary>
public sealed record BoardEntry(RunId Run, TreeName Tree, string Branch, CommitSha Sha, DateTimeOffset DetectedAt)
{
    public const string Prefix = "board/entries/";

    public string? Title { get; init; }

    /// <summary>Null until settled.</summary>
    public Verdict? Verdict { get; init; }

    public string? Reason { get; init; }

    public DateTimeOffset? SettledAt { get; init; }

    public int Attempts { get; init; }

    /// <summary>Jobs that were run again.</summary>
    public int Reruns { get; init; }

    public int CellsNotRun { get; init; }

    public int V { get; init; } = 1;

    [JsonIgnore]
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{9_999_999_999_999 - DetectedAt.ToUnixTimeMilliseconds():D13}-{Run}.json");

    public static BoardEntry Of(BoardRun run)
    {
        RunDetection found = run.Detection;
        RunAttempt? latest = run.Pipeline is { Attempts.Count: > 0 } pipeline ? pipeline.Latest : null;
        RunResult? result = latest?.Result is null ? null : ReportModel.Clean(latest.Result);
        return new BoardEntry(found.Run, found.Tree, SafeText.Line(found.Branch, 120), found.Sha, found.DetectedAt)
        {
            Title = found.Title is null ? null : SafeText.Line(found.Title, 120),
            Verdict = result?.Verdict,
            Reason = result?.Reason,
            SettledAt = latest?.SettledAt,
            Attempts = latest?.Number ?? 0,
            Reruns = result?.Reruns.Count ?? 0,
            CellsNotRun = result?.Cells.Count(c => c.Result == CellResult.NotRun) ?? 0,
        };
    }
}

/// <summary><c>board/index.json</c>: the newest runs, newest first, and the notices.</summary>
public sealed record BoardIndexed(IReadOnlyList<BoardEntry> Runs, IReadOnlyList<NoticeState> Notices, int V = 1);

/// <summary><c>board/.index-pending</c>: a rewrite of the index is on its way, so that a thousand changes a minute make one.</summary>
public sealed record BoardIndexPending(DateTimeOffset DueAt, int V = 1)
{
    public const string Key = "board/.index-pending";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BoardRun))]
[JsonSerializable(typeof(BoardEntry))]
[JsonSerializable(typeof(BoardIndexed))]
[JsonSerializable(typeof(BoardIndexPending))]
public sealed partial class BoardJson : JsonSerializerContext;
