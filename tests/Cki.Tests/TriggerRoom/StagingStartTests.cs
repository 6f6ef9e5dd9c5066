using System.Text.Json.Nodes;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.TriggerRoom;

/// <summary>Staging makes the same run of the same commit, and takes production's pipeline for its attempt.</summary>
public sealed class StagingStartTests
{
    /// <summary>Production posted its pipeline on this GitLab; then the records are gone, as staging has none.</summary>
    private static async Task<TriggerWorld> BesideProductionAsync()
    {
        var world = new TriggerWorld();
        await world.ReceiveAsync(new CommitDetected(TriggerWorld.Run));
        await world.StartAsync();
        foreach (string key in world.Ports.Store.Keys.Where(k => k != RunIds.DetectionKey(TriggerWorld.Run)).ToArray())
            await world.Ports.Store.DeleteAsync(key, CancellationToken.None);
        return world;
    }

    private static async Task AsStagingAsync(TriggerWorld world)
    {
        var staging = new Switch(Switch.Staging, "test", "op", A.Noon, null);
        world.Ports.Store.Set(staging.Key, staging, DocumentJson.Default.Switch);
        await world.ReceiveAsync(new CommitDetected(TriggerWorld.Run));
    }

    [Fact]
    public async Task Production_s_pipeline_is_taken_and_none_is_posted()
    {
        TriggerWorld world = await BesideProductionAsync();
        await AsStagingAsync(world);
        world.Pass(3600);

        JsonNode answer = await world.CallAsync("start-pipeline");

        Assert.Equal("started", TriggerWorld.Status(answer));
        Assert.Equal(1, world.PostsSent);
        Assert.Equal(world.GitLab.Pipelines.Single().Id, world.Recorded!.Latest.Pipeline!.Id);
        Assert.Equal(TriggerWorld.Run, world.Ports.Store.Peek(A.Pipeline(world.GitLab.Pipelines.Single().Id).Key, DocumentJson.Default.PipelineState)!.Run);
    }

    [Fact]
    public async Task Before_production_has_one_staging_waits_and_posts_nothing()
    {
        var world = new TriggerWorld();
        await AsStagingAsync(world);
        FlowTaskException held = await Assert.ThrowsAsync<FlowTaskException>(() => world.CallAsync("start-pipeline"));
        Assert.Equal((ErrorNames.Paused, 0), (held.ErrorName, world.PostsSent));
        Assert.Null(world.Recorded!.Latest.ClaimedAt);
    }

    [Fact]
    public async Task Observing_alone_takes_no_pipeline_that_it_did_not_ask_for()
    {
        TriggerWorld world = await BesideProductionAsync();
        var observe = new Switch(Switch.Observe, "test", "op", A.Noon, null);
        world.Ports.Store.Set(observe.Key, observe, DocumentJson.Default.Switch);
        await world.ReceiveAsync(new CommitDetected(TriggerWorld.Run));
        await Assert.ThrowsAsync<FlowTaskException>(() => world.CallAsync("start-pipeline"));
        Assert.Null(world.Recorded!.Latest.Pipeline);
    }
}
