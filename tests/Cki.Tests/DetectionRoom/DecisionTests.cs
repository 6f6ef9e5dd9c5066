using Cki.Tests.Doubles;
using Xunit;
using static Cki.Tests.Doubles.A;

namespace Cki.Tests.DetectionRooms;

public sealed class DecisionTests
{
    private static TreeHeads Known(params (string Branch, char Sha)[] heads)
    {
        var known = new TreeHeads(Tree().Name) { FirstSeenAt = Noon };
        foreach ((string branch, char sha) in heads)
            known.Branches[branch] = new Head(Sha(sha), Noon);
        return known;
    }

    private static PushDecision OfPush(TreeHeads? known, PushReceived push, bool isRunKnown = false) => Detection.OfPush(Tree(), known, push, isRunKnown);

    private static PushDecision Settled(HeadDecision head) => new PushDecision.Settled(head);

    [Fact]
    public void The_first_sight_of_a_tree_is_a_baseline() =>
        Assert.Equal(
            [new HeadDecision.Baseline("main", Sha('a')), new HeadDecision.NotWanted("wip", "no glob of the tree matches it")],
            Detection.OfLook(Tree(), null, [new SeenHead("wip", Sha('b')), new SeenHead("main", Sha('a'))]));

    [Fact]
    public void A_tree_that_wants_it_is_tested_at_first_sight() =>
        Assert.Equal(
            [new HeadDecision.Test("main", Sha('a'), null, "t")],
            Detection.OfLook(Tree() with { TestOnFirstSight = true }, null, [new SeenHead("main", Sha('a'), "t")]));

    [Fact]
    public void What_a_push_announced_before_the_first_look_is_no_baseline() =>
        Assert.Equal(
            [new HeadDecision.Test("main", Sha('b'), Sha('a'), null)],
            Detection.OfLook(Tree(), Known(("main", 'a')) with { FirstSeenAt = null }, [new SeenHead("main", Sha('b'))]));

    [Fact]
    public void A_look_tells_new_known_moved_and_removed_heads_apart() =>
        Assert.Equal(
            [
                new HeadDecision.Test("main", Sha('b'), Sha('a'), null),
                new HeadDecision.AlreadyKnown("release/1", Sha('c')),
                new HeadDecision.Removed("release/2", Sha('d')),
                new HeadDecision.Test("release/3", Sha('e'), null, null),
            ],
            Detection.OfLook(
                Tree(),
                Known(("main", 'a'), ("release/1", 'c'), ("release/2", 'd')),
                [new SeenHead("release/3", Sha('e')), new SeenHead("release/1", Sha('c')), new SeenHead("main", Sha('b'))]));

    [Fact]
    public void A_server_that_suddenly_shows_nothing_is_not_believed()
    {
        Assert.Equal("the server shows none of the 1 known branches and tags", Detection.Implausible(Known(("main", 'a')), []));
        Assert.Null(Detection.Implausible(Known(), []));
        Assert.Null(Detection.Implausible(null, []));
    }

    [Fact]
    public void A_push_that_continues_our_head_is_tested() =>
        Assert.Equal(
            Settled(new HeadDecision.Test("main", Sha('b'), Sha('a'), "net: fix a leak")), OfPush(Known(("main", 'a')), DetectionWorld.Push('a', 'b')));

    [Theory]
    [InlineData(null)]
    [InlineData('a')]
    public void A_push_to_a_branch_we_do_not_know_is_tested(char? before) =>
        Assert.Equal(
            Settled(new HeadDecision.Test("release/7", Sha('b'), null, "net: fix a leak")),
            OfPush(Known(("main", 'a')), DetectionWorld.Push(before, 'b', "refs/heads/release/7")));

    [Fact]
    public void The_same_push_again_is_known() =>
        Assert.Equal(Settled(new HeadDecision.AlreadyKnown("main", Sha('b'))), OfPush(Known(("main", 'b')), DetectionWorld.Push('a', 'b')));

    [Fact]
    public void A_push_that_starts_elsewhere_is_not_believed_unread() =>
        Assert.Equal(
            new PushDecision.LookFirst("main", "the push starts from aaaaaaaaaaaa, we know cccccccccccc"),
            OfPush(Known(("main", 'c')), DetectionWorld.Push('a', 'b')));

    [Fact]
    public void A_commit_seen_before_on_that_branch_is_not_believed_unread() =>
        Assert.Equal(
            new PushDecision.LookFirst("main", "this commit was seen on this branch before"),
            OfPush(Known(("main", 'a')), DetectionWorld.Push('a', 'b'), isRunKnown: true));

    [Theory]
    [InlineData("refs/heads/wip", "wip", "no glob of the tree matches it")]
    [InlineData("refs/tags/v1", "tags/v1", "no glob of the tree matches it")]
    [InlineData("refs/merge-requests/1/head", "refs/merge-requests/1/head", "neither a branch nor a tag")]
    [InlineData("refs/heads/", "refs/heads/", "neither a branch nor a tag")]
    public void What_the_tree_does_not_want_has_its_reason(string gitRef, string branch, string reason) =>
        Assert.Equal(Settled(new HeadDecision.NotWanted(branch, reason)), OfPush(Known(), DetectionWorld.Push('a', 'b', gitRef)));

    [Fact]
    public void A_wanted_tag_is_tested() =>
        Assert.Equal(
            Settled(new HeadDecision.Test("tags/v7.1", Sha('b'), null, "net: fix a leak")),
            Detection.OfPush(Tree() with { Tags = ["v*"] }, Known(), DetectionWorld.Push(null, 'b', "refs/tags/v7.1"), false));

    [Fact]
    public void A_deleted_branch_is_removed_unless_it_lives_on_elsewhere()
    {
        Assert.Equal(Settled(new HeadDecision.Removed("main", Sha('a'))), OfPush(Known(("main", 'a')), DetectionWorld.Push('a', null)));
        Assert.Equal(
            new PushDecision.LookFirst("main", "aaaaaaaaaaaa was deleted, we know bbbbbbbbbbbb"), OfPush(Known(("main", 'b')), DetectionWorld.Push('a', null)));
        Assert.Equal(Settled(new HeadDecision.NotWanted("main", "deleted, and not known")), OfPush(Known(), DetectionWorld.Push('a', null)));
    }

    [Fact]
    public void A_late_push_moves_nothing_and_is_covered_by_the_head() =>
        Assert.Equal(
            [new HeadDecision.AlreadyKnown("main", Sha('c')), new HeadDecision.Passed("main", Sha('b'), Sha('c'), "net: fix a leak")],
            Detection.OfPushAfterLook(Tree(), Known(("main", 'c')), DetectionWorld.Push('a', 'b'), "main", new SeenHead("main", Sha('c'))));

    [Fact]
    public void An_overtaken_push_gives_way_to_the_newer_head() =>
        Assert.Equal(
            [new HeadDecision.Test("main", Sha('d'), Sha('a'), "t"), new HeadDecision.Passed("main", Sha('b'), Sha('d'), "net: fix a leak")],
            Detection.OfPushAfterLook(Tree(), Known(("main", 'a')), DetectionWorld.Push('c', 'b'), "main", new SeenHead("main", Sha('d'), "t")));

    [Fact]
    public void A_force_push_that_the_server_confirms_is_tested() =>
        Assert.Equal(
            [new HeadDecision.Test("main", Sha('b'), Sha('a'), "net: fix a leak")],
            Detection.OfPushAfterLook(Tree(), Known(("main", 'a')), DetectionWorld.Push('c', 'b'), "main", new SeenHead("main", Sha('b'))));

    [Fact]
    public void A_push_to_a_branch_that_is_gone_removes_it_and_is_accounted_for() =>
        Assert.Equal(
            [new HeadDecision.Removed("main", Sha('a')), new HeadDecision.Passed("main", Sha('b'), null, "net: fix a leak")],
            Detection.OfPushAfterLook(Tree(), Known(("main", 'a')), DetectionWorld.Push('c', 'b'), "main", null));
}
