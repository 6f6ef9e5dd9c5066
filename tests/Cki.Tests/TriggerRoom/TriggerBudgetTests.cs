using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.TriggerRoom;

/// <summary>Pipelines per hour, of a tree and on a GitLab: what is over waits for the next hour.</summary>
public class TriggerBudgetTests
{
    [Theory]
    [InlineData(0, 300, "pipelines of tree mainline")]
    [InlineData(60, 0, "pipelines on gitlab.example")]
    public async Task A_pipeline_over_the_hours_budget_is_not_started_and_operators_hear_once(int perTree, int perHost, string what)
    {
        TriggerWorld world = World(new PipelineBudget { PerTreeAndHour = perTree, PerHostAndHour = perHost });
        for (int n = 0; n < 2; n++)
        {
            FlowTaskException held = await Assert.ThrowsAnyAsync<FlowTaskException>(() => world.CallAsync("start-pipeline"));
            Assert.Equal((ErrorNames.Paused, true), (held.ErrorName, held.Message.Contains(what, StringComparison.Ordinal)));
        }
        Assert.Empty(world.GitLab.Pipelines);
        NoticeRaised[] told = [.. world.Ports.Queue.Messages<NoticeRaised>()];
        Assert.True(told.All(n => n.Once) && told.DistinctBy(n => n.Key).Count() == 1);
    }

    [Fact]
    public async Task Within_the_budget_it_starts_and_takes_one_place_however_often_it_is_asked()
    {
        TriggerWorld world = World(new PipelineBudget { PerTreeAndHour = 1, PerHostAndHour = 1 });
        await world.StartAsync();
        await world.StartAsync();
        Assert.Single(world.GitLab.Pipelines);
        Assert.All(world.Ports.Store.Under("budgets/pipelines/"), key => Assert.Single(world.Ports.Store.Peek(key, OutageJson.Default.BudgetLedger)!.Owners));
    }

    [Fact]
    public async Task A_tenants_pipelines_are_counted_apart()
    {
        TriggerWorld world = World(new PipelineBudget { PerTreeAndHour = 0 });
        world.Ports.Config.Current = world.Ports.Config.Current with { Tenants = [new TenantConfig("lab", [A.Tree().Name], null, SuiteBudget.Default)] };
        await world.StartAsync();
        Assert.All(world.Ports.Store.Under("budgets/"), key => Assert.StartsWith("budgets/pipelines/lab/", key, StringComparison.Ordinal));
    }

    private static TriggerWorld World(PipelineBudget budget)
    {
        var world = new TriggerWorld();
        world.Ports.Config.Current = world.Ports.Config.Current with { Budget = new SuiteBudget { Pipelines = budget } };
        world.Ports.Store.Set(RunIds.PipelineKey(TriggerWorld.Run), new RunPipeline(TriggerWorld.Run) { Attempts = [new RunAttempt(1)] }, DocumentJson.Default.RunPipeline);
        return world;
    }
}
