using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.TriggerRoom;

using JobAttempt = Cki.GitLabSimulator.JobAttempt;

public class CancelingTests
{
    private const string Marker = "due/202611221205/cancel/x";

    private static readonly CancelRun Cancel = new(TriggerWorld.Run, 1, "jane", "wrong branch");

    private static async Task<TriggerWorld> ADetectedRunAsync()
    {
        var world = new TriggerWorld();
        await world.ReceiveAsync(new CommitDetected(TriggerWorld.Run));
        world.Ports.Store.SetText(Marker, "{}");
        return world;
    }

    [Fact]
    public async Task A_running_pipeline_is_cancelled_and_the_run_says_who_did_it_and_why()
    {
        TriggerWorld world = await ADetectedRunAsync();
        await world.StartAsync();

        await world.ReceiveAsync(Cancel, Marker);

        RunResult result = world.Recorded!.Latest.Result!;
        Assert.Equal((Verdict.Canceled, "canceled by jane: wrong branch"), (result.Verdict, result.Reason));
        Assert.Empty(world.Kept);
        Assert.Equal([new RunSettled(TriggerWorld.Run, 1)], world.Ports.Queue.Messages<RunSettled>());
        Assert.DoesNotContain(Marker, world.Ports.Store.Keys);
        Assert.Equal("settled", TriggerWorld.Status(await world.CheckAsync()));
    }

    [Fact]
    public async Task A_run_that_has_no_pipeline_yet_never_gets_one()
    {
        TriggerWorld world = await ADetectedRunAsync();

        await world.ReceiveAsync(Cancel, Marker);

        Assert.Equal("settled", TriggerWorld.Status(await world.StartAsync()));
        Assert.Equal(Verdict.Canceled, world.Recorded!.Latest.Result!.Verdict);
        Assert.Equal(0, world.PostsSent);
    }

    [Fact]
    public async Task A_pipeline_whose_POST_went_unanswered_does_not_outlive_the_run()
    {
        TriggerWorld world = await ADetectedRunAsync();
        world.Breaks(ApiFault.LostAfter);
        await Assert.ThrowsAsync<Cki.Adapters.GitLabUnavailableException>(() => world.CallAsync("start-pipeline"));

        await world.ReceiveAsync(Cancel, Marker);

        Assert.Equal(AttemptState.Starting, world.Recorded!.Latest.State);
        Assert.Contains(Marker, world.Ports.Store.Keys);
        Assert.Empty(world.Kept);
        OutgoingMessage later = world.Ports.Queue.Sent.Last();
        Assert.Equal(MessageTypes.CancelRun, CloudEvent.Parse(later.Body).Type);
        Assert.InRange(later.Delay, TimeSpan.FromMinutes(2), Starting.ClaimLasts);
        world.Pass(later.Delay.TotalSeconds + 1);
        await world.ReceiveAsync(Cancel, Marker);
        Assert.Equal(Verdict.Canceled, world.Recorded!.Latest.Result!.Verdict);
        Assert.Empty(world.Kept);
        Assert.DoesNotContain(Marker, world.Ports.Store.Keys);
    }

    [Fact]
    public async Task Evidence_against_the_commit_outlives_the_cancelling()
    {
        TriggerWorld world = await ADetectedRunAsync();
        world.Runs(new JobScript("build", "build") { Attempts = [JobAttempt.Failed(RunnerTraces.SystemFailure(), "script_failure")] }, new JobScript("test", "build"));
        await world.StartAsync();
        world.Pass(300);
        world.Decides(world.GitLab.Jobs.First(j => j.Name == "build"), HerdAct.Leave, JobFinding.Failed);

        await world.ReceiveAsync(Cancel, Marker);

        Assert.Equal(Verdict.Failed, world.Recorded!.Latest.Result!.Verdict);
    }

    [Fact]
    public async Task What_has_settled_is_not_cancelled()
    {
        TriggerWorld world = await ADetectedRunAsync();
        await world.StartAsync();
        world.Pass(300);
        Assert.Equal("settled", await world.CheckToTheEndAsync());

        await world.ReceiveAsync(Cancel, Marker);

        Assert.Equal(Verdict.Passed, world.Recorded!.Latest.Result!.Verdict);
        Assert.Single(world.Kept);
        Assert.DoesNotContain(Marker, world.Ports.Store.Keys);
    }
}

public class RetestingTests
{
    private const string Marker = "due/202611221205/retest/x";

    private static readonly RetestRun Retest = new(TriggerWorld.Run, 2, "jane", "lab was down");

    private static TriggerWorld AWorldWith(AttemptState state)
    {
        var world = new TriggerWorld();
        world.Ports.Store.Set(
            RunIds.PipelineKey(TriggerWorld.Run),
            new RunPipeline(TriggerWorld.Run) { Attempts = [new RunAttempt(1) { State = state, Result = new RunResult(Verdict.Infrastructure, "lab") }] },
            DocumentJson.Default.RunPipeline);
        world.Ports.Store.SetText(Marker, "{}");
        return world;
    }

    [Fact]
    public async Task A_settled_run_gets_another_attempt_with_a_flow_of_its_own_that_is_watched()
    {
        TriggerWorld world = AWorldWith(AttemptState.Settled);

        await world.ReceiveAsync(Retest, Marker);

        Assert.Equal([1, 2], world.Recorded!.Attempts.Select(a => a.Number));
        Assert.Equal([$"test-commit/{TriggerWorld.Run}-2"], world.Ports.Flows.Executions.Keys);
        Assert.Contains(world.Ports.Store.Keys, k => k.EndsWith($"/run/{TriggerWorld.Run}-2", StringComparison.Ordinal));
        Assert.DoesNotContain(Marker, world.Ports.Store.Keys);
        Assert.Equal("started", TriggerWorld.Status(await world.StartAsync(attempt: 2)));
    }

    [Fact]
    public async Task The_same_wish_twice_is_one_attempt()
    {
        TriggerWorld world = AWorldWith(AttemptState.Settled);
        await world.ReceiveAsync(Retest, Marker);

        await world.ReceiveAsync(Retest, Marker);

        Assert.Equal(2, world.Recorded!.Attempts.Count);
        Assert.Single(world.Ports.Flows.Executions);
    }

    [Fact]
    public async Task A_run_under_test_is_not_tested_a_second_time_beside_it()
    {
        TriggerWorld world = AWorldWith(AttemptState.Running);

        await world.ReceiveAsync(Retest, Marker);

        Assert.Single(world.Recorded!.Attempts);
        Assert.Empty(world.Ports.Flows.Executions);
        Assert.DoesNotContain(Marker, world.Ports.Store.Keys);
    }

    [Fact]
    public async Task A_flow_that_was_not_started_before_a_crash_is_started_by_the_repetition()
    {
        TriggerWorld world = AWorldWith(AttemptState.Settled);
        await world.ReceiveAsync(Retest, Marker);
        world.Ports.Flows.Executions.Clear();

        await world.ReceiveAsync(Retest, Marker);

        Assert.Single(world.Ports.Flows.Executions);
    }
}
