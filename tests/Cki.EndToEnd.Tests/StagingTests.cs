using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Xunit;

namespace Cki.EndToEnd.Tests;

using JobAttempt = Cki.GitLabSimulator.JobAttempt;

/// <summary>Production and a staging beside it, which gets every delivery by a consumer of production's, on one GitLab.</summary>
public sealed class StagingTests
{
    private const string ReadToken = "staging-read-token";
    private static readonly string s_tee = $"whsec_{Convert.ToBase64String("thirty-two-bytes-of-a-tee-s-key!"u8)}";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Staging_decides_on_production_s_jobs_posts_nothing_and_its_decisions_are_compared()
    {
        using var production = new Scratch();
        using var staging = new Scratch();
        await using TestGitLab gitLab = await TestGitLab.StartAsync();
        gitLab.World.AddToken(gitLab.World.Users.Single(u => u.Username == "cki-bot"), ReadToken, "read_api");
        gitLab.World.Commit(TestGitLab.Tree, "main", "Linux 6.19-rc1");
        Write(staging, gitLab, ReadToken);
        File.WriteAllText(staging.In("config", "matchers.yaml"), File.ReadAllText(staging.In("config", "matchers.yaml")).Replace("retry_delays: [1s]\n  - name: registry", "retry_delays: [9s]\n  - name: registry"));
        await using CkiUp second = await CkiUp.StartAsync(staging, more: "--staging");
        await LoopTests.HasBaselineAsync(staging);
        Write(production, gitLab, SuiteFiles.ApiToken);
        TeeTo(production, second.Address);
        await using CkiUp first = await CkiUp.StartAsync(production);
        await LoopTests.HasBaselineAsync(production);
        gitLab.HookTo(first.Address);

        GitLabCommit commit = gitLab.World.NewCommit(gitLab.World.Project(TestGitLab.Tree), "main", "net: tried by both");
        gitLab.OnSha(commit.Sha, new PipelineScript(
        [
            TestGitLab.Job("build x86_64", "build", TestGitLab.RunnerDies(), new JobAttempt()),
            TestGitLab.Job("build aarch64", "build", JobAttempt.Failed(RunnerTraces.RegistryTimeout(), "script_failure"), new JobAttempt()),
        ]));
        gitLab.World.Push(TestGitLab.Tree, "main", commit);
        await Waiting.UntilAsync(
            async () => (await DecidedAsync(production)).Count == 2 && (await DecidedAsync(staging)).Count == 2 && Directory.Exists(production.In("reports")),
            s_patience, () => $"{first.Process.Output}\n--- staging\n{second.Process.Output}");

        (int code, string said) = await CkiUp.VerbAsync("staging", "diff", "--data", staging.In("data"), "--production-data", production.In("data"));
        Assert.Equal(1, code);
        Assert.Contains("build x86_64", said);
        Assert.Contains("    production  retry after 1 s, nothing, runner-system-failure (runner)\n    staging     retry after 9 s, nothing, runner-system-failure (runner)\n", said);
        Assert.EndsWith("2 job(s) decided by both; 1 difference(s).", said);
        JsonNode json = JsonNode.Parse((await CkiUp.VerbAsync("staging", "diff", "--data", staging.In("data"), "--production-data", production.In("data"), "--json")).Output)!;
        Assert.Equal((2, 1.0, 9.0), ((int)json["compared"]!, (double)json["differences"]![0]!["production"]!["delaySeconds"]!, (double)json["differences"]![0]!["staging"]!["delaySeconds"]!));
        Assert.Equal(0, (await CkiUp.VerbAsync("staging", "diff", "--data", production.In("data"), "--production-data", production.In("data"))).Code);

        Assert.Single(gitLab.PipelinesOf(commit.Sha));
        Assert.Equal([2, 2], new[] { "build x86_64", "build aarch64" }.Select(job => gitLab.Tries(commit.Sha, job).Count));
        Assert.False(Directory.Exists(staging.In("reports")));
        Assert.Equal(
            (2, $"cki: --data {staging.In("data")} is staging: it posts nothing, ever; cki staging unmark makes it an installation of its own"),
            await CkiUp.VerbAsync("arm", "--data", staging.In("data")));
    }

    [Fact]
    public async Task A_token_that_can_write_keeps_staging_from_starting_from_a_configuration_and_from_the_doctor_s_grace()
    {
        using var scratch = new Scratch();
        await using TestGitLab gitLab = await TestGitLab.StartAsync();
        gitLab.World.AddToken(gitLab.World.Users.Single(u => u.Username == "cki-bot"), ReadToken, "read_api");
        Write(scratch, gitLab, SuiteFiles.ApiToken);
        const string refusal = "staging holds no token that can write: gitlab.test: the token 'cki-bot-token' has scope api";

        await using (ChildProcess refused = CkiUp.Start(scratch, more: "--staging"))
        {
            Assert.Equal(2, await refused.ExitAsync(TimeSpan.FromSeconds(60)));
            Assert.Contains($"cki: {refusal}; make one with scope read_api", refused.Output);
        }
        scratch.Write("secrets/gitlab-token", ReadToken);
        await using (CkiUp good = await CkiUp.StartAsync(scratch, more: "--staging"))
            Assert.Contains("Staging: decisions alone, nothing is posted.", good.Process.Output + await good.Process.LineAsync(l => l.StartsWith("Staging", StringComparison.Ordinal), TimeSpan.FromSeconds(10)));

        scratch.Write("secrets/gitlab-token", SuiteFiles.ApiToken);
        string[] at = ["--data", scratch.In("data")];
        await using (ChildProcess again = CkiUp.Start(scratch))
            Assert.Equal(2, await again.ExitAsync(TimeSpan.FromSeconds(60)));
        File.AppendAllText(scratch.In("config", "channels.yaml"), "\n");
        Assert.Equal(2, (await CkiUp.VerbAsync(["config", "push", "--config", scratch.In("config"), .. at])).Code);
        (int code, string said) = await CkiUp.VerbAsync(["doctor", .. at]);
        Assert.Equal(1, code);
        Assert.Contains($"BAD  staging: {refusal}", said);
        scratch.Write("secrets/gitlab-token", ReadToken);
        Assert.DoesNotContain("BAD", (await CkiUp.VerbAsync(["doctor", .. at])).Output);
        Assert.Equal(0, (await CkiUp.VerbAsync(["staging", "unmark", .. at])).Code);
        Assert.Contains("observe", (await CkiUp.VerbAsync(["pause", .. at])).Output);
    }

    private static void Write(Scratch scratch, TestGitLab gitLab, string token)
    {
        new SuiteFiles(gitLab.Address, $"{gitLab.Address}{TestGitLab.Tree}.git") { TreeProject = TestGitLab.Tree }.Write(scratch);
        scratch.Write("secrets/gitlab-token", token);
        scratch.Write("secrets/tee-key", s_tee);
        scratch.Write("config/sources.yaml", """
            sources:
              - { name: gitlab, kind: gitlab, host: gitlab.test, token_secrets: [gitlab-hook], signing_secrets: [tee-key] }
            """);
    }

    private static void TeeTo(Scratch production, Uri door) => File.AppendAllText(production.In("config", "sources.yaml"), $$"""

        consumers:
          - { name: staging, kind: webhook, bindings: ["gitlab.test.#"], url: "{{door}}webhooks/gitlab", key_secret: tee-key }
        """);

    private static async Task<IReadOnlyList<string>> DecidedAsync(Scratch scratch) =>
        [.. (await Store.KeysAsync(scratch, "pipelines/")).Where(k => k.Contains("/jobs/", StringComparison.Ordinal))];
}
