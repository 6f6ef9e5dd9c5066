using Xunit;
using static Cki.Tests.Doubles.A;

namespace Cki.Tests.DetectionRooms;

public sealed class MergeRequestDecisionTests
{
    private static readonly TreeConfig Triggering = Tree() with { MergeRequests = new MergeRequestRules(MergeRequestAct.Trigger) };
    private static readonly RunId Run = new("mainline-merge-requests-5-head-bbbbbbbbbbbb-01234567");
    private static readonly KnownMergeRequest Known = new KnownMergeRequest(Sha('b'), Noon).With(Run);

    private static MergeRequestShown Open(char sha = 'b') => new(5, "opened", Sha(sha)) { TargetBranch = "main" };

    private static MergeRequestDecision Decide(KnownMergeRequest? was, MergeRequestShown? now, bool isBaseline = false, TreeConfig? tree = null) =>
        MergeRequests.Decide(tree ?? Triggering, 5, (was, now, isBaseline), Noon);

    [Fact]
    public void A_new_head_is_tested() =>
        Assert.Equal(new MergeRequestDecision(new KnownMergeRequest(Sha('b'), Noon)) { Tests = true }, Decide(null, Open()));

    [Fact]
    public void What_is_known_is_not_tested_again()
    {
        Assert.Equal(new MergeRequestDecision(Known), Decide(Known, Open()));
        Assert.Equal(new MergeRequestDecision(Known), Decide(Known, Open() with { TargetBranch = "release/6" }));
    }

    [Fact]
    public void The_baseline_is_known_and_not_tested() =>
        Assert.Equal(new MergeRequestDecision(new KnownMergeRequest(Sha('b'), Noon)), Decide(null, Open(), isBaseline: true));

    [Fact]
    public void A_head_that_moves_is_tested_and_what_waits_of_the_old_one_is_doubted()
    {
        MergeRequestDecision moved = Decide(Known, Open('d'));
        Assert.Equal((true, "the head of merge request !5 has moved to dddddddddddd", Sha('d')), (moved.Tests, moved.Doubts, moved.Entry!.Sha));
        Assert.Equal([Run], moved.Entry.Runs);
    }

    [Theory]
    [InlineData("closed")]
    [InlineData("merged")]
    public void One_that_ended_is_forgotten_and_what_waits_is_doubted(string state) =>
        Assert.Equal(new MergeRequestDecision(null) { Doubts = $"merge request !5 is {state}" }, Decide(Known, Open() with { State = state }));

    [Fact]
    public void One_that_is_being_merged_has_not_ended() => Assert.Null(Decide(Known, Open() with { State = "locked" }).Doubts);

    [Fact]
    public void One_that_is_gone_has_ended() => Assert.Equal(new MergeRequestDecision(null) { Doubts = "merge request !5 is gone" }, Decide(Known, null));

    [Fact]
    public void A_draft_is_skipped_and_tested_once_it_is_ready()
    {
        MergeRequestDecision draft = Decide(null, Open() with { IsDraft = true });
        Assert.Equal((false, "merge request !5 is a draft"), (draft.Tests, draft.Skips));
        Assert.Equal((true, null), (Decide(draft.Entry, Open()).Tests, Decide(draft.Entry, Open()).Skips));
        Assert.Null(Decide(draft.Entry, Open() with { IsDraft = true }).Skips);
    }

    [Fact]
    public void A_watched_one_that_is_ready_has_its_pipelines_looked_at_and_none_started()
    {
        TreeConfig watching = Tree() with { MergeRequests = new MergeRequestRules(MergeRequestAct.Watch) };
        MergeRequestDecision draft = Decide(null, Open() with { IsDraft = true }, tree: watching);
        Assert.Equal((false, null, false), (draft.Tests, draft.Skips, draft.LooksAtPipelines));
        MergeRequestDecision ready = Decide(draft.Entry, Open(), tree: watching);
        Assert.Equal((false, true), (ready.Tests, ready.LooksAtPipelines));
    }

    [Theory]
    [InlineData("main", "", null)]
    [InlineData("main", "ready", null)]
    [InlineData("main", "no-ci", "merge request !5 has the label no-ci")]
    [InlineData("main", "ready no-ci", "merge request !5 has the label no-ci")]
    [InlineData("wip", "", "no glob matches wip, the target of merge request !5")]
    public void Labels_and_targets_decide(string target, string labels, string? whyNot) =>
        Assert.Equal(whyNot, (Triggering.MergeRequests with { LabelsNot = ["no-ci"] }).WhyNot(Triggering, Open() with { TargetBranch = target, Labels = labels.Split(' ', StringSplitOptions.RemoveEmptyEntries) }));

    [Fact]
    public void One_of_the_labels_must_be_there()
    {
        MergeRequestRules rules = Triggering.MergeRequests with { Labels = ["ready", "test"], Targets = ["**"] };
        Assert.Equal("merge request !5 has none of the labels ready, test", rules.WhyNot(Triggering, Open()));
        Assert.Null(rules.WhyNot(Triggering, Open() with { Labels = ["test"], TargetBranch = "wip" }));
    }
}
