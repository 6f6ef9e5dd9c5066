using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.TriggerRoom;

public class OverdueTests
{
    private const string Marker = "due/202611221210/run/x";

    private static async Task<TriggerWorld> AWatchedWorldAsync()
    {
        var world = new TriggerWorld();
        await world.ReceiveAsync(new CommitDetected(TriggerWorld.Run));
        world.Ports.Store.SetText(Marker, "{}");
        return world;
    }

    private static Task LookAsync(TriggerWorld world) => world.ReceiveAsync(new RunOverdue(TriggerWorld.Run, 1), Marker);

    private static void Die(TriggerWorld world, int redrives) =>
        world.Ports.Flows.End("test-commit", RunIds.Execution(TriggerWorld.Run, 1, redrives), FlowStatus.TimedOut, "States.Timeout", "too long");

    [Fact]
    public async Task A_living_flow_keeps_its_marker()
    {
        TriggerWorld world = await AWatchedWorldAsync();
        await LookAsync(world);
        Assert.Contains(Marker, world.Ports.Store.Keys);
        Assert.Single(world.Ports.Flows.Executions);
    }

    [Fact]
    public async Task A_finished_flow_is_watched_no_more()
    {
        TriggerWorld world = await AWatchedWorldAsync();
        world.Ports.Flows.End("test-commit", RunIds.Execution(TriggerWorld.Run, 1), FlowStatus.Succeeded);
        await LookAsync(world);
        Assert.DoesNotContain(Marker, world.Ports.Store.Keys);
    }

    [Fact]
    public async Task A_flow_that_was_never_started_is_started()
    {
        TriggerWorld world = await AWatchedWorldAsync();
        world.Ports.Flows.Executions.Clear();
        await LookAsync(world);
        Assert.Single(world.Ports.Flows.Executions);
        Assert.Contains(Marker, world.Ports.Store.Keys);
    }

    [Fact]
    public async Task A_died_flow_gets_three_successors_then_the_run_is_infrastructure()
    {
        TriggerWorld world = await AWatchedWorldAsync();
        for (int redrives = 0; redrives < 3; redrives++)
        {
            Die(world, redrives);
            await LookAsync(world);
            Assert.Contains($"test-commit/{TriggerWorld.Run}-1-r{redrives + 1}", world.Ports.Flows.Executions.Keys);
        }
        Assert.Empty(world.Ports.Queue.Messages<RunSettled>());
        Die(world, 3);
        await LookAsync(world);
        RunResult result = world.Recorded!.Latest.Result!;
        Assert.Equal((Verdict.Infrastructure, "its flow died 4 times, last TimedOut: States.Timeout too long"), (result.Verdict, result.Reason));
        Assert.Equal([new RunSettled(TriggerWorld.Run, 1)], world.Ports.Queue.Messages<RunSettled>());
        Assert.DoesNotContain(Marker, world.Ports.Store.Keys);
    }

    [Fact]
    public async Task A_flow_that_died_after_its_result_is_reported_and_not_redriven()
    {
        TriggerWorld world = await AWatchedWorldAsync();
        RunResult passed = new RunResult(Verdict.Passed, "1 job passed");
        world.Ports.Store.Set(
            RunIds.PipelineKey(TriggerWorld.Run),
            new RunPipeline(TriggerWorld.Run) { Attempts = [new RunAttempt(1) { State = AttemptState.Settled, Result = passed }] },
            DocumentJson.Default.RunPipeline);
        Die(world, 0);
        await LookAsync(world);
        Assert.Single(world.Ports.Flows.Executions);
        Assert.Equal([new RunSettled(TriggerWorld.Run, 1)], world.Ports.Queue.Messages<RunSettled>());
        Assert.Equal(Verdict.Passed, world.Recorded!.Latest.Result!.Verdict);
    }
}
