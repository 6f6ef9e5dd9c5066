using Cki.GitLabSimulator;
using Xunit;
using static Cki.Tests.Doubles.A;

namespace Cki.Tests.DetectionRooms;

/// <summary>Merge requests and pipelines that others start, by webhook and by poll.</summary>
public sealed class OthersTests
{
    private static TreeConfig Watching(TreeConfig tree) => tree with
    {
        MergeRequests = new MergeRequestRules(MergeRequestAct.Watch), Adopt = [new AdoptRule(KernelProject, ["schedule"])],
    };

    private static TreeConfig Triggering(TreeConfig tree) => tree with { MergeRequests = new MergeRequestRules(MergeRequestAct.Trigger) };

    [Fact]
    public async Task A_schedule_becomes_a_run_with_its_pipeline()
    {
        OthersWorld world = await new OthersWorld(Watching).PolledAsync();
        GitLabPipeline pipeline = world.Start("schedule");

        await world.SeeAsync(pipeline);
        await world.SeeAsync(pipeline);

        RunDetection run = Assert.Single(world.Runs);
        CommitSha sha = CommitSha.Parse(pipeline.Sha);
        Assert.Equal((DetectionState.Detected, "main", sha, FoundBy.Webhook, "d-1"), (run.State, run.Branch, run.Sha, run.FoundBy, run.Delivery));
        Assert.Equal(new AdoptedPipeline(new PipelineRef(KernelProject, pipeline.Id), "schedule", "main", sha), run.Adopted);
        Assert.Equal([run.Run], world.Detected.Distinct());
    }

    [Fact]
    public async Task What_no_webhook_announced_is_found_by_the_poll()
    {
        OthersWorld world = await new OthersWorld(Watching).PolledAsync();
        world.Start("schedule");
        world.Start(world.Open());

        await world.PollAsync();

        Assert.Equal(["main", "merge-requests/1/head"], world.Runs.Select(r => r.Branch).Order(StringComparer.Ordinal));
        Assert.All(world.Runs, r => Assert.Equal((DetectionState.Detected, FoundBy.Poll), (r.State, r.FoundBy)));
    }

    [Fact]
    public async Task What_ran_before_the_first_look_is_the_baseline()
    {
        var world = new OthersWorld(Watching);
        GitLabPipeline old = world.Start("schedule");
        await world.PollAsync();
        await world.PollAsync();
        Assert.Empty(world.Runs);

        await world.SeeAsync(old);

        Assert.Equal("it is older than the first look at 2026-11-22 12:06", Assert.Single(world.Runs).Reason);
        Assert.Empty(world.Detected);
    }

    [Fact]
    public async Task A_pipeline_of_a_run_is_not_adopted_again()
    {
        OthersWorld world = await new OthersWorld(Watching).PolledAsync();
        GitLabPipeline pipeline = world.Start("schedule");
        var its = new PipelineRef(KernelProject, pipeline.Id);
        world.Ports.Store.Set(its.Key, new PipelineState(its) { Run = Detection().Run, Attempt = 1 }, DocumentJson.Default.PipelineState);

        await world.SeeAsync(pipeline);
        await world.PollAsync();

        Assert.Empty(world.Runs);
    }

    [Fact]
    public async Task What_nobody_wants_is_recorded_with_its_reason_and_started_by_nobody()
    {
        OthersWorld world = await new OthersWorld(Watching).PolledAsync();
        await world.SeeAsync(world.Start("web"));

        RunDetection seen = Assert.Single(world.Runs);
        Assert.Equal((DetectionState.Skipped, "no rule of tree mainline adopts pipelines of source web on main"), (seen.State, seen.Reason));
        Assert.Empty(world.Detected);
    }

    [Fact]
    public async Task What_we_started_is_nobody_elses()
    {
        OthersWorld world = await new OthersWorld(tree => tree with { Adopt = [new AdoptRule(KernelProject, ["api"])] }).PolledAsync();
        await world.SeeAsync(world.Start("api", world.Bot));
        await world.PollAsync();
        Assert.Empty(world.Runs);
    }

    [Fact]
    public async Task A_downstream_pipeline_waits_until_its_upstreams_run_had_time_to_claim_it()
    {
        OthersWorld world = await new OthersWorld(tree => tree with { Adopt = [new AdoptRule(KernelProject, ["pipeline"])] }).PolledAsync();
        GitLabPipeline pipeline = world.Start("pipeline");
        await world.SeeAsync(pipeline);
        await world.PollAsync();
        Assert.Empty(world.Runs);

        for (int polls = 0; polls < 6; polls++)
            await world.PollAsync();

        Assert.Equal(DetectionState.Detected, Assert.Single(world.Runs).State);
    }

    [Fact]
    public async Task A_merged_result_is_its_merge_request()
    {
        OthersWorld world = await new OthersWorld(Watching).PolledAsync();
        GitLabMergeRequest request = world.Open();
        string target = world.Kernel.Branches["main"];
        GitLabPipeline pipeline = world.Start(request, isMergedResult: true);

        await world.SeeAsync(pipeline);

        RunDetection run = Assert.Single(world.Runs);
        Assert.Equal((request.Sha, pipeline.Sha, target, "main"), (run.Sha.Value, run.Adopted!.Sha.Value, run.Previous?.Value, run.PreviousBranch));
        Assert.Equal(new MergeRequestRef(KernelProject, 1), run.MergeRequest);
        Assert.Equal([run.Run], world.Others.Of(1)!.Runs);
    }

    [Fact]
    public async Task A_draft_that_is_ready_has_its_newest_pipeline_adopted()
    {
        OthersWorld world = await new OthersWorld(Watching).PolledAsync();
        GitLabMergeRequest request = world.Open(r => r.Draft = true);
        GitLabPipeline pipeline = world.Start(request);
        await world.PollAsync();
        Assert.Equal("merge request !1 is a draft", Assert.Single(world.Runs).Reason);

        world.GitLab.Change(world.Kernel, request, r => r.Draft = false);
        await world.PollAsync();

        RunDetection run = Assert.Single(world.Runs);
        Assert.Equal((DetectionState.Detected, pipeline.Id, null), (run.State, run.Adopted!.Pipeline.Id, run.Reason));
    }

    [Fact]
    public async Task A_merge_requests_head_gets_a_run_of_ours()
    {
        OthersWorld world = await new OthersWorld(Triggering).PolledAsync();
        GitLabMergeRequest request = world.Open();

        await world.ChangedAsync(request);
        await world.ChangedAsync(request);
        await world.PollAsync();

        RunDetection run = Assert.Single(world.Runs);
        Assert.Equal((RunIds.Of(Tree().Name, "merge-requests/1/head", CommitSha.Parse(request.Sha)), request.BaseSha, null), (run.Run, run.Previous?.Value, run.Adopted));
        Assert.Equal([run.Run], world.Detected);
    }

    [Fact]
    public async Task Open_merge_requests_at_first_sight_are_known_and_not_tested()
    {
        var world = new OthersWorld(Triggering);
        GitLabMergeRequest request = world.Open();
        await world.PollAsync();
        Assert.Empty(world.Runs);

        world.GitLab.Commit(world.Kernel.Path, "feature", "mm: better");
        await world.PollAsync();

        Assert.Equal(request.Sha, Assert.Single(world.Runs).Sha.Value);
    }

    [Fact]
    public async Task A_baseline_of_many_is_no_storm()
    {
        var world = new OthersWorld(Triggering);
        world.Open();
        for (int n = 0; n < 150; n++)
            world.GitLab.AddMergeRequest(world.Kernel, $"mm: change {n}", "feature");
        await world.PollAsync();
        await world.PollAsync();
        Assert.Equal((0, 151), (world.Runs.Length, world.Others.MergeRequests.Count));
    }

    [Fact]
    public async Task Merge_requests_that_are_watched_later_have_a_baseline_of_their_own()
    {
        OthersWorld world = await new OthersWorld(tree => tree with { Adopt = [new AdoptRule(KernelProject, ["schedule"])] }).PolledAsync();
        world.Open();
        world.Ports.Config.Current = Config(Triggering(Tree())) with { Hash = "decaf" };
        await world.PollAsync();
        await world.PollAsync();
        Assert.Empty(world.Runs);
        Assert.NotNull(world.Others.Of(1));
    }

    [Fact]
    public async Task One_that_closed_while_the_rules_changed_has_ended()
    {
        OthersWorld world = await new OthersWorld(Triggering).PolledAsync();
        GitLabMergeRequest request = world.Open();
        await world.PollAsync();
        world.GitLab.Change(world.Kernel, request, r => r.State = "closed");
        world.Ports.Config.Current = world.Ports.Config.Current with { Hash = "decaf" };
        await world.PollAsync();
        Assert.Single(world.Ports.Queue.Messages<RevisitRetries>());
    }

    [Fact]
    public async Task Other_rules_want_what_did_not_change()
    {
        OthersWorld world = await new OthersWorld(tree => tree with { MergeRequests = new MergeRequestRules(MergeRequestAct.Trigger) { Labels = ["ready"] } }).PolledAsync();
        world.Open();
        await world.PollAsync();
        Assert.Equal("merge request !1 has none of the labels ready", Assert.Single(world.Runs).Reason);

        world.Ports.Clock.Advance(TimeSpan.FromHours(1));
        await world.PollAsync();
        world.Ports.Config.Current = Config(Triggering(Tree())) with { Hash = "decaf" };
        await world.PollAsync();

        Assert.Equal(DetectionState.Detected, Assert.Single(world.Runs).State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_merge_request_that_ends_has_what_waits_for_it_looked_at(bool isByWebhook)
    {
        OthersWorld world = await new OthersWorld(Triggering).PolledAsync();
        GitLabMergeRequest request = world.Open();
        await world.PollAsync();
        world.GitLab.Change(world.Kernel, request, r => r.State = "merged");

        await (isByWebhook ? world.ChangedAsync(request) : world.PollAsync());

        Assert.Equal([new RevisitRetries(Assert.Single(world.Runs).Run, "merge request !1 is merged")], world.Ports.Queue.Messages<RevisitRetries>());
        Assert.Null(world.Others.Of(1));
        await world.PollAsync();
        Assert.Single(world.Ports.Queue.Messages<RevisitRetries>());
    }

    [Fact]
    public async Task A_head_that_moves_is_a_run_of_its_own_and_the_old_ones_retries_are_looked_at()
    {
        OthersWorld world = await new OthersWorld(Triggering).PolledAsync();
        GitLabMergeRequest request = world.Open();
        await world.ChangedAsync(request);
        world.GitLab.Commit(world.Kernel.Path, "feature", "mm: better");
        await world.ChangedAsync(request);

        Assert.Equal(2, world.Runs.Length);
        Assert.Equal([world.Detected[0]], world.Ports.Queue.Messages<RevisitRetries>().Select(r => r.Run));
        Assert.Equal(world.Detected, world.Others.Of(1)!.Runs);
    }

    [Fact]
    public async Task A_tree_that_watches_nothing_asks_nothing()
    {
        OthersWorld world = await new OthersWorld(tree => tree).PolledAsync();
        await world.SeeAsync(world.Start("schedule"));
        await world.ChangedAsync(world.Open());
        Assert.Empty(world.Runs);
        Assert.Equal(["heads/mainline.json"], world.Ports.Store.Keys);
    }

    [Fact]
    public async Task A_GitLab_that_cannot_be_asked_is_told_after_a_while_and_once_more_when_it_can()
    {
        OthersWorld world = await new OthersWorld(Watching).PolledAsync();
        world.Kernel.Members.Remove(world.Bot.Id);
        for (int polls = 0; polls < 4; polls++)
            await world.PollAsync();
        Assert.Contains("404", world.Others.PollError);
        world.GitLab.AddMember(world.Kernel, world.Bot, GitLabRole.Maintainer);
        await world.PollAsync();

        string[] told = [.. world.Ports.Queue.Messages<NoticeRaised>().Select(n => $"{n.Key} {n.Recovered}").Where(n => n.StartsWith("others", StringComparison.Ordinal)).Distinct()];
        Assert.Equal(["others-mainline False", "others-mainline True"], told);
        Assert.Null(world.Others.PollError);
    }
}
