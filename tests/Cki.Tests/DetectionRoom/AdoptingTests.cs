using Xunit;
using static Cki.Tests.Doubles.A;

namespace Cki.Tests.DetectionRooms;

/// <summary>What a pipeline that somebody started is to a tree.</summary>
public sealed class AdoptingTests
{
    private static readonly TreeConfig Watching = Tree() with
    {
        MergeRequests = new MergeRequestRules(MergeRequestAct.Watch), Adopt = [new AdoptRule(KernelProject, ["schedule"]) { Refs = ["main"] }],
    };

    private static readonly AdoptionFacts Facts = new("cki-bot");

    private static PipelineShown Shown(string source, string gitRef = "main") =>
        new(new PipelineRef(KernelProject, 7), GitLabStatus.Running, gitRef, Sha('a'), source, "") { CreatedAt = Noon, User = "jane" };

    private static MergeRequestShown Request() => new(5, "opened", Sha('b')) { TargetBranch = "main", BaseSha = Sha('c'), Title = "mm: a change" };

    private static string Reason(AdoptionDecision decision) => decision switch
    {
        AdoptionDecision.Ignore ignore => $"ignored: {ignore.Reason}",
        AdoptionDecision.Belongs belongs => $"belongs: {belongs.Reason}",
        _ => "adopted",
    };

    [Fact]
    public void A_schedule_is_its_own_commit() =>
        Assert.Equal(new AdoptionDecision.Adopt("main", Sha('a')), Adopting.Decide(Watching, Shown("schedule"), Facts));

    [Fact]
    public void A_variable_can_name_the_commit_and_its_branch()
    {
        TreeConfig tree = Tree() with { Adopt = [new AdoptRule(KernelProject, ["web"]) { ShaVariable = "commit_hash", BranchVariable = "branch" }] };
        AdoptionFacts facts = Facts with { Variables = [new("commit_hash", Sha('d').Value), new("branch", "next")] };
        Assert.Equal(new AdoptionDecision.Adopt("next", Sha('d')), Adopting.Decide(tree, Shown("web"), facts));
        Assert.Equal("ignored: its variable commit_hash names no commit", Reason(Adopting.Decide(tree, Shown("web"), Facts)));
    }

    [Theory]
    [InlineData("web", "main", "ignored: no rule of tree mainline adopts pipelines of source web on main")]
    [InlineData("schedule", "next", "ignored: no rule of tree mainline adopts pipelines of source schedule on next")]
    [InlineData("parent_pipeline", "main", "belongs: a child pipeline belongs to its parent's run")]
    [InlineData("merge_request_event", "refs/merge-requests/5/head", "ignored: merge request !5 is gone")]
    [InlineData("merge_request_event", "main", "ignored: main is no merge request's ref")]
    public void What_nobody_asked_for_is_left_with_its_reason(string source, string gitRef, string reason) =>
        Assert.Equal(reason, Reason(Adopting.Decide(Watching, Shown(source, gitRef), Facts)));

    [Fact]
    public void What_is_ours_is_not_adopted()
    {
        TreeConfig greedy = Tree() with { Adopt = [new AdoptRule(KernelProject, ["api", "trigger"])] };
        Assert.Equal("belongs: we started it", Reason(Adopting.Decide(greedy, Shown("api") with { User = "cki-bot" }, Facts)));
        Assert.Equal("belongs: it carries run r-1", Reason(Adopting.Decide(greedy, Shown("trigger"), Facts with { Variables = [new(PipelineValues.RunId, "r-1")] })));
        Assert.Equal("adopted", Reason(Adopting.Decide(greedy, Shown("api"), Facts)));
        Assert.Equal("ignored: it is older than the first look at 2026-11-22 12:01", Reason(Adopting.Decide(greedy, Shown("api"), Facts with { FirstSeenAt = Noon.AddMinutes(1) })));
    }

    [Fact]
    public void A_merge_requests_pipeline_is_its_head_compared_with_its_base() =>
        Assert.Equal(
            new AdoptionDecision.Adopt("merge-requests/5/head", Sha('a'))
            {
                MergeRequest = new MergeRequestRef(KernelProject, 5), Base = ("main", Sha('c')), Title = "mm: a change",
            },
            Adopting.Decide(Watching, Shown("merge_request_event", "refs/merge-requests/5/head"), Facts with { MergeRequest = Request() }));

    [Fact]
    public void A_merged_result_is_the_head_that_went_into_it_and_not_the_one_of_now()
    {
        var adopt = (AdoptionDecision.Adopt)Adopting.Decide(
            Watching, Shown("merge_request_event", "refs/merge-requests/5/merge"), Facts with { MergeRequest = Request(), Parents = [Sha('e'), Sha('d')] });
        Assert.Equal((Sha('d'), ("main", Sha('e'))), (adopt.Sha, adopt.Base));
    }

    [Fact]
    public void The_same_head_in_another_merged_result_is_another_run()
    {
        PipelineShown first = Shown("merge_request_event", "refs/merge-requests/5/merge");
        RunId run = RunIds.OfPipeline(Tree().Name, first);
        Assert.Equal(run, RunIds.OfPipeline(Tree().Name, first with { Status = GitLabStatus.Failed }));
        Assert.NotEqual(run, RunIds.OfPipeline(Tree().Name, first with { Sha = Sha('f') }));
        Assert.NotEqual(run, RunIds.OfPipeline(Tree().Name, first with { Ref = new PipelineRef(KernelProject, 8) }));
        Assert.StartsWith("mainline-merge-requests-5-merge-aaaaaaaaaaaa-", run.Value);
        Assert.InRange(run.Value.Length, 1, 60);
    }

    [Fact]
    public void Trees_that_start_their_own_leave_those_of_GitLab() =>
        Assert.Equal(
            "ignored: merge requests are tested by pipelines of our own",
            Reason(Adopting.Decide(Tree() with { MergeRequests = new(MergeRequestAct.Trigger) }, Shown("merge_request_event", "refs/merge-requests/5/head"), Facts)));

    [Fact]
    public void For_a_pipeline_of_others_nothing_is_started()
    {
        TreeConfig tree = Tree() with
        {
            CancelWhenNewer = true,
            Pipeline = TreePipeline() with { Fallbacks = [new Fallback([new("pool", "standby")])], Expects = [new(KernelProject, TimeSpan.FromHours(1))], Manual = [new("x", ManualAct.Play, TimeSpan.Zero)] },
        };
        RunDetection ours = Detection();
        Assert.Same(tree, tree.For(ours));
        TreeConfig bears = tree.For(ours with { Adopted = new AdoptedPipeline(Pipeline(), "schedule", "main", Sha('a')) });
        Assert.Equal((false, true, 0, 0, 0), (bears.CancelWhenNewer, bears.Pipeline.IsOthers, bears.Pipeline.Fallbacks.Count, bears.Pipeline.Expects.Count, bears.Pipeline.Manual.Count));
    }
}
