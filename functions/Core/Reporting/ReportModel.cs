namespace Cki;

/// <summary>
/// Everything a report of a settled attempt says, cleaned: no string in it holds a line break, a control character or a terminal sequence
/// (<see cref="SafeText"/>), and every address is http(s). Text, board and webhook are renderings of it. The parent is not compared, so nothing here
/// is called new.
/// </summary>
public sealed record ReportModel(RunId Run, int Attempt, TreeName Tree, string Branch, CommitSha Sha, RunResult Result)
{
    /// <summary>Failed or other jobs shown one by one; the rest is counted.</summary>
    public const int JobsMax = 20;

    /// <summary>Lines quoted per job (JobHerding keeps at most 12).</summary>
    public const int QuoteMax = 12;

    /// <summary>First line of the commit message; null where unknown.</summary>
    public string? Title { get; init; }

    /// <summary>The branch's head before; it was not compared.</summary>
    public CommitSha? Previous { get; init; }

    public FoundBy FoundBy { get; init; }

    public DateTimeOffset DetectedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? SettledAt { get; init; }

    public string? PipelineUrl { get; init; }

    /// <summary>The run's page; null where the board has no public address.</summary>
    public string? BoardUrl { get; init; }

    /// <summary>The git repository; null when the tree is no longer configured.</summary>
    public string? TreeUrl { get; init; }

    /// <summary>What became of earlier attempts and second pipelines, one line each.</summary>
    public IReadOnlyList<string> EarlierAttempts { get; init; } = [];

    /// <summary>Tree and branch as subjects name them: <c>mainline/master</c>.</summary>
    public string Place => $"{Tree}/{Branch}";

    /// <param name="tree">Null when the tree is no longer configured.</param>
    /// <param name="board">The board's public address, ending in a slash; null for none.</param>
    /// <exception cref="ArgumentException">The attempt is not there or has no result.</exception>
    public static ReportModel Of(RunDetection detection, RunPipeline pipeline, int attempt, TreeConfig? tree, Uri? board)
    {
        RunAttempt tried = pipeline.Attempts.FirstOrDefault(a => a.Number == attempt)
            ?? throw new ArgumentException($"{detection.Run} has no attempt {attempt}", nameof(attempt));
        RunResult result = tried.Result ?? throw new ArgumentException($"{detection.Run}: attempt {attempt} has no result", nameof(attempt));
        return new ReportModel(detection.Run, attempt, detection.Tree, SafeText.Line(detection.Branch, 120), detection.Sha, Clean(result))
        {
            Title = string.IsNullOrWhiteSpace(detection.Title) ? null : SafeText.Line(detection.Title, 200),
            Previous = detection.Previous,
            FoundBy = detection.FoundBy,
            DetectedAt = detection.DetectedAt,
            StartedAt = tried.StartedAt,
            SettledAt = tried.SettledAt,
            PipelineUrl = SafeText.HttpAddress(tried.WebUrl),
            BoardUrl = board is null ? null : new Uri(board, $"runs/{detection.Run}.html").AbsoluteUri,
            TreeUrl = SafeText.HttpAddress(tree?.Url.ToString()),
            EarlierAttempts = [.. pipeline.Attempts.SelectMany(a => History(a, attempt))],
        };
    }

    /// <summary>The same result with every string cleaned.</summary>
    public static RunResult Clean(RunResult result) => new(result.Verdict, SafeText.Line(result.Reason))
    {
        Cells = [.. result.Cells.Select(c => c with { Architecture = SafeText.Line(c.Architecture, 20), Stage = SafeText.Line(c.Stage, 30), Why = Optional(c.Why) })],
        Failures = [.. result.Failures.Select(Clean)],
        Others = [.. result.Others.Select(Clean)],
        Reruns = [.. result.Reruns.Select(Clean)],
        Warnings = SafeText.Lines(result.Warnings, 50),
    };

    private static FailedJob Clean(FailedJob job) => new(
        SafeText.Line(job.Name, 120), SafeText.Line(job.Stage, 30), job.JobId, SafeText.HttpAddress(job.WebUrl) ?? "",
        SafeText.Lines(job.Lines, QuoteMax), SafeText.Line(job.Reason));

    private static RerunJob Clean(RerunJob job) => new(
        SafeText.Line(job.Name, 120), job.FirstJobId, job.LastJobId, SafeText.Line(job.Matcher, 80), SafeText.Line(job.Reason), SafeText.Line(job.Outcome));

    private static string? Optional(string? text) => string.IsNullOrWhiteSpace(text) ? null : SafeText.Line(text, 160);

    private static IEnumerable<string> History(RunAttempt tried, int attempt)
    {
        if (tried.Number < attempt)
        {
            string how = tried.Result is { } ended ? $"{ReportWords.Of(ended.Verdict)}: {SafeText.Line(ended.Reason, 160)}" : "gave no result";
            yield return $"attempt {tried.Number} {how}";
        }
        if (tried.Number == attempt && tried.CanceledTwins.Count > 0)
            yield return $"{ReportWords.Count(tried.CanceledTwins.Count, "second pipeline", "further pipelines")} of this attempt cancelled";
    }
}
