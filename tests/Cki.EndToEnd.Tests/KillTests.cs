using Cki.GitLabSimulator;
using Cki.Tool;
using Xunit;

namespace Cki.EndToEnd.Tests;

using JobAttempt = Cki.GitLabSimulator.JobAttempt;

/// <summary>kill -9 at any moment loses nothing.</summary>
public sealed class KillTests
{
    private const int Kills = 25;
    private const int Commits = 20;

    [Fact]
    public async Task Twenty_commits_survive_twenty_five_kills_with_one_pipeline_and_one_report_each()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("CKI_KILL_SEED"), out int given) ? given : Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"CKI_KILL_SEED={seed}");
        var random = new Random(seed);
        using var scratch = new Scratch();
        await using TestGitLab gitLab = await TestGitLab.StartAsync();
        gitLab.World.Commit(TestGitLab.Tree, "main", "Linux 6.19-rc1");
        new SuiteFiles(gitLab.Address, $"{gitLab.Address}{TestGitLab.Tree}.git") { TreeProject = TestGitLab.Tree }.Write(scratch);
        string listen;
        await using (CkiUp first = await CkiUp.StartAsync(scratch))
        {
            listen = first.Address.Authority;
            await LoopTests.HasBaselineAsync(scratch);
            gitLab.HookTo(first.Address);
        }

        var pushed = new List<string>();
        for (int kill = 0; kill < Kills; kill++)
        {
            await using CkiUp cki = await CkiUp.StartAsync(scratch, listen);
            if (pushed.Count < Commits)
                pushed.Add(Push(gitLab, pushed.Count));
            await InTheMiddleAsync(cki, random);
            await cki.Process.KillAsync();
        }
        await using CkiUp last = await CkiUp.StartAsync(scratch, listen);
        await Waiting.UntilAsync(() => AllReportedAsync(scratch, pushed), TimeSpan.FromMinutes(8), () => $"seed {seed}; {Standing(scratch).Result}\n{Tail(last)}");

        foreach (string sha in pushed)
        {
            IReadOnlyList<GitLabPipeline> pipelines = gitLab.PipelinesOf(sha);
            Assert.True(pipelines.Count(p => p.Status != "canceled") == 1 && pipelines.Count <= 2, $"seed {seed}: {sha} has {string.Join(", ", pipelines.Select(p => p.Status))}");
            string[] reports = Directory.GetFiles(scratch.In("reports"), $"*{sha[..12]}*final*.txt");
            Assert.True(reports.Length == 1, $"seed {seed}: {sha} has {reports.Length} final reports");
        }
    }

    /// <summary>After so many lines of its log, wherever they come from: on a slow machine, too, kills meet work.</summary>
    private static async Task InTheMiddleAsync(CkiUp cki, Random random)
    {
        int lines = Lines(cki) + random.Next(0, 25);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(4));
        while (Lines(cki) < lines && !limit.IsCancellationRequested)
            await Task.Delay(10, CancellationToken.None);
        await Task.Delay(random.Next(0, 100));
    }

    private static int Lines(CkiUp cki) => cki.Process.Output.AsSpan().Count('\n');

    private static string Push(TestGitLab gitLab, int n)
    {
        GitLabCommit commit = gitLab.World.NewCommit(gitLab.World.Project(TestGitLab.Tree), $"topic-{n}", $"commit {n}");
        // Every third commit has a runner that dies; the branch is new each time, so that each head is its own run.
        if (n % 3 == 0)
            gitLab.OnSha(commit.Sha, new PipelineScript([TestGitLab.Job("build x86_64", "build", TestGitLab.RunnerDies(), new JobAttempt()), TestGitLab.Job("test x86_64", "test")]));
        gitLab.World.Push(TestGitLab.Tree, $"topic-{n}", commit);
        return commit.Sha;
    }

    private static async Task<bool> AllReportedAsync(Scratch scratch, IReadOnlyList<string> pushed)
    {
        IReadOnlyList<RunFacts> runs = await Store.RunsAsync(scratch);
        return pushed.All(sha => runs.Any(r => r.Detection.Sha.Value == sha && r.Pipeline?.Latest.Result is not null)
            && Directory.Exists(scratch.In("reports")) && Directory.GetFiles(scratch.In("reports"), $"*{sha[..12]}*final*.txt").Length > 0);
    }

    private static async Task<string> Standing(Scratch scratch) =>
        string.Join('\n', (await Store.RunsAsync(scratch)).Select(r => r.Line())) + $"\ndead letters: {(await Store.DeadAsync(scratch)).Count}";

    private static string Tail(CkiUp cki) => string.Join('\n', cki.Process.Output.Split('\n').TakeLast(40));
}
