using Cki.Tests.Doubles;

namespace Cki.Tests.HerdingRoom;

/// <summary>For each shipped matcher: what it must take, and something alike that it must leave. One file of samples per group, in Samples.</summary>
public static class MatcherSamples
{
    public sealed record Sample(string Matcher, string Reason, TraceSection Section, string? Epilogue, params string[] Lines)
    {
        public string Status { get; init; } = GitLabStatus.Failed;

        public string Group { get; init; } = "";

        public FailedJobFacts Facts(TraceReading trace) =>
            new(A.Job(7, "test x86_64", Status) with { FailureReason = Status == GitLabStatus.Failed ? Reason : null }, trace) { IsTraceFinal = true };
    }

    private static readonly (bool IsPositive, Sample Sample)[] All = [.. Directory.GetFiles(Folder(), "*.txt").Order(StringComparer.Ordinal).SelectMany(Read)];

    public static IReadOnlyList<Sample> Positive { get; } = [.. All.Where(s => s.IsPositive).Select(s => s.Sample)];

    public static IReadOnlyList<Sample> Negative { get; } = [.. All.Where(s => !s.IsPositive).Select(s => s.Sample)];

    public static string Folder() => Path.Combine(Shipped.Root(), "tests", "Cki.Tests", "HerdingRoom", "Samples");

    private static IEnumerable<(bool IsPositive, Sample Sample)> Read(string file)
    {
        string[] lines = File.ReadAllLines(file);
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("== ", StringComparison.Ordinal))
                continue;
            string[] own = [.. lines[(i + 1)..].TakeWhile(l => !l.StartsWith("== ", StringComparison.Ordinal))];
            string[] fields = lines[i][3..].Split(" | ", 5);
            yield return (fields[0] == "+", Of(fields, own) with { Group = Path.GetFileNameWithoutExtension(file) });
        }
    }

    private static Sample Of(string[] fields, string[] lines) =>
        new(fields[1], ReasonOf(fields[2]), SectionOf(fields[3]), EpilogueOf(fields[4]), lines) { Status = fields[2] == "success" ? GitLabStatus.Success : GitLabStatus.Failed };

    private static string ReasonOf(string word) => word switch
    {
        "S" or "success" => "script_failure",
        "R" => "runner_system_failure",
        _ => word,
    };

    private static TraceSection SectionOf(string word) => word switch
    {
        "prepare" => TraceSection.Prepare,
        "get_sources" => TraceSection.GetSources,
        "upload" => TraceSection.Upload,
        _ => TraceSection.Script,
    };

    private static string? EpilogueOf(string words) => words switch
    {
        "none" => null,
        "exit" => "ERROR: Job failed: exit code 1",
        _ when words.StartsWith("lost ", StringComparison.Ordinal) => "ERROR: Job failed (system failure): " + words[5..],
        _ => words,
    };
}
