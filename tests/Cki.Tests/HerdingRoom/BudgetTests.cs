using CsCheck;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.HerdingRoom;

public class BudgetTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Whatever_the_order_and_repetition_a_budget_has_never_more_owners_than_places_and_each_keeps_his()
    {
        Gen.Select(Gen.Int[0, 8], Gen.Int[0, 20].Array[0, 80]).Sample((most, asks) =>
        {
            BudgetLedger? ledger = null;
            var granted = new HashSet<string>();
            foreach (int ask in asks)
            {
                BudgetLedger? next = Budgets.Take(ledger, $"job-{ask}", most);
                Assert.True(next is not null || !granted.Contains($"job-{ask}"));
                if (next is null)
                    continue;
                granted.Add($"job-{ask}");
                ledger = next;
            }
            Assert.Equal(Math.Min(most, asks.Distinct().Count()), granted.Count);
            Assert.True((ledger?.Owners.Count ?? 0) <= most);
        }, iter: 500);
    }

    [Fact]
    public async Task Lost_answers_grant_no_place_twice()
    {
        var suite = new InMemoryPorts();
        var budgets = new Budgets(suite.Ports.Documents, suite.Clock);
        var budget = new Budget("budgets/retries/x.json", 3, "retries", Refills: true);
        int calls = 0;
        suite.Store.After = (operation, _) =>
        {
            if (operation == "put" && ++calls % 2 == 0)
                throw new StoreUnavailableException("no answer");
        };
        var granted = new List<int>();
        for (int n = 0; n < 12; n++)
        {
            if (await budgets.TakeAsync(budget, $"job-{n % 6}", Cancellation))
                granted.Add(n % 6);
        }
        Assert.Equal([0, 1, 2], granted.Distinct());
    }

    [Fact]
    public async Task A_retry_over_its_pipelines_budget_is_dropped_with_the_reason_and_operators_hear_once()
    {
        HerdingWorld world = await WorldAsync(new RetryBudget { PerPipeline = 0 });
        Assert.StartsWith("Dropped: the budget of 0 retries in pipeline", await world.RetryAsync("build x"));
        Assert.Single(world.GitLab.Jobs);
        Assert.True(Notices(world).Single().Once);
    }

    [Fact]
    public async Task A_job_that_may_fail_never_takes_the_last_places_of_those_that_gate()
    {
        HerdingWorld world = await WorldAsync(new RetryBudget { PerPipeline = 1 }, mayFail: true);
        Assert.Equal(
            $"Dropped: the budget of 0 retries in pipeline {world.Pipeline} for jobs that may fail (the other half is for those that gate) is spent", await world.RetryAsync("build x"));
        Assert.Empty(Notices(world));
        Assert.Equal("Done: retried", await (await WorldAsync(new RetryBudget { PerPipeline = 1 })).RetryAsync("build x"));
        Assert.Equal("Done: retried", await (await WorldAsync(new RetryBudget { PerPipeline = 2 }, mayFail: true)).RetryAsync("build x"));
    }

    [Fact]
    public async Task A_tenants_retries_are_counted_apart_and_leave_others_their_places()
    {
        HerdingWorld world = await WorldAsync(new RetryBudget { PerHostAndHour = 0 });
        world.Suite.Config.Current = world.Suite.Config.Current with
        {
            Tenants = [new TenantConfig("lab", [A.Tree().Name], null, new SuiteBudget { Retries = new RetryBudget { PerHostAndHour = 1 } })],
        };
        Assert.Equal("Done: retried", await world.RetryAsync("build x"));
        string[] spent = [.. world.Suite.Store.Under("budgets/retries/")];
        Assert.Equal(3, spent.Length);
        Assert.All(spent, key => Assert.StartsWith("budgets/retries/lab/", key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_projects_day_is_a_budget_too()
    {
        HerdingWorld world = await WorldAsync(new RetryBudget { PerProjectAndDay = 0 });
        FlowTaskException held = await Assert.ThrowsAnyAsync<FlowTaskException>(() => world.RetryAsync("build x"));
        Assert.Equal((ErrorNames.Paused, true), (held.ErrorName, held.Message.Contains("retries in project", StringComparison.Ordinal)));
        Assert.Single(world.GitLab.Jobs);
    }

    [Fact]
    public async Task A_retry_over_the_hours_budget_waits_and_goes_in_the_next_hour()
    {
        HerdingWorld world = await WorldAsync(new RetryBudget { PerHostAndHour = 0 });
        Assert.Equal(ErrorNames.Paused, (await Assert.ThrowsAnyAsync<FlowTaskException>(() => world.RetryAsync("build x"))).ErrorName);
        Assert.Single(world.GitLab.Jobs);
        world.Suite.Config.Current = world.Suite.Config.Current with { Budget = SuiteBudget.Default };
        Assert.Equal("Done: retried", await world.RetryAsync("build x"));
    }

    [Fact]
    public async Task A_paused_class_holds_its_retries_and_no_others()
    {
        HerdingWorld world = await WorldAsync(new RetryBudget());
        var dns = new Switch(Switch.OfClass("dns"), "resolver moves", "me", A.Noon, null);
        await world.Suite.Ports.Documents.PutAsync(dns.Key, dns, DocumentJson.Default.Switch, Cancellation);
        Switch runner = dns with { What = Switch.OfClass("runner") };
        await world.Suite.Ports.Documents.PutAsync(runner.Key, runner, DocumentJson.Default.Switch, Cancellation);
        Assert.Equal(ErrorNames.Paused, (await Assert.ThrowsAnyAsync<FlowTaskException>(() => world.RetryAsync("build x"))).ErrorName);
        await world.Suite.Ports.Documents.DeleteAsync(runner.Key, Cancellation);
        Assert.Equal("Done: retried", await world.RetryAsync("build x"));
    }

    private static async Task<HerdingWorld> WorldAsync(RetryBudget budget, bool mayFail = false)
    {
        HerdingWorld world = await new HerdingWorld().AfterAsync(new GitLabSimulator.JobScript("build x", "build") { Attempts = [HerdingWorld.SystemFailure, new()], AllowFailure = mayFail });
        world.Suite.Config.Current = world.Suite.Config.Current with { Budget = new SuiteBudget { Retries = budget } };
        await world.JobFinishedAsync("build x");
        return world;
    }

    private static IEnumerable<NoticeRaised> Notices(HerdingWorld world) =>
        world.Suite.Queue.Sent.Select(m => CloudEvent.Parse(m.Body)).Where(e => e.Type == MessageTypes.NoticeRaised).Select(e => e.Read<NoticeRaised>());
}
