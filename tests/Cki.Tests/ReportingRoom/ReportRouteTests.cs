using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

public sealed class ReportRouteTests
{
    [Theory]
    [InlineData(Verdict.Passed, "developers,status")]
    [InlineData(Verdict.Failed, "developers,status")]
    [InlineData(Verdict.Undetermined, "operators,status")]
    [InlineData(Verdict.Infrastructure, "operators,status")]
    [InlineData(Verdict.Configuration, "operators,status")]
    [InlineData(Verdict.Superseded, "operators,status")]
    [InlineData(Verdict.Canceled, "operators,status")]
    [InlineData(Verdict.Incomplete, "operators,status")]
    [InlineData(Verdict.Vanished, "operators")]
    public void Developers_hear_of_passed_and_failed_only(Verdict verdict, string channels)
    {
        SuiteConfig config = ReportingWorld.Config();
        Assert.Equal(channels.Split(','), ReportRoute.Final(config, config.Trees[0], verdict));
    }

    [Fact]
    public void A_tree_without_a_project_has_no_commit_status()
    {
        SuiteConfig config = ReportingWorld.Config();
        TreeConfig tree = config.Trees[0] with { Project = null };
        Assert.Equal(["developers"], ReportRoute.Final(config, tree, Verdict.Passed));
        Assert.Equal([], ReportRoute.Start(config, tree));
        Assert.Equal(["status"], ReportRoute.Start(config, config.Trees[0]));
    }

    [Fact]
    public void People_and_programs_hear_of_evidence_early_and_a_commit_status_does_not()
    {
        SuiteConfig config = ReportingWorld.Config();
        var hook = new ChannelConfig.Webhook("hook", new Uri("https://hook.example"), "k");
        config = config with { Channels = [.. config.Channels, hook] };
        TreeConfig tree = config.Trees[0] with { ReportTo = ["developers", "operators", "status", "hook"] };
        Assert.Equal(["developers", "hook"], ReportRoute.Early(config, tree));
        Assert.Equal([], ReportRoute.Early(config, tree with { Pipeline = tree.Pipeline with { VerdictFrom = new VerdictFrom(VerdictSource.Kcidb) } }));
        Assert.Equal([], ReportRoute.Early(config, null));
        Assert.Equal((true, false), (ReportRoute.IsSparedRepetition(config.Channel("developers")!), ReportRoute.IsSparedRepetition(hook)));
    }

    [Fact]
    public void A_tree_that_is_gone_is_the_operators_matter() =>
        Assert.Equal(["operators"], ReportRoute.Final(ReportingWorld.Config(), null, Verdict.Passed));

    [Fact]
    public void Notices_go_to_operators_only() => Assert.Equal(["operators"], ReportRoute.Notice(ReportingWorld.Config()));
}

public sealed class DeliveryDecisionTests
{
    private static readonly RunId Run = A.Detection().Run;

    private static ReportDelivery Delivery(string kind, DeliveryState state, TimeSpan claimedFor = default) =>
        new(Run, "status", kind, state) { ClaimedUntil = state == DeliveryState.Claimed ? A.Noon + claimedFor : null, Tries = 1, MayHaveArrived = true };

    [Fact]
    public void The_first_claim_is_no_copy()
    {
        var claim = Assert.IsType<DeliveryDecision.Claim>(DeliveryDecision.Of(null, Run, "status", "final-1", A.Noon));
        Assert.Equal((false, 1, A.Noon.AddMinutes(5)), (claim.MayBeCopy, claim.Claimed.Tries, claim.Claimed.ClaimedUntil));
    }

    [Fact]
    public void A_claim_that_expired_is_taken_over_and_may_make_a_copy()
    {
        var claim = Assert.IsType<DeliveryDecision.Claim>(DeliveryDecision.Of(Delivery("final-1", DeliveryState.Claimed), Run, "status", "final-1", A.Noon));
        Assert.Equal((true, 2), (claim.MayBeCopy, claim.Claimed.Tries));
    }

    [Fact]
    public void A_live_claim_is_waited_for() => Assert.Equal(
        new DeliveryDecision.Wait(A.Noon.AddMinutes(1)),
        DeliveryDecision.Of(Delivery("final-1", DeliveryState.Claimed, TimeSpan.FromMinutes(1)), Run, "status", "final-1", A.Noon));

    [Theory]
    [InlineData(DeliveryState.Sent)]
    [InlineData(DeliveryState.Parked)]
    [InlineData(DeliveryState.Omitted)]
    public void What_has_ended_is_not_done_again(DeliveryState state) =>
        Assert.IsType<DeliveryDecision.Ended>(DeliveryDecision.Of(Delivery("final-1", state), Run, "status", "final-1", A.Noon));

    [Theory]
    [InlineData("start-1", "final-1", DeliveryState.Sent, "final-1 came first", false)]
    [InlineData("start-1", "final-1", DeliveryState.Claimed, "final-1 came first", false)]
    [InlineData("start-1", "final-2", DeliveryState.Parked, "final-2 came first", false)]
    [InlineData("start-2", "final-1", DeliveryState.Sent, null, false)]
    [InlineData("final-1", "start-1", DeliveryState.Sent, null, false)]
    [InlineData("final-1", "start-1", DeliveryState.Claimed, "start-1 is on its way", true)]
    [InlineData("final-2", "final-1", DeliveryState.Claimed, "final-1 is on its way", true)]
    [InlineData("final-1", "final-2", DeliveryState.Sent, "final-2 came first", false)]
    [InlineData("final-2", "final-1", DeliveryState.Sent, null, false)]
    [InlineData("start-1", "early-1", DeliveryState.Claimed, "early-1 came first", false)]
    [InlineData("early-1", "start-1", DeliveryState.Claimed, "start-1 is on its way", true)]
    [InlineData("early-1", "final-1", DeliveryState.Claimed, "final-1 came first", false)]
    [InlineData("early-1", "final-1", DeliveryState.Omitted, "final-1 came first", false)]
    [InlineData("early-2", "final-1", DeliveryState.Claimed, "final-1 is on its way", true)]
    [InlineData("early-1", "final-2", DeliveryState.Sent, "final-2 came first", false)]
    [InlineData("final-1", "early-1", DeliveryState.Claimed, "early-1 is on its way", true)]
    [InlineData("final-1", "early-1", DeliveryState.Sent, null, false)]
    [InlineData("correction-1", "final-1", DeliveryState.Claimed, "final-1 is on its way", true)]
    [InlineData("correction-1", "final-1", DeliveryState.Sent, null, false)]
    [InlineData("correction-1", "final-2", DeliveryState.Sent, "final-2 came first", false)]
    [InlineData("final-2", "correction-1", DeliveryState.Claimed, "correction-1 is on its way", true)]
    [InlineData("final-1", "correction-1", DeliveryState.Sent, null, false)]
    [InlineData("correction-1", "correction-1-2", DeliveryState.Claimed, "correction-1-2 came first", false)]
    [InlineData("correction-1", "correction-1-2", DeliveryState.Sent, "correction-1-2 came first", false)]
    [InlineData("correction-1-2", "correction-1", DeliveryState.Claimed, "correction-1 is on its way", true)]
    [InlineData("correction-1-2", "correction-1", DeliveryState.Sent, null, false)]
    [InlineData("correction-1-10", "correction-1-9", DeliveryState.Claimed, "correction-1-9 is on its way", true)]
    [InlineData("correction-2", "correction-1-2", DeliveryState.Sent, null, false)]
    public void The_last_word_on_a_channel_is_the_latest_final(string mine, string other, DeliveryState state, string? reason, bool waits)
    {
        GiveWay? way = DeliveryDecision.Against(mine, [Delivery(other, state, TimeSpan.FromMinutes(2))], A.Noon);
        Assert.Equal(reason is null ? null : new GiveWay(reason, waits ? A.Noon.AddMinutes(2) : null), way);
    }

    [Fact]
    public void A_start_that_never_came_back_does_not_hold_the_final() =>
        Assert.Null(DeliveryDecision.Against("final-1", [Delivery("start-1", DeliveryState.Claimed)], A.Noon));
}
