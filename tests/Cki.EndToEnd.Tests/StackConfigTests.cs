using System.Text.Json.Nodes;
using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary>A stack's configuration, its hooks and its doctor, with a GitLab beside it.</summary>
public sealed class StackConfigTests(StackMoto moto) : IClassFixture<StackMoto>
{
    private static string HashOf(string output) => output.Split('\n')[^1].Split(' ')[0];

    [Fact]
    public async Task A_configuration_is_pushed_shown_and_rolled_back_and_a_bad_one_changes_nothing()
    {
        using var scratch = new Scratch();
        await using TestStack stack = await TestStack.MakeAsync(moto, "config");
        new SuiteFiles(new Uri("http://127.0.0.1:9/"), "http://127.0.0.1:9/linux.git").Write(scratch);
        string config = scratch.In("config");
        Assert.Equal((0, "--stack config has no configuration yet: cki config push."), await stack.VerbAsync("config", "show"));

        Assert.EndsWith("is good; it was not pushed.", (await stack.VerbAsync("config", "push", "--config", config, "--dry-run")).Output);
        (int code, string first) = await stack.VerbAsync("config", "push", "--config", config);
        Assert.Equal(0, code);
        Assert.EndsWith(" is in force within a minute.\nObserving: nothing is posted until 'cki arm --stack config'.", first);
        (_, string same) = await stack.VerbAsync("config", "push", "--config", config);
        string hash = same["Nothing changes: ".Length..][..12];
        Assert.Equal($"Nothing changes: {hash} is in force.", same);
        Assert.NotNull(await stack.Documents.GetAsync("paused/observe.json", DocumentJson.Default.Switch, CancellationToken.None));

        string sources = File.ReadAllText(scratch.In("config", "sources.yaml"));
        scratch.Write("config/sources.yaml", sources.Replace("host: gitlab.test", "host: gitlab.tset"));
        (code, string refused) = await stack.VerbAsync("config", "push", "--config", config);
        Assert.Equal(2, code);
        Assert.Contains("sources.yaml:4:", refused);
        scratch.Write("config/sources.yaml", sources + "\n# a remark\n");
        (code, string second) = await stack.VerbAsync("config", "push", "--config", config);
        Assert.Equal(0, code);
        Assert.Equal(["  sources.yaml", "+ 6: # a remark"], second.Split('\n')[..2]);
        Assert.EndsWith($" is in force within a minute; before it was {hash}.", second);
        Assert.EndsWith("# a remark", (await stack.VerbAsync("config", "show", "--file", "sources.yaml")).Output);

        Assert.EndsWith($"; before it was {HashOf(second)}.", (await stack.VerbAsync("config", "rollback")).Output);
        string[] shown = (await stack.VerbAsync("config", "show")).Output.Split('\n');
        Assert.StartsWith($"In force  {hash}", shown[0]);
        Assert.Equal([hash, HashOf(second), hash], shown[1..].Select(l => l["Pushed    ".Length..][..12]));
        Assert.Equal((2, "cki: abcdef names 0 earlier configurations"), await stack.VerbAsync("config", "rollback", "abcdef"));
    }

    [Fact]
    public async Task Hooks_are_installed_once_repaired_when_disabled_and_the_doctor_tells_what_is_wrong()
    {
        using var scratch = new Scratch();
        await using TestGitLab gitLab = await TestGitLab.StartAsync();
        await using TestStack stack = await TestStack.MakeAsync(moto, "doctor");
        new SuiteFiles(gitLab.Address, $"{gitLab.Address}{TestGitLab.Tree}.git") { TreeProject = TestGitLab.Tree }.Write(scratch);
        Assert.Equal(2, (await stack.VerbAsync("hooks", "status")).Code);
        Assert.Equal(0, (await stack.VerbAsync("config", "push", "--config", scratch.In("config"))).Code);

        JsonNode before = await ExaminedAsync(stack, 1);
        Assert.Equal(
            [
                "problem secrets: there is no secret 'gitlab-hook' (webhooks of source gitlab)",
                "problem secrets: there is no secret 'gitlab-token' (token of GitLab host gitlab.test)",
                "problem gitlab: gitlab.test did not let us in: There is no secret 'gitlab-token' (token of GitLab host gitlab.test)",
            ],
            Told(before).Where(t => t.StartsWith("problem", StringComparison.Ordinal)));
        await stack.SetSecretAsync("gitlab-token", SuiteFiles.ApiToken);
        await stack.SetSecretAsync("gitlab-hook", SuiteFiles.HookToken);

        Assert.Equal(
            (1, """
            gitlab.test/cki/kernel-pipelines  wrong: there is no hook to https://door.example/webhooks/gitlab
            gitlab.test/kernel/linux  wrong: there is no hook to https://door.example/webhooks/gitlab
            """),
            await stack.VerbAsync("hooks", "status"));
        Assert.Equal((0, "gitlab.test/cki/kernel-pipelines  created\ngitlab.test/kernel/linux  created"), await stack.VerbAsync("hooks", "install"));
        Assert.Equal((0, "gitlab.test/cki/kernel-pipelines  fine\ngitlab.test/kernel/linux  fine"), await stack.VerbAsync("hooks", "install"));
        var hooks = gitLab.World.Project(TestGitLab.Tree).Hooks.Concat(gitLab.World.Project(TestGitLab.Pipelines).Hooks).ToArray();
        Assert.Equal([(true, false, SuiteFiles.HookToken), (false, true, SuiteFiles.HookToken)], hooks.Select(h => (h.PushEvents, h.JobEvents && h.PipelineEvents, h.Token)));
        // moto knows neither the account's settings nor the stack, which is made here without CloudFormation; no job has run in this GitLab, and it sets no limits.
        Assert.Equal(
            ["cannottell quotas", "cannottell stack", "note log limit", "note quotas", "note switches", "note trees"], Told(await ExaminedAsync(stack, 2)).Select(t => t.Split(':')[0]).Order());

        gitLab.World.Project(TestGitLab.Pipelines).Hooks[0].JobEvents = false;
        gitLab.World.Project(TestGitLab.Pipelines).ProtectedBranches["ma*"] = GitLabSimulator.GitLabRole.Owner;
        await stack.SendAsync(stack.Installation.DeadQueues["herd"], "{}");
        Assert.Equal(
            [
                "problem projects: gitlab.test/cki/kernel-pipelines: main is protected (ma*) and the bot, Maintainer, may neither push nor merge there: it may not start or retry jobs",
                "problem hooks: gitlab.test/cki/kernel-pipelines: it does not send job_events",
                "problem queues: herd-dead: 1 dead letter(s) are not filed yet",
            ],
            Told(await ExaminedAsync(stack, 1)).Where(t => t.StartsWith("problem", StringComparison.Ordinal)));
        Assert.Equal(
            (0, "gitlab.test/cki/kernel-pipelines  mended: it does not send job_events\ngitlab.test/kernel/linux  mended: written anew"), await stack.VerbAsync("hooks", "repair"));
        Assert.True(gitLab.World.Project(TestGitLab.Pipelines).Hooks[0].JobEvents);
    }

    [Fact]
    public async Task The_doctor_never_prints_a_secret_and_cannot_tell_without_GitLab()
    {
        using var scratch = new Scratch();
        await using TestStack stack = await TestStack.MakeAsync(moto, "silent");
        new SuiteFiles(new Uri("http://127.0.0.1:9/"), "http://127.0.0.1:9/linux.git").Write(scratch);
        await stack.SetSecretAsync("gitlab-token", "canary-one");
        await stack.SetSecretAsync("gitlab-hook", "canary-two");
        Assert.Equal(0, (await stack.VerbAsync("config", "push", "--config", scratch.In("config"))).Code);

        (int code, string said) = await stack.VerbAsync("doctor");

        Assert.Equal(1, code);
        Assert.StartsWith("BAD  gitlab: gitlab.test did not let us in: ", said);
        Assert.DoesNotContain("canary", said);
    }

    private static async Task<JsonNode> ExaminedAsync(TestStack stack, int exit)
    {
        (int code, string output) = await stack.VerbAsync("doctor", "--json");
        Assert.True(exit == code, output);
        return JsonNode.Parse(output)!;
    }

    private static string[] Told(JsonNode doctor) => [.. doctor["findings"]!.AsArray().Select(f => $"{f!["severity"]} {f["check"]}: {f["what"]}")];
}
