using Cki.Tests.Doubles;
using CsCheck;
using Xunit;

namespace Cki.Tests.TriggerRoom;

public class StartingTests
{
    private static readonly RunAttempt Fresh = new(1);
    private static readonly RunAttempt Claimed = Fresh with { ClaimedAt = A.Noon, Claims = 1 };
    private static readonly RunAttempt Running = Claimed with { State = AttemptState.Running, Pipeline = A.Pipeline(1000) };
    private static readonly Switch Pause = new("trigger", "lab move", "ada", A.Noon, null);

    [Fact]
    public void A_fresh_attempt_posts() => Assert.Equal(new StartDecision.Post(), Starting.Decide(Fresh, [], null, A.Noon));

    [Fact]
    public void A_held_attempt_does_not_post_and_says_who_holds_it() =>
        Assert.Equal(new StartDecision.Held("trigger is paused by ada: lab move"), Starting.Decide(Fresh, [], Pause, A.Noon));

    [Fact]
    public void An_unanswered_claim_bars_another_post_for_three_minutes()
    {
        var wait = new StartDecision.WaitForClaim(A.Noon + TimeSpan.FromMinutes(3));
        Assert.Equal(wait, Starting.Decide(Claimed, [], null, A.Noon));
        Assert.Equal(wait, Starting.Decide(Claimed, [], null, A.Noon + TimeSpan.FromSeconds(179)));
        Assert.Equal(new StartDecision.Post(), Starting.Decide(Claimed, [], null, A.Noon + TimeSpan.FromSeconds(180)));
    }

    [Fact]
    public void A_pipeline_that_a_lost_post_made_is_adopted_and_the_lowest_id_is_kept()
    {
        var adopt = Assert.IsType<StartDecision.Adopt>(Starting.Decide(Claimed, [A.PipelineShown(1002), A.PipelineShown(1001)], null, A.Noon));
        Assert.Equal(A.PipelineShown(1001), adopt.Pipeline);
        Assert.Equal([A.PipelineShown(1002)], adopt.Twins);
    }

    [Fact]
    public void A_pause_does_not_keep_from_adopting() =>
        Assert.IsType<StartDecision.Adopt>(Starting.Decide(Claimed, [A.PipelineShown(1001)], Pause, A.Noon));

    [Fact]
    public void A_running_attempt_keeps_its_pipeline_and_cancels_only_twins()
    {
        var running = Assert.IsType<StartDecision.AlreadyRunning>(Starting.Decide(Running, [A.PipelineShown(1001), A.PipelineShown(1000)], Pause, A.Noon));
        Assert.Equal(A.Pipeline(1000), running.Pipeline);
        Assert.Equal([A.PipelineShown(1001)], running.Twins);
    }

    [Fact]
    public void A_settled_or_running_attempt_is_not_claimed()
    {
        Assert.Null(Starting.Claim(Running, A.Noon.AddHours(1)));
        Assert.Null(Starting.Claim(Fresh with { State = AttemptState.Settled }, A.Noon));
        Assert.Equal(Claimed, Starting.Claim(Fresh, A.Noon));
    }

    [Fact]
    public void The_first_recorded_pipeline_stays()
    {
        RunAttempt recorded = Starting.Record(Claimed, A.PipelineShown(1000), A.Noon);
        Assert.Equal(A.Pipeline(1000), recorded.Pipeline);
        Assert.Same(recorded, Starting.Record(recorded, A.PipelineShown(1001), A.Noon));
    }

    [Fact]
    public void A_settled_attempt_gets_no_pipeline_any_more()
    {
        RunAttempt settled = Claimed with { State = AttemptState.Settled };
        Assert.Same(settled, Starting.Record(settled, A.PipelineShown(1000), A.Noon));
    }

    [Fact]
    public void Only_an_attempt_claimed_twice_may_have_twins_until_one_late_look()
    {
        Assert.False(Starting.MayHaveTwins(Running));
        RunAttempt twice = Running with { Claims = 2 };
        Assert.True(Starting.MayHaveTwins(twice));
        Assert.True(Starting.MayHaveTwins(twice with { TwinsSoughtAt = A.Noon.AddMinutes(9) }));
        Assert.False(Starting.MayHaveTwins(twice with { TwinsSoughtAt = A.Noon.AddMinutes(10) }));
    }

    [Fact]
    public void Posts_that_obey_their_claims_never_overlap() =>
        // Processes come at any time, are held up between claim and POST, and an unanswered POST takes effect up to two minutes after it was sent.
        Gen.Select(Gen.Int[0, 60], Gen.Int[0, 90]).Array[1, 40].Sample(arrivals =>
        {
            RunAttempt attempt = new(1);
            DateTimeOffset now = A.Noon, lastEffect = DateTimeOffset.MinValue;
            foreach ((int afterSeconds, int heldUpSeconds) in arrivals)
            {
                now = now.AddSeconds(afterSeconds);
                if (Starting.Decide(attempt, [], null, now) is not StartDecision.Post || Starting.Claim(attempt, now) is not { } claimed)
                    continue;
                attempt = claimed;
                DateTimeOffset posts = now.AddSeconds(heldUpSeconds);
                if (!Starting.MayStillPost(now, posts))
                    continue;
                Assert.True(posts > lastEffect, $"a POST at {posts} while another may take effect until {lastEffect}");
                lastEffect = posts.AddMinutes(2);
            }
        });
}
