using Xunit;

namespace Cki.Tests.ConfigurationRooms;

/// <summary>A tree's <c>merge_requests</c> and <c>adopt</c>, and a host's <c>pause_runners</c>.</summary>
public sealed class OthersReading : ConfigRoom
{
    private static readonly ProjectRef Kernel = new("gitlab.example", "kernel/linux");
    private static readonly ProjectRef Pipelines = new("gitlab.example", "cki/pipelines");

    [Fact]
    public void What_is_left_out_watches_nothing()
    {
        TreeConfig tree = Good().Trees[0];
        Assert.Equal(MergeRequestRules.Ignored, tree.MergeRequests);
        Assert.Empty(tree.Adopt);
        Assert.False(Good().Hosts[0].PausesRunners);
    }

    [Theory]
    [InlineData("watch", MergeRequestAct.Watch)]
    [InlineData("trigger", MergeRequestAct.Trigger)]
    [InlineData("ignore", MergeRequestAct.Ignore)]
    public void One_word_is_enough(string word, MergeRequestAct act)
    {
        Put("trees.yaml", Trees($"project: gitlab.example/kernel/linux\n    merge_requests: {word}"));
        Assert.Equal(new MergeRequestRules(act), Good().Trees[0].MergeRequests);
    }

    [Fact]
    public void Every_field_is_read()
    {
        Put("trees.yaml", Trees(
            """
            project: gitlab.example/kernel/linux
                merge_requests: {do: trigger, drafts: true, labels: [ready, "!no-ci"], targets: ["release/**"]}
                adopt:
                  - sources: [schedule, web]
                    refs: [main]
                  - project: gitlab.example/cki/pipelines
                    sources: web
                    sha_variable: commit_hash
                    branch_variable: branch
            """).Replace("bot_user: cki-bot", "bot_user: cki-bot\n    pause_runners: true"));
        TreeConfig tree = Good().Trees[0];
        MergeRequestRules rules = tree.MergeRequests;
        Assert.Equal((MergeRequestAct.Trigger, true), (rules.Act, rules.Drafts));
        Assert.Equal(["ready", "no-ci", "release/**"], [.. rules.Labels, .. rules.LabelsNot, .. rules.Targets!]);
        Assert.Equal([(Kernel, "schedule web", "main", null, null), (Pipelines, "web", "**", "commit_hash", "branch")],
            tree.Adopt.Select(r => (r.Project, string.Join(' ', r.Sources), string.Join(' ', r.Refs), r.ShaVariable, r.BranchVariable)));
        Assert.True(Good().Hosts[0].PausesRunners);
    }

    [Theory]
    [InlineData("merge_requests: watch", "13:21: trees[0].merge_requests: are a GitLab project's, but the tree names no project")]
    [InlineData("merge_requests: perhaps", "13:21: trees[0].merge_requests: is 'perhaps', not one of watch, trigger, ignore")]
    [InlineData("merge_requests: {labels: [x]}", "13:21: trees[0].merge_requests.do: is missing")]
    [InlineData("adopt: [{sources: [web]}]", "13:13: trees[0].adopt[0].project: is missing, and the tree names none either")]
    [InlineData("adopt: [{project: gitlab.example/cki/x}]", "13:13: trees[0].adopt[0].sources: must name at least one of api, chat, external_pull_request_event, pipeline, push, schedule, trigger, web, webide")]
    [InlineData("adopt: [{project: gitlab.example/cki/x, sources: [shedule]}]",
        "13:55: trees[0].adopt[0].sources: 'shedule' is none of api, chat, external_pull_request_event, pipeline, push, schedule, trigger, web, webide; did you mean 'schedule'?")]
    [InlineData("adopt: [{project: gitlab.example/cki/x, sources: [merge_request_event]}]", "13:55: trees[0].adopt[0].sources: 'merge_request_event' is what the tree's merge_requests: watch is for")]
    [InlineData("adopt: [{project: gitlab.example/cki/x, sources: [parent_pipeline]}]", "13:55: trees[0].adopt[0].sources: 'parent_pipeline' belongs to its parent's run")]
    public void What_cannot_be_meant_is_refused(string line, string error)
    {
        Put("trees.yaml", Trees(line));
        Assert.Equal([$"trees.yaml:{error}"], Errors());
    }
}
