using Cki.GitLabSimulator;
using Xunit;

namespace Cki.EndToEnd.Tests;

using JobAttempt = Cki.GitLabSimulator.JobAttempt;

/// <summary>The whole loop with peers we did not write: git's HTTP backend, an SMTP server, a browser.</summary>
public sealed class LoopTests
{
    [Fact]
    public async Task A_real_push_becomes_a_herded_pipeline_a_mail_and_a_page_that_a_browser_shows()
    {
        using var scratch = new Scratch();
        await using Peer git = await Peer.GitAsync(PushedRepository.Prepare(scratch.Path));
        await using Peer smtp = await Peer.SmtpAsync();
        await using TestGitLab gitLab = await TestGitLab.StartAsync();
        var repository = new PushedRepository(scratch.Path, git);
        repository.Push("Linux 6.19-rc1");
        new SuiteFiles(gitLab.Address, repository.Url) { SmtpPort = smtp.Port }.Write(scratch);
        await using CkiUp cki = await CkiUp.StartAsync(scratch);
        await HasBaselineAsync(scratch);

        string sha = repository.Push("ext4: a change by a real push");
        gitLab.OnSha(sha, new PipelineScript(
        [
            TestGitLab.Job("build x86_64", "build", TestGitLab.RunnerDies(), new JobAttempt()),
            TestGitLab.Job("test x86_64", "test"),
        ]));
        await Waiting.UntilAsync(() => smtp.Mails().Any(m => m.Message.Contains(sha[..12])), TimeSpan.FromSeconds(60), () => cki.Process.Output);

        Assert.Single(gitLab.PipelinesOf(sha));
        Assert.Equal(["failed", "success"], gitLab.Tries(sha, "build x86_64").Select(j => j.Status));
        TakenMail mail = Assert.Single(smtp.Mails());
        Assert.Equal(["linux-list@example.org"], mail.To);
        Assert.Contains($"Subject: [CKI] PASS linux/main {sha[..12]}", mail.Message);
        Assert.Contains("Auto-Submitted: auto-generated", mail.Message);
        string run = await RunOfAsync(scratch, sha);
        string page = await Chromium.DocumentAsync(new Uri(cki.Address, $"/board/runs/{run}.html"), scratch);
        Assert.Contains("passed", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("build x86_64", page);
        Assert.Contains("runner-system-failure", page);
        Assert.Contains(run, await Chromium.DocumentAsync(new Uri(cki.Address, "/board/"), scratch));
    }

    internal static Task HasBaselineAsync(Scratch scratch) =>
        Waiting.UntilAsync(
            async () => (await Store.KeysAsync(scratch, "heads/")).Contains("heads/linux.json") && await Store.HasBaselineAsync(scratch),
            TimeSpan.FromSeconds(30), () => "no baseline");

    private static async Task<string> RunOfAsync(Scratch scratch, string sha) =>
        (await Store.KeysAsync(scratch, "runs/")).Select(k => k.Split('/')[1]).First(r => r.Contains(sha[..12]));
}
