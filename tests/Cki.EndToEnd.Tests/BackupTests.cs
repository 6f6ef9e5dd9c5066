using Cki.GitLabSimulator;
using Cki.Tool;
using Xunit;

namespace Cki.EndToEnd.Tests;

using JobAttempt = Cki.GitLabSimulator.JobAttempt;

/// <summary>A machine is lost: from a backup, or from GitLab and the archive alone, the suite goes on without starting or telling anything twice.</summary>
public sealed class BackupTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_lost_store_is_rebuilt_without_a_pipeline_or_a_report_for_what_is_known()
    {
        using var scratch = new Scratch();
        await using TestGitLab gitLab = await TestGitLab.StartAsync();
        string told, running;
        await using (CkiUp cki = await StartedAsync(scratch, gitLab))
        {
            told = await ReportedAsync(scratch, gitLab, cki, "net: told before the loss");
            running = gitLab.World.Commit(TestGitLab.Tree, "main", "net: under test at the loss").Sha;
            gitLab.OnSha(running, Slowly());
            await Waiting.UntilAsync(() => gitLab.PipelinesOf(running).Count == 1, s_patience, () => cki.Process.Output);
            Assert.Equal(0, (await CkiUp.VerbAsync("backup", scratch.In("kept.backup"), "--data", scratch.In("data"))).Code);
            await cki.Process.KillAsync();
        }
        Directory.Delete(scratch.In("data"), recursive: true);
        IReadOnlyList<string> reports = Reports(scratch, told);

        (int code, string said) = await CkiUp.VerbAsync(
            "rebuild", "--data", scratch.In("data"), "--config", scratch.In("config"), "--secrets", scratch.In("secrets"), "--archive", scratch.In("kept.backup"));

        Assert.Equal(0, code);
        Assert.Contains($"linux/main {running[..12]}  has a run", said);
        Assert.Contains("1 run(s) that are over, 1 that go on, from GitLab and ", said);
        await using CkiUp again = await CkiUp.StartAsync(scratch, under: null);
        Assert.Equal(0, (await CkiUp.VerbAsync("arm", "--data", scratch.In("data"))).Code);
        gitLab.HookTo(again.Address);
        await Waiting.UntilAsync(() => Reports(scratch, running).Count == 1, s_patience, () => again.Process.Output);
        string later = await ReportedAsync(scratch, gitLab, again, "net: after the loss");
        Assert.Equal([1, 1, 1], new[] { told, running, later }.Select(sha => gitLab.PipelinesOf(sha).Count));
        Assert.Equal(reports, Reports(scratch, told));
        RunFacts known = (await Store.RunsAsync(scratch)).Single(r => r.Detection.Sha.Value == told);
        Assert.Equal((FoundBy.Reconciliation, "net: told before the loss"), (known.Detection.FoundBy, known.Detection.Title));
        Assert.Equal(
            (2, $"cki: --data {scratch.In("data")}: cannot be taken (The process cannot access the file '{scratch.In("data", "cki.lock")}' because it is being used by another process.); is another cki up running on it?"),
            await CkiUp.VerbAsync("rebuild", "--data", scratch.In("data")));
    }

    [Fact]
    public async Task A_backup_of_a_running_suite_is_restored_to_observe_and_its_heads_are_a_baseline()
    {
        using var scratch = new Scratch();
        await using TestGitLab gitLab = await TestGitLab.StartAsync();
        string told, unseen, list;
        await using (CkiUp cki = await StartedAsync(scratch, gitLab))
        {
            told = await ReportedAsync(scratch, gitLab, cki, "mm: told before the backup");
            list = (await CkiUp.VerbAsync("run", "list", "--data", scratch.In("data"))).Output;
            (int code, string said) = await CkiUp.VerbAsync("backup", scratch.In("kept.backup"), "--data", scratch.In("data"));
            Assert.Equal(0, code);
            Assert.Matches(@"kept\.backup: \d+ objects, \d+ messages, \d+ running flows\. Secrets are not in it\.", said);
            unseen = await ReportedAsync(scratch, gitLab, cki, "mm: told after the backup");
        }
        Directory.Delete(scratch.In("data"), recursive: true);
        IReadOnlyList<string> reports = [.. Reports(scratch, told), .. Reports(scratch, unseen)];

        Assert.Equal(0, (await CkiUp.VerbAsync("restore", scratch.In("kept.backup"), "--data", scratch.In("data"), "--config", scratch.In("config-kept"))).Code);

        Assert.Equal(File.ReadAllText(scratch.In("config", "trees.yaml")), File.ReadAllText(scratch.In("config-kept", "trees.yaml")));
        Assert.Equal(list, (await CkiUp.VerbAsync("run", "list", "--data", scratch.In("data"))).Output);
        Assert.Contains("observe", (await CkiUp.VerbAsync("pause", "--data", scratch.In("data"))).Output);
        Assert.Equal(2, (await CkiUp.VerbAsync("restore", scratch.In("kept.backup"), "--data", scratch.In("data"))).Code);
        await using CkiUp again = await CkiUp.StartAsync(scratch);
        await LoopTests.HasBaselineAsync(scratch);
        Assert.Equal(0, (await CkiUp.VerbAsync("arm", "--data", scratch.In("data"))).Code);
        gitLab.HookTo(again.Address);
        string later = await ReportedAsync(scratch, gitLab, again, "mm: after the restore");
        Assert.Equal([1, 1, 1], new[] { told, unseen, later }.Select(sha => gitLab.PipelinesOf(sha).Count));
        Assert.Equal(reports, [.. Reports(scratch, told), .. Reports(scratch, unseen)]);
    }

    private static async Task<CkiUp> StartedAsync(Scratch scratch, TestGitLab gitLab)
    {
        gitLab.World.Commit(TestGitLab.Tree, "main", "Linux 6.19-rc1");
        new SuiteFiles(gitLab.Address, $"{gitLab.Address}{TestGitLab.Tree}.git") { TreeProject = TestGitLab.Tree }.Write(scratch);
        CkiUp cki = await CkiUp.StartAsync(scratch);
        await LoopTests.HasBaselineAsync(scratch);
        gitLab.HookTo(cki.Address);
        return cki;
    }

    private static async Task<string> ReportedAsync(Scratch scratch, TestGitLab gitLab, CkiUp cki, string title)
    {
        string sha = gitLab.World.Commit(TestGitLab.Tree, "main", title).Sha;
        await Waiting.UntilAsync(() => Reports(scratch, sha).Count == 1, s_patience, () => cki.Process.Output);
        return sha;
    }

    /// <summary>Each with when it was written: a report told again is another one.</summary>
    private static IReadOnlyList<string> Reports(Scratch scratch, string sha) => Directory.Exists(scratch.In("reports"))
        ? [.. Directory.GetFiles(scratch.In("reports"), $"*{sha[..12]}*final*.txt").Order(StringComparer.Ordinal).Select(f => $"{f} {File.GetLastWriteTimeUtc(f):O}")]
        : [];

    private static PipelineScript Slowly() =>
        new([new JobScript("build x86_64", "build") { Attempts = [new JobAttempt { Duration = TimeSpan.FromSeconds(12) }] }]);
}
