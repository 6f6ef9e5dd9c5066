using Cki.GitLabSimulator;

namespace Cki.Tool.Demo;

/// <summary>What the demo promised to show, checked against the outside: GitLab's own pipelines and jobs, the reports that arrived, the board.</summary>
internal sealed record Expectation(string What, bool Held, string Seen);

/// <summary>Judges from facts outside the suite; the suite's own word counts only for how a commit was found.</summary>
internal sealed class DemoFacts(DemoWorld demo, string reportDirectory, Documents documents, HttpClient board)
{
    public async Task<IReadOnlyList<Expectation>> JudgeAsync(string good, string bad, CancellationToken cancellationToken)
    {
        RunFacts? first = await RunAsync(good, cancellationToken);
        RunFacts? second = await RunAsync(bad, cancellationToken);
        return
        [
            Holds("the first commit is detected by its webhook", first?.Detection.FoundBy == FoundBy.Webhook, first?.Detection.FoundBy.ToString() ?? "not detected"),
            Holds("the second, whose webhook GitLab never delivered, is found by polling", second?.Detection.FoundBy == FoundBy.Poll, second?.Detection.FoundBy.ToString() ?? "not detected"),
            Holds("each commit has exactly one pipeline", PipelinesOf(good).Count == 1 && PipelinesOf(bad).Count == 1, $"{PipelinesOf(good).Count} and {PipelinesOf(bad).Count}"),
            Tries("the job whose runner died is retried, and passes", good, DemoWorld.RunnerDies, "failed", "success"),
            Tries("the job whose registry timed out is retried, and passes", good, DemoWorld.RegistryTimesOut, "failed", "success"),
            Tries("the job that does not compile is not retried", bad, DemoWorld.DoesNotCompile, "failed"),
            Report("one final report says that the first commit passed", good, "PASS"),
            Report("one final report quotes the compiler for the second", bad, "FAIL", "fs/ext4/inode.c:4211:9: error:"),
            await BoardAsync(first, second, cancellationToken),
        ];
    }

    /// <summary>The texts of the final reports that arrived, by file name.</summary>
    public IReadOnlyList<(string File, string Text)> Reports() =>
        Directory.Exists(reportDirectory)
            ? [.. Directory.GetFiles(reportDirectory, "*final*.txt").Order(StringComparer.Ordinal).Select(f => (f, File.ReadAllText(f)))]
            : [];

    public IReadOnlyList<GitLabPipeline> PipelinesOf(string sha) =>
        [.. demo.World.Pipelines.Where(p => p.Variables.TryGetValue("CKI_SHA", out string? of) && of == sha)];

    private static Expectation Holds(string what, bool held, string seen) => new(what, held, seen);

    private Expectation Tries(string what, string sha, string job, params string[] statuses)
    {
        string[] seen = [.. demo.World.Jobs.Where(j => j.Name == job && PipelinesOf(sha).Any(p => p.Id == j.Pipeline.Id)).Select(j => j.Status)];
        return Holds(what, seen.SequenceEqual(statuses), string.Join(", ", seen));
    }

    private Expectation Report(string what, string sha, params string[] texts)
    {
        // By the file's name: a report also names the head before its own.
        string[] found = [.. Reports().Where(r => Path.GetFileName(r.File).Contains(sha[..12], StringComparison.Ordinal)).Select(r => r.Text)];
        bool held = found.Length == 1 && texts.All(t => found[0].Contains(t, StringComparison.Ordinal));
        return Holds(what, held, $"{found.Length} report(s)");
    }

    private async Task<Expectation> BoardAsync(RunFacts? first, RunFacts? second, CancellationToken cancellationToken)
    {
        const string what = "the board shows both runs";
        if (first is null || second is null)
            return Holds(what, false, "a run is missing");
        string index = await board.GetStringAsync("/board/", cancellationToken);
        bool both = index.Contains(first.Detection.Run.Value, StringComparison.Ordinal) && index.Contains(second.Detection.Run.Value, StringComparison.Ordinal);
        return Holds(what, both, both ? "both" : "not both");
    }

    private async Task<RunFacts?> RunAsync(string sha, CancellationToken cancellationToken) =>
        (await RunFacts.ListAsync(documents, null, 100, cancellationToken)).FirstOrDefault(r => r.Detection.Sha.Value == sha);
}
