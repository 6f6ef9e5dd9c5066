using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.HerdingRoom;

/// <summary>A class held by hand: what waits, what a person lets go, and what became of it meanwhile.</summary>
public class HeldJobTests
{
    private const string Class = "runner";
    private static readonly JobScript[] Two = [Lost("build a"), Lost("build b")];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_fails_of_a_class_that_a_person_holds_waits_and_is_not_posted()
    {
        HerdingWorld world = await HeldAsync();
        Assert.Equal([RetryState.Held, RetryState.Held], [await StateAsync(world, "build a"), await StateAsync(world, "build b")]);
        Assert.Empty(world.Suite.Flows.Executions);
        Assert.Equal(2, world.Suite.Store.Under($"outages/{Class}/held/").Count);
        Assert.Equal("start", Assert.Single(Notices(world)));
    }

    [Fact]
    public async Task Release_lets_the_oldest_go_and_the_class_stays_held()
    {
        HerdingWorld world = await HeldAsync();
        OutageState state = await ByHandAsync(world, "release", (s, _, _) => s with { ReleaseAsked = s.ReleaseAsked + 1 });
        Assert.True(state.Holds);
        Assert.Equal([RetryState.Pending, RetryState.Held], [await StateAsync(world, "build a"), await StateAsync(world, "build b")]);
        Assert.Equal("Done: retried", await world.RetryAsync("build a"));
    }

    [Fact]
    public async Task Probe_lets_one_go_and_its_success_ends_the_hold_and_tells_so()
    {
        HerdingWorld world = await HeldAsync();
        OutageState state = await ByHandAsync(world, "probe", (s, _, now) => s with { NextProbeAt = now });
        Assert.Equal(OutagePhase.HalfOpen, state.Phase);
        Assert.Equal([RetryState.Pending, RetryState.Held], [await StateAsync(world, "build a"), await StateAsync(world, "build b")]);
        Assert.Equal("Done: retried", await world.RetryAsync("build a"));
        world.Pass(600);
        await world.DeliverAsync(new OutageLook(Class));
        Assert.False((await OutageAsync(world)).Holds);
        Assert.Equal(RetryState.Pending, await StateAsync(world, "build b"));
        Assert.Equal(["start", "end"], Notices(world));
    }

    [Fact]
    public async Task Close_releases_all_and_each_is_looked_at_again()
    {
        HerdingWorld world = await HeldAsync();
        await world.PostAsync($"jobs/{world.Job("build b").Id}/retry", "{}");
        OutageState state = await ByHandAsync(world, "close", (s, reason, now) => OutageDecisions.Closed(s, now) with { Reason = reason, By = "ann" });
        Assert.False(state.Holds);
        Assert.Equal("Done: retried", await world.RetryAsync("build a"));
        Assert.StartsWith("Dropped: a newer job of that name exists", await world.RetryAsync("build b"), StringComparison.Ordinal);
        Assert.Empty(world.Suite.Store.Under($"outages/{Class}/held/"));
        Assert.Equal(["start", "end"], Notices(world));
    }

    [Fact]
    public async Task What_is_still_held_at_its_runs_deadline_is_never_posted_and_blames_nobody()
    {
        HerdingWorld world = await HeldAsync();
        JobRecord record = (await world.RecordAsync("build a"))!;
        PipelineJob failed = A.Job(record.Attempts[0].JobId, "build a", GitLabStatus.Failed) with { FailureReason = "runner_system_failure", PipelineId = world.Pipeline.Id };
        RunResult result = RunResults.Of([failed], [record], [], new CheckDecision.Deadline("no job changed for 3 days"));
        Assert.Equal((Verdict.Infrastructure, "not run again yet"), (result.Verdict, result.Reruns[0].Outcome));
        RunPipeline run = A.RunPipeline(world.Run, world.Pipeline.Id);
        world.Suite.Store.Set(
            RunIds.PipelineKey(world.Run), run.With(run.Latest with { State = AttemptState.Settled, Result = result }), DocumentJson.Default.RunPipeline);
        await ByHandAsync(world, "close", (s, _, now) => OutageDecisions.Closed(s, now));
        Assert.Equal("Dropped: the run has settled: Infrastructure", await world.RetryAsync("build a"));
        Assert.Equal(2, world.GitLab.Jobs.Count);
    }

    [Fact]
    public async Task A_persons_hand_leaves_its_reason()
    {
        HerdingWorld world = await HeldAsync();
        string key = world.Suite.Store.Under(OutageAudit.Prefix).Single();
        OutageAudit audit = world.Suite.Store.Peek(key, OutageJson.Default.OutageAudit)!;
        Assert.Equal((Class, "open", "ann", "cluster upgrade", OutagePhase.Closed, OutagePhase.Open), (audit.Class, audit.What, audit.By, audit.Reason, audit.Before, audit.After));
    }

    private static async Task<HerdingWorld> HeldAsync()
    {
        var world = new HerdingWorld();
        await ByHandAsync(world, "open", (s, reason, now) => OutageDecisions.OpenedBy(s, Class, "ann", reason, now));
        await world.AfterAsync(Two);
        await world.JobFinishedAsync("build a");
        world.Pass(5);
        await world.JobFinishedAsync("build b");
        return world;
    }

    /// <summary>As the tool does, then as the herder carries it out.</summary>
    private static async Task<OutageState> ByHandAsync(HerdingWorld world, string what, Func<OutageState, string, DateTimeOffset, OutageState> change)
    {
        var hand = new OutageHand(world.Suite.Ports.Documents, world.Suite.Ports.PostFrom("test"), "ann");
        (_, bool changed) = await hand.ChangeAsync(Class, what, "cluster upgrade", change, world.Suite.Clock.GetUtcNow(), Cancellation);
        Assert.True(changed);
        await world.DeliverAsync(new OutageLook(Class));
        return await OutageAsync(world);
    }

    private static async Task<OutageState> OutageAsync(HerdingWorld world) =>
        (await world.Suite.Ports.Documents.GetAsync(OutageState.KeyOf(Class), OutageJson.Default.OutageState, Cancellation))!.Value;

    private static async Task<RetryState> StateAsync(HerdingWorld world, string name) => (await world.RecordAsync(name))!.Retries[0].State;

    private static IReadOnlyList<string> Notices(HerdingWorld world) =>
        [.. world.Suite.Queue.Messages<NoticeRaised>().Where(n => n.Key == $"outage-{Class}").Select(n => n.Recovered ? "end" : "start")];

    private static JobScript Lost(string name) => new(name, "build") { Attempts = [HerdingWorld.SystemFailure, new()], Needs = [] };
}
