using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Xunit;

namespace Cki.EndToEnd.Tests;

using JobAttempt = Cki.GitLabSimulator.JobAttempt;

/// <summary>The herder's tools against a GitLab that answers over HTTP, after a few commits whose jobs failed and were retried by people.</summary>
public sealed class HerderToolTests
{
    private const string Person = "e2e-person-token";
    private static readonly JobAttempt Gizmo = JobAttempt.Failed(RunnerTraces.ScriptFailure(["$ ./frobnicate.sh", "E:frobnicate: the gizmo refused: code 4711"]));

    [Fact]
    public async Task Check_coverage_suggest_and_promote_tell_of_jobs_on_a_server()
    {
        using var scratch = new Scratch();
        await using TestGitLab gitLab = await TestGitLab.StartAsync();
        Prepare(scratch, gitLab);
        await using (CkiUp cki = await CkiUp.StartAsync(scratch))
        {
            await LoopTests.HasBaselineAsync(scratch);
            gitLab.HookTo(cki.Address);
            for (int n = 0; n < 3; n++)
                await CommitAsync(gitLab, scratch, n, cki);
        }
        await CheckAsync(scratch, gitLab);
        await CoverageAsync(scratch, gitLab);
        await SuggestAsync(scratch);
        await PromoteAsync(scratch);
        await OutagesAsync(scratch);
    }

    private static void Prepare(Scratch scratch, TestGitLab gitLab)
    {
        gitLab.World.Commit(TestGitLab.Tree, "main", "Linux 6.19-rc1");
        GitLabUser person = gitLab.World.AddUser("ann");
        gitLab.World.AddToken(person, Person);
        gitLab.World.AddMember(gitLab.World.Project(TestGitLab.Pipelines), person, GitLabRole.Maintainer);
        new SuiteFiles(gitLab.Address, $"{gitLab.Address}{TestGitLab.Tree}.git") { TreeProject = TestGitLab.Tree }.Write(scratch);
        File.AppendAllText(scratch.In("config", "matchers.yaml"), """

              - name: gizmo
                description: The gizmo refused
                mode: shadow
                messages: ['the gizmo refused']
            """);
    }

    /// <summary>One commit whose test fails for no reason that anybody knows, while another job still runs, and passes when a person runs it again; one job's registry is down once, and one does not compile.</summary>
    private static async Task CommitAsync(TestGitLab gitLab, Scratch scratch, int n, CkiUp cki)
    {
        GitLabCommit commit = gitLab.World.NewCommit(gitLab.World.Project(TestGitLab.Tree), $"topic-{n}", $"commit {n}");
        gitLab.OnSha(commit.Sha, new PipelineScript(
        [
            TestGitLab.Job("build x86_64", "build", JobAttempt.Failed(RunnerTraces.CompileError($"missing_{(char)('a' + n)}"))) with { Needs = [] },
            TestGitLab.Job("fetch x86_64", "build", JobAttempt.Failed(RunnerTraces.RegistryTimeout()), new JobAttempt()) with { Needs = [] },
            TestGitLab.Job("frob x86_64", "test", Gizmo, new JobAttempt()) with { Needs = [] },
            new JobScript("soak x86_64", "test") { Needs = [], Attempts = [new JobAttempt { Duration = TimeSpan.FromSeconds(6) }] },
        ]));
        gitLab.World.Push(TestGitLab.Tree, $"topic-{n}", commit);
        await Waiting.UntilAsync(() => gitLab.Tries(commit.Sha, "frob x86_64") is [{ Status: "failed" }], TimeSpan.FromSeconds(60), () => cki.Process.Output);
        await RetryAsync(gitLab, gitLab.Tries(commit.Sha, "frob x86_64")[0]);
        await Waiting.UntilAsync(
            () => Directory.Exists(scratch.In("reports")) && Directory.GetFiles(scratch.In("reports"), $"*{commit.Sha[..12]}*final*.txt").Length > 0, TimeSpan.FromSeconds(90), () => cki.Process.Output);
    }

    private static async Task RetryAsync(TestGitLab gitLab, GitLabJob job)
    {
        using var http = new HttpClient { BaseAddress = gitLab.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/v4/projects/{Uri.EscapeDataString(TestGitLab.Pipelines)}/jobs/{job.Id}/retry");
        request.Headers.Add("PRIVATE-TOKEN", Person);
        (await http.SendAsync(request)).EnsureSuccessStatusCode();
    }

    private static async Task CheckAsync(Scratch scratch, TestGitLab gitLab)
    {
        GitLabJob build = gitLab.World.Jobs.First(j => j.Name == "build x86_64");
        GitLabJob fetch = gitLab.World.Jobs.First(j => j.Name == "fetch x86_64");
        JsonArray told = (await JsonAsync(scratch, "matchers", "check", Address(gitLab, build), Address(gitLab, fetch), "--json")).AsArray();
        foreach (JsonNode? one in told)
            Assert.Equal(
                ["class", "decision", "delaySeconds", "evidence", "file", "line", "matcher", "reason", "section", "verdict"], one!.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));
        Assert.Equal((Address(gitLab, build), "leave", "failed", 0.0), ((string)told[0]!["file"]!, (string)told[0]!["decision"]!, (string)told[0]!["verdict"]!, (double)told[0]!["delaySeconds"]!));
        Assert.Equal((null, null, "step_script"), ((string?)told[0]!["matcher"], (string?)told[0]!["class"], (string)told[0]!["section"]!));
        Assert.Contains("implicit declaration of function 'missing_a'", (string)told[0]!["line"]!);
        JsonObject evidence = told[0]!["evidence"]![0]!.AsObject();
        Assert.Equal(["line", "name", "strength"], evidence.Select(p => p.Key).Order(StringComparer.Ordinal));
        Assert.Equal("strong", (string)evidence["strength"]!);
        Assert.StartsWith("evidence against the commit: ", (string)told[0]!["reason"]!);
        Assert.Equal(
            ("retry", "nothing", "registry-timeout", "registry", "step_script", 1.0),
            ((string)told[1]!["decision"]!, (string)told[1]!["verdict"]!, (string)told[1]!["matcher"]!, (string)told[1]!["class"]!, (string)told[1]!["section"]!, (double)told[1]!["delaySeconds"]!));
        Assert.Contains("i/o timeout", (string)told[1]!["line"]!);
        (int code, string said) = await CkiUp.VerbAsync("matchers", "check", $"{gitLab.Address}{TestGitLab.Pipelines}/-/jobs/999999", "--config", scratch.In("config"), "--secrets", scratch.In("secrets"));
        Assert.Equal((2, true), (code, said.Contains("there is no such job", StringComparison.Ordinal)));
    }

    private static async Task CoverageAsync(Scratch scratch, TestGitLab gitLab)
    {
        JsonNode coverage = await JsonAsync(scratch, "matchers", "coverage", "--project", $"{gitLab.Address}{TestGitLab.Pipelines}", "--days", "1", "--json");
        Assert.Equal(
            ["byBot", "byPeople", "confirmed", "covered", "failures", "matchers", "missed", "recall", "recovered"], coverage.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));
        Assert.Equal((9, 6, 3, 3, 3, 0.5), (
            (int)coverage["failures"]!, (int)coverage["recovered"]!, (int)coverage["covered"]!, (int)coverage["byBot"]!, (int)coverage["byPeople"]!, (double)coverage["recall"]!));
        Assert.Equal(("registry-timeout", 3), ((string)coverage["matchers"]![0]!["matcher"]!, (int)coverage["matchers"]![0]!["passedLater"]!));
        Assert.Equal(("frob x86_64", "ann"), ((string)coverage["missed"]![0]!["job"]!, (string)coverage["missed"]![0]!["retriedBy"]!));
    }

    private static async Task SuggestAsync(Scratch scratch)
    {
        string[] data = ["--data", scratch.In("data")];
        JsonNode suggested = Assert.Single(JsonNode.Parse((await CkiUp.VerbAsync(["matchers", "suggest", "--json", .. data])).Output)!.AsArray())!;
        Assert.Equal((3, 3, 3, 3, null), (
            (int)suggested["failures"]!, (int)suggested["pipelines"]!, (int)suggested["humanRetries"]!, (int)suggested["passed"]!, (string?)suggested["actsOn"]));
        scratch.Write("past/gizmo.txt", "$ ./x\nfrobnicate: the gizmo refused: code 1\nERROR: Job failed: exit code 1\n");
        JsonNode tested = JsonNode.Parse((await CkiUp.VerbAsync(["matchers", "suggest", "--json", "--against", scratch.In("past"), .. data])).Output)![0]!;
        Assert.Equal((1, scratch.In("past", "gizmo.txt")), ((int)tested["tested"]!, (string)tested["actsOn"]!));
    }

    private static async Task PromoteAsync(Scratch scratch)
    {
        string[] where = ["--data", scratch.In("data"), "--config", scratch.In("config")];
        Assert.Equal((2, "cki: registry-timeout is live already"), await CkiUp.VerbAsync(["matchers", "promote", "registry-timeout", .. where]));
        (int code, string said) = await CkiUp.VerbAsync(["matchers", "promote", "gizmo", "--json", .. where]);
        Assert.Equal(0, code);
        Assert.Equal("""{"matcher":"gizmo","seen":3,"passed":3,"real":0,"promoted":true,"whyNot":null}""", JsonNode.Parse(said)!.ToJsonString());
        Assert.Contains("mode: live", await File.ReadAllTextAsync(scratch.In("config", "matchers.yaml")));
        Assert.Equal((2, "cki: gizmo is live already"), await CkiUp.VerbAsync(["matchers", "promote", "gizmo", .. where]));
        JsonNode rescues = JsonNode.Parse((await CkiUp.VerbAsync("matchers", "rescues", "--json", "--data", scratch.In("data"))).Output)!;
        Assert.Equal(["demotions", "proposals", "rows"], rescues.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));
    }

    private static async Task OutagesAsync(Scratch scratch)
    {
        string[] data = ["--data", scratch.In("data")];
        Assert.Equal((2, "cki: outage open needs --reason: people will ask"), await CkiUp.VerbAsync(["outage", "open", "lab", .. data]));
        Assert.Equal(2, (await CkiUp.VerbAsync(["outage", "open", "../lab", "--reason", "x", .. data])).Code);
        Assert.Contains("lab is Closed: nothing to close.", (await CkiUp.VerbAsync(["outage", "close", "lab", "--reason", "x", .. data])).Output);
        Assert.Contains("lab is Closed: nothing to probe.", (await CkiUp.VerbAsync(["outage", "probe", "lab", "--reason", "x", .. data])).Output);
        Assert.Contains("held since", (await CkiUp.VerbAsync(["outage", "open", "lab", "--reason", "power works", .. data])).Output);
        Assert.Equal((2, "cki: --count 0: must be at least 1"), await CkiUp.VerbAsync(["outage", "release", "lab", "--count", "0", "--reason", "x", .. data]));
        Assert.Equal(0, (await CkiUp.VerbAsync(["outage", "release", "lab", "--count", "2", "--reason", "urgent", .. data])).Code);
        JsonNode held = JsonNode.Parse((await CkiUp.VerbAsync(["outage", "list", "--json", .. data])).Output)!.AsArray().Single(s => (string)s!["class"]! == "lab")!;
        Assert.Equal(("Open", "power works", 2, 0), ((string)held["phase"]!, (string)held["reason"]!, (int)held["releaseAsked"]!, (int)held["held"]!));
        Assert.Contains("well since", (await CkiUp.VerbAsync(["outage", "close", "lab", "--reason", "done", .. data])).Output);
        Assert.Contains("lab is Closed: nothing to release.", (await CkiUp.VerbAsync(["outage", "release", "lab", "--reason", "x", .. data])).Output);
    }

    private static string Address(TestGitLab gitLab, GitLabJob job) => $"{gitLab.Address}{TestGitLab.Pipelines}/-/jobs/{job.Id}";

    private static async Task<JsonNode> JsonAsync(Scratch scratch, params string[] arguments)
    {
        (int code, string output) = await CkiUp.VerbAsync([.. arguments, "--config", scratch.In("config"), "--secrets", scratch.In("secrets")]);
        Assert.True(code == 0, output);
        return JsonNode.Parse(output)!;
    }
}
