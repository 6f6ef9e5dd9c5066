using CsCheck;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.HerdingRoom;

public class OutageDecisionTests
{
    private static readonly OutageRule Rule = new("registry");
    private static readonly DateTimeOffset Noon = A.Noon;

    [Fact]
    public void Five_pipelines_within_the_window_open_a_class_and_many_jobs_of_four_do_not()
    {
        Assert.False(Counted(Hits(1, 2, 3, 4, 1, 2, 3, 4)).Holds);
        OutageState open = Counted(Hits(1, 2, 3, 4, 5));
        Assert.Equal((OutagePhase.Open, 5, Noon + TimeSpan.FromMinutes(15)), (open.Phase, open.Pipelines, open.NextProbeAt));
    }

    [Fact]
    public void Hits_from_before_the_window_or_before_the_last_end_do_not_count()
    {
        Assert.False(OutageDecisions.Counted(new OutageState("registry"), Rule, Hits(1, 2, 3, 4, 5), Noon + TimeSpan.FromMinutes(40)).Holds);
        Assert.False(OutageDecisions.Counted(new OutageState("registry") { ClosedAt = Noon + TimeSpan.FromMinutes(1) }, Rule, Hits(1, 2, 3, 4, 5), Noon + TimeSpan.FromMinutes(2)).Holds);
    }

    [Fact]
    public void Probes_come_ever_more_rarely_and_five_watch_over_eleven_hours()
    {
        OutageState state = Counted(Hits(1, 2, 3, 4, 5));
        DateTimeOffset now = Noon;
        for (int n = 0; n < 5; n++)
        {
            now = state.NextProbeAt!.Value;
            state = OutageDecisions.Probed(OutageDecisions.Probing(state, Held(), now), Rule, ProbeEnd.SameAgain, now);
        }
        Assert.Equal((5, OutagePhase.Open), (state.Probes, state.Phase));
        Assert.InRange((state.NextProbeAt!.Value - Noon).TotalHours, 11, 12);
    }

    [Fact]
    public void A_probe_that_was_never_posted_does_not_count_and_another_goes_at_once()
    {
        OutageState probing = OutageDecisions.Probing(Counted(Hits(1, 2, 3, 4, 5)), Held(), Noon);
        OutageState state = OutageDecisions.Probed(probing, Rule, ProbeEnd.NotPosted, Noon);
        Assert.Equal((0, OutagePhase.Open, Noon), (state.Probes, state.Phase, state.NextProbeAt));
    }

    [Theory]
    [InlineData("success", null, ProbeEnd.Over)]
    [InlineData("failed", "registry", ProbeEnd.SameAgain)]
    [InlineData("failed", "dns", ProbeEnd.Over)]
    [InlineData("canceled", null, ProbeEnd.Silent)]
    [InlineData("running", null, ProbeEnd.UnderWay)]
    [InlineData("pending", null, ProbeEnd.UnderWay)]
    public void A_probe_ends_as_its_successor_does(string status, string? failureClass, ProbeEnd expected)
    {
        HerdDecision? decision = status == "failed" ? A.Decision() with { Class = failureClass } : null;
        Assert.Equal(expected, OutageDecisions.EndOf(new OutageProbe(Held(), Noon), Done, A.Job(2, status: status) with { StartedAt = Noon }, decision, Noon + TimeSpan.FromMinutes(9)));
    }

    [Fact]
    public void A_probe_that_outlives_the_point_of_failure_ends_the_outage_before_its_job_ends()
    {
        PipelineJob running = A.Job(2, status: "running") with { StartedAt = Noon };
        Assert.Equal(ProbeEnd.Over, OutageDecisions.EndOf(new OutageProbe(Held(), Noon), Done, running, null, Noon + TimeSpan.FromMinutes(10)));
    }

    [Fact]
    public void A_persons_hold_is_not_probed_and_does_not_calm_down_by_itself()
    {
        OutageState held = OutageDecisions.OpenedBy(null, "lab", "me", "the lab moves", Noon);
        Assert.Null(OutageDecisions.NextProbe(held, [Held()], Noon + TimeSpan.FromDays(1)));
        Assert.Same(held, OutageDecisions.Calmed(held, Rule, 0, [], Noon + TimeSpan.FromDays(1)));
        OutageState calm = OutageDecisions.Calmed(Counted(Hits(1, 2, 3, 4, 5)), Rule, 0, [], Noon + TimeSpan.FromHours(1));
        Assert.Equal((OutagePhase.Closed, Noon + TimeSpan.FromHours(1)), (calm.Phase, calm.ClosedAt));
    }

    [Fact]
    public void While_it_holds_only_what_a_person_asked_for_is_released()
    {
        OutageState open = Counted(Hits(1, 2, 3, 4, 5));
        Assert.Equal(0, OutageDecisions.Releasing(open, Rule, 50, Noon).Jobs);
        (OutageState after, int jobs) = OutageDecisions.Releasing(open with { ReleaseAsked = 2 }, Rule, 50, Noon);
        Assert.Equal((2, 0), (jobs, after.ReleaseAsked));
    }

    [Fact]
    public void However_looks_fall_the_release_never_exceeds_its_pace()
    {
        Gen.Int[1, 900].Array[1, 60].Sample(seconds =>
        {
            OutageState state = OutageDecisions.Closed(Counted(Hits(1, 2, 3, 4, 5)), Noon);
            DateTimeOffset now = Noon;
            int released = 0;
            foreach (int wait in seconds)
            {
                (state, int jobs) = OutageDecisions.Releasing(state, Rule, 1000 - released, now);
                released += jobs;
                Assert.InRange(jobs, 0, Rule.ReleasePerMinute * 5);
                Assert.True(released <= (Rule.ReleasePerMinute * ((now - Noon).TotalMinutes + 1)) + 0.001);
                now += TimeSpan.FromSeconds(wait);
            }
        }, iter: 500);
    }

    [Fact]
    public void Outages_of_the_past_are_remembered_and_time_within_them_is_counted_once()
    {
        OutageState twice = OutageDecisions.OpenedBy(null, "lab", "ann", "power", Noon);
        twice = OutageDecisions.Closed(twice, Noon.AddHours(2));
        twice = OutageDecisions.OpenedBy(twice, "lab", "ann", "again", Noon.AddHours(5));
        Assert.True(twice.Covers(Noon.AddHours(1)));
        Assert.False(twice.Covers(Noon.AddHours(3)));
        Assert.True(twice.Covers(Noon.AddHours(6)));
        Assert.Equal(TimeSpan.FromHours(3), twice.Within(Noon.AddHours(1), Noon.AddHours(7)));
        twice = OutageDecisions.Closed(twice, Noon.AddHours(6));
        Assert.Equal(TimeSpan.FromHours(3), twice.Within(Noon.AddHours(-9), Noon.AddHours(90)));
        Assert.Equal(TimeSpan.Zero, twice.Within(Noon.AddHours(3), Noon.AddHours(4)));
    }

    private static JobRetry Done { get; } = new(1, "registry-timeout", A.Noon, RetryState.Done) { NewJobId = 2 };

    private static HeldJob Held() => new("registry", new JobRef(A.PipelineProject, 1), 1000, "build x", "failed", Noon, TimeSpan.FromMinutes(1));

    private static OutageState Counted(string[] hits) => OutageDecisions.Counted(new OutageState("registry"), Rule, hits, Noon);

    private static string[] Hits(params long[] pipelines) =>
        [.. pipelines.Select(p => new OutageHit("registry", A.Pipeline(p), "build x", Noon - TimeSpan.FromMinutes(p)).Key)];
}
