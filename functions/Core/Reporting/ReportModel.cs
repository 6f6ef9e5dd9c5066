namespace Cki;

/// <summary>
/// Everything a report of a settled attempt says, cleaned: no string in it holds a line break, a control character or a terminal sequence
/// (<see cref="SafeText"/>), and every address is http(s). Text, board and webhook are renderings of it. A failure is called new only where its job was
/// compared with the parent's (<see cref="FailedJob.Parent"/>).
/// </summary>
public sealed record ReportModel(RunId Run, int Attempt, TreeName Tree, string Branch, CommitSha Sha, RunResult Result)
{
    /// <summary>Failed or other jobs shown one by one; the rest is counted.</summary>
    public const int JobsMax = 20;

    /// <summary>Lines quoted per job (JobHerding keeps at most 12).</summary>
    public const int QuoteMax = 12;

    private const int WarningsMax = 50;

    /// <summary><see cref="ReportPhase.Early"/>: <see cref="Result"/> holds what is known so far, and all else still runs.</summary>
    public ReportPhase Phase { get; init; } = ReportPhase.Final;

    /// <summary>The earlier report on the channel that holds no longer; null: none.</summary>
    public Correction? Correction { get; init; }

    /// <summary>First line of the commit message; null where unknown.</summary>
    public string? Title { get; init; }

    /// <summary>The branch's head before.</summary>
    public CommitSha? Previous { get; init; }

    /// <summary>Commits since <see cref="Previous"/> that this run stands for, its own included; null where they were not counted.</summary>
    public int? Covers { get; init; }

    /// <summary>Why <see cref="Covers"/> is missing or not whole; null where it is whole.</summary>
    public string? CoversUnknown { get; init; }

    /// <summary>What failed at <see cref="Previous"/> and passes now, in words; null: nothing.</summary>
    public string? Mended { get; init; }

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
        return Of(detection, tried, Clean(result), tree, board) with { EarlierAttempts = [.. pipeline.Attempts.SelectMany(a => History(a, attempt))] };
    }

    /// <summary>What is known so far of an attempt that still runs.</summary>
    /// <param name="soFar">See <see cref="EarlyResults"/>.</param>
    public static ReportModel Early(RunDetection detection, RunAttempt tried, RunResult soFar, TreeConfig? tree, Uri? board) =>
        Of(detection, tried, Clean(soFar), tree, board) with { Phase = ReportPhase.Early };

    private static ReportModel Of(RunDetection detection, RunAttempt tried, RunResult clean, TreeConfig? tree, Uri? board) =>
        new(detection.Run, tried.Number, detection.Tree, SafeText.Line(detection.Branch, 120), detection.Sha, clean)
        {
            Title = string.IsNullOrWhiteSpace(detection.Title) ? null : SafeText.Line(detection.Title, 200),
            Previous = detection.Previous,
            Covers = detection.CoversCount is { } others ? others + 1 : null,
            CoversUnknown = Optional(detection.CoversUnknown),
            FoundBy = detection.FoundBy,
            DetectedAt = detection.DetectedAt,
            StartedAt = tried.StartedAt,
            SettledAt = tried.SettledAt,
            PipelineUrl = SafeText.HttpAddress(tried.WebUrl),
            BoardUrl = board is null ? null : new Uri(board, $"runs/{detection.Run}.html").AbsoluteUri,
            TreeUrl = SafeText.HttpAddress(tree?.Url.ToString()),
        };

    /// <summary>The same result with every string cleaned.</summary>
    public static RunResult Clean(RunResult result) => new(result.Verdict, SafeText.Line(result.Reason))
    {
        Cells = [.. result.Cells.Select(c => c with { Architecture = SafeText.Line(c.Architecture, 20), Stage = SafeText.Line(c.Stage, 30), Why = Optional(c.Why) })],
        Failures = [.. result.Failures.Select(Clean)],
        Others = [.. result.Others.Select(Clean)],
        Known = [.. result.Known.Select(Clean)],
        Reruns = [.. result.Reruns.Select(Clean)],
        PassedWith = [.. result.PassedWith.Take(WarningsMax).Select(Clean)],
        Warnings = SafeText.Lines(result.Warnings, WarningsMax),
    };

    private static FailedJob Clean(FailedJob job) => job with
    {
        Name = SafeText.Line(job.Name, 120),
        Stage = SafeText.Line(job.Stage, 30),
        WebUrl = SafeText.HttpAddress(job.WebUrl) ?? "",
        Lines = SafeText.Lines(job.Lines, QuoteMax),
        Reason = SafeText.Line(job.Reason),
        Architecture = job.Architecture is null ? null : SafeText.Line(job.Architecture, 20),
        Parent = Clean(job.Parent),
        Known = job.Known is null ? null : job.Known with { Where = SafeText.Line(job.Known.Where, 120) },
        Runners = SafeText.Lines(job.Runners.Select(r => SafeText.Line(r, 60)), 10),
    };

    private static PassedWithWarning Clean(PassedWithWarning warning) => warning with
    {
        Job = SafeText.Line(warning.Job, 120),
        WebUrl = SafeText.HttpAddress(warning.WebUrl) ?? "",
        Name = SafeText.Line(warning.Name, 60),
        Line = SafeText.Line(warning.Line),
        Parent = Clean(warning.Parent),
    };

    private static ParentJob? Clean(ParentJob? parent) => parent is null ? null : parent with { Told = SafeText.Line(parent.Told, 200) };

    private static RerunJob Clean(RerunJob job) => job with
    {
        Name = SafeText.Line(job.Name, 120),
        Matcher = SafeText.Line(job.Matcher, 80),
        Reason = SafeText.Line(job.Reason),
        Outcome = SafeText.Line(job.Outcome),
    };

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
