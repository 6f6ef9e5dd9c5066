using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.HerdingRoom;

/// <summary>A matcher that costs and never rescues: proposed, or set in shadow where its entry asks for it.</summary>
public class DemotionTests
{
    private const string Matcher = "pod-unschedulable";
    private const string Day = "20261122";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task By_default_a_matcher_that_never_rescues_is_proposed_once_and_stays_live()
    {
        HerdingWorld world = World(demotes: false);
        Put(world, 14, RescueEnd.SameAgain);
        await world.DeliverAsync(new LearningDue(Day));
        await world.DeliverAsync(new LearningDue(Day));
        NoticeRaised[] told = [.. world.Suite.Queue.Messages<NoticeRaised>()];
        Assert.Equal(($"demote-{Matcher}", true, 2), (told[0].Key, told.All(n => n.Once && n.Key == told[0].Key), told.Length));
        Assert.Contains("14 retries outside of outages rescued nothing and cost 1.4 hours of machines", told[0].Text, StringComparison.Ordinal);
        Assert.Null(world.Suite.Store.Peek(Demotions.Key, OutageJson.Default.Demotions));
        Assert.Equal(HerdAct.Retry, (await ActAsync(world)).Act);
    }

    [Fact]
    public async Task With_demote_auto_it_goes_into_shadow_is_watched_there_and_operators_hear_once()
    {
        HerdingWorld world = World(demotes: true);
        Put(world, 14, RescueEnd.SameAgain);
        await world.DeliverAsync(new LearningDue(Day));
        await world.DeliverAsync(new LearningDue(Day));
        Demotion demotion = world.Suite.Store.Peek(Demotions.Key, OutageJson.Default.Demotions)!.Entries.Single();
        Assert.Equal((Matcher, 14, 14 * 360.0, null), (demotion.Matcher, demotion.Retries, demotion.MachineSeconds, demotion.LiftedAt));
        Assert.Single(world.Suite.Queue.Messages<NoticeRaised>().Select(n => n.Key).Distinct(), $"demoted-{Matcher}-{Day}");
        HerdDecision left = await ActAsync(world);
        Assert.NotEqual(Matcher, left.Matcher);
        Assert.Contains(Matcher, left.Shadows);
    }

    [Theory]
    [InlineData(13, RescueEnd.SameAgain)]
    [InlineData(14, RescueEnd.RealFailure)]
    [InlineData(14, RescueEnd.Rescued)]
    public async Task Too_few_retries_or_useful_ones_demote_nobody(int retries, RescueEnd end)
    {
        HerdingWorld world = World(demotes: true);
        Put(world, 13, RescueEnd.SameAgain);
        Put(world, retries - 13, end, from: 13);
        await world.DeliverAsync(new LearningDue(Day));
        Assert.Empty(world.Suite.Queue.Messages<NoticeRaised>());
        Assert.Equal((HerdAct.Retry, Matcher), ((await ActAsync(world)).Act, (await ActAsync(world)).Matcher));
    }

    [Fact]
    public async Task Retries_in_an_outage_speak_against_nobody()
    {
        HerdingWorld world = World(demotes: true);
        Put(world, 40, RescueEnd.SameAgain, inOutage: true);
        await world.DeliverAsync(new LearningDue(Day));
        Assert.Empty(world.Suite.Queue.Messages<NoticeRaised>());
    }

    [Fact]
    public async Task One_that_a_person_set_live_again_is_judged_by_later_days_only()
    {
        HerdingWorld world = World(demotes: true);
        Put(world, 14, RescueEnd.SameAgain);
        await world.DeliverAsync(new LearningDue(Day));
        Demotions lifted = world.Suite.Store.Peek(Demotions.Key, OutageJson.Default.Demotions)!.Lifted(Matcher, "ann", A.Noon);
        world.Suite.Store.Set(Demotions.Key, lifted, OutageJson.Default.Demotions);
        await world.DeliverAsync(new LearningDue(Day));
        Assert.False(world.Suite.Store.Peek(Demotions.Key, OutageJson.Default.Demotions)!.Stands(Matcher));
        Assert.Equal(Matcher, (await ActAsync(world)).Matcher);
        Put(world, 14, RescueEnd.SameAgain, from: 100, at: A.Noon.AddDays(1));
        await world.DeliverAsync(new LearningDue("20261123"));
        Assert.True(world.Suite.Store.Peek(Demotions.Key, OutageJson.Default.Demotions)!.Stands(Matcher));
    }

    [Fact]
    public void A_demotion_does_nothing_to_a_matcher_that_does_not_ask_for_it()
    {
        Demotions demotions = Demotions.None.With(new DemotionProposal(Matcher, 14, 5040, "never"), A.Noon);
        Assert.Same(Shipped.Tree, demotions.Applied(Shipped.Tree));
        Assert.Same(demotions, demotions.With(new DemotionProposal(Matcher, 99, 1, "again"), A.Noon.AddDays(1)));
        Assert.Same(demotions, demotions.Lifted("other", "ann", A.Noon));
    }

    private static HerdingWorld World(bool demotes)
    {
        var world = new HerdingWorld();
        world.Suite.Config.Current = world.Suite.Config.Current with
        {
            Matchers = new MatcherTree([.. Shipped.Tree.Matchers.Select(m => m.Name == Matcher ? m with { DemotesItself = demotes } : m)]),
        };
        return world;
    }

    private static void Put(HerdingWorld world, int count, RescueEnd end, int from = 0, bool inOutage = false, DateTimeOffset? at = null)
    {
        for (int n = from; n < from + count; n++)
        {
            var rescue = new RescueEvent(Matcher, "runner", A.Pipeline(), "build x", "x86_64", n, 1000 + n, TimeSpan.FromMinutes(5), end, 360, at ?? A.Noon) { InOutage = inOutage };
            world.Suite.Store.Set(rescue.Key, rescue, OutageJson.Default.RescueEvent);
        }
    }

    private static async Task<HerdDecision> ActAsync(HerdingWorld world)
    {
        if (world.GitLab.Jobs.Count == 0)
            await world.AfterAsync(new JobScript("build x", "build") { Attempts = [HerdingWorld.SystemFailure] });
        await world.Suite.Ports.Documents.DeleteAsync(JobRecord.Key(world.Pipeline, "build x"), Cancellation);
        await world.JobFinishedAsync("build x");
        return (await world.RecordAsync("build x"))!.Attempts[0].Decision;
    }
}
