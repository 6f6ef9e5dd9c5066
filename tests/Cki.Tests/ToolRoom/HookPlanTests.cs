using Cki.Adapters;
using Cki.Tests.Doubles;
using Cki.Tool;
using Xunit;

namespace Cki.Tests.ToolRooms;

public class HookPlanTests
{
    private static string[] Wanted(SuiteConfig config) => [.. HookPlan.Wanted(config).Select(w => $"{w.Project} {w.Source} {string.Join(' ', w.Events)} {w.TokenSecret}")];

    private static IReadOnlyList<string> Faults(params GitLabHook[] there) => HookPlan.Compare(HealthyFacts.Wanted(), HealthyFacts.Door, there).Faults;

    [Fact]
    public void Pushes_come_from_the_tree_jobs_and_pipelines_from_where_it_is_tested() =>
        Assert.Equal(
            ["gitlab.example/cki/pipelines gitlab job_events pipeline_events hook-token", "gitlab.example/kernel/linux gitlab push_events hook-token"],
            Wanted(A.Config()));

    [Fact]
    public void A_project_that_is_both_gets_one_hook_and_tags_are_sent_where_they_are_tested()
    {
        TreeConfig tree = A.Tree() with { Project = A.PipelineProject, Tags = ["v*"] };
        Assert.Equal(["gitlab.example/cki/pipelines gitlab job_events pipeline_events push_events tag_push_events hook-token"], Wanted(A.Config(tree, A.GitTree())));
    }

    [Fact]
    public void What_is_watched_wants_its_events()
    {
        TreeConfig watching = A.Tree() with { MergeRequests = new MergeRequestRules(MergeRequestAct.Watch) };
        Assert.Contains("gitlab.example/kernel/linux gitlab job_events merge_requests_events note_events pipeline_events push_events hook-token", Wanted(A.Config(watching)));
        Assert.Contains(
            "gitlab.example/kernel/linux gitlab merge_requests_events note_events push_events hook-token", Wanted(A.Config(A.Tree() with { MergeRequests = new MergeRequestRules(MergeRequestAct.Trigger) })));
    }

    [Fact]
    public void A_host_without_a_source_gets_no_hook_and_is_named()
    {
        SuiteConfig config = A.Config() with { Sources = [] };
        Assert.Empty(Wanted(config));
        Assert.Equal(["gitlab.example/cki/pipelines", "gitlab.example/kernel/linux"], HookPlan.WithoutSource(config).Select(p => p.ToString()));
        Assert.Empty(HookPlan.WithoutSource(A.Config()));
    }

    [Fact]
    public void A_hook_that_does_more_than_is_asked_for_is_right() =>
        Assert.Empty(Faults(HealthyFacts.GitLabsHook() with { Events = ["issues_events", "job_events", "pipeline_events", "push_events"] }));

    [Fact]
    public void A_hook_to_another_address_is_not_ours() =>
        Assert.Equal(["there is no hook to https://cki.example/webhooks/gitlab"], Faults(HealthyFacts.GitLabsHook() with { Url = "https://old.example/webhooks/gitlab" }));

    [Fact]
    public void What_is_wrong_with_a_hook_is_told() =>
        Assert.Equal(
            [
                "GitLab has disabled it for good after 40 failures in a row", "it does not send pipeline_events",
                "it sends no secret token, so that every delivery is refused", "it does not verify our certificate",
            ],
            Faults(HealthyFacts.GitLabsHook() with { AlertStatus = "disabled", Events = ["job_events"], HasToken = false, VerifiesTls = false }));

    [Fact]
    public void A_GitLab_that_does_not_tell_of_tokens_or_alerts_is_believed() =>
        Assert.Empty(Faults(HealthyFacts.GitLabsHook() with { AlertStatus = null, HasToken = null }));

    [Fact]
    public void Two_hooks_to_one_address_send_everything_twice() =>
        Assert.Equal(["2 hooks have this address: every event comes 2 times"], Faults(HealthyFacts.GitLabsHook(), HealthyFacts.GitLabsHook() with { Id = 9 }));
}

public class ConfigChangesTests
{
    private static ConfigBundle Bundle(params (string Name, string Text)[] files) =>
        new("h", [.. files.Select(f => ConfigBundleFile.Of(f.Name, f.Text, new ConfigNode.Map(new ConfigPlace(f.Name, 1, 1), [])))]);

    [Fact]
    public void Changed_lines_are_shown_with_their_numbers_and_unchanged_files_are_not() =>
        Assert.Equal(
            ["  trees.yaml", "- 2: b", "+ 2: B", "+ 4: d"],
            ConfigChanges.Lines(Bundle(("trees.yaml", "a\nb\nc\n"), ("x.yaml", "x\n")), Bundle(("trees.yaml", "a\nB\nc\nd\n"), ("x.yaml", "x\n"))));

    [Fact]
    public void A_first_configuration_is_all_new() =>
        Assert.Equal(["  trees.yaml", "+ 1: a"], ConfigChanges.Lines(null, Bundle(("trees.yaml", "a\n"))));

    [Fact]
    public void Nothing_is_shown_where_nothing_changes() =>
        Assert.Empty(ConfigChanges.Lines(Bundle(("a", "1\n2")), Bundle(("a", "1\n2"))));
}
