using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.HerdingRoom;

/// <summary>A tenant's trees are herded by the tenant's own matchers.</summary>
public class TenantTests
{
    private static readonly JobScript Lost = new("build x", "build") { Attempts = [HerdingWorld.SystemFailure, new()] };

    [Fact]
    public async Task A_tenants_own_matchers_decide_on_its_jobs()
    {
        MatcherConfig own = A.Matcher() with { Name = "our-pods", Messages = ["timed out waiting for pod"], Class = "ours", RetryDelays = [TimeSpan.FromHours(2)] };
        HerdDecision decision = await DecideAsync(new MatcherTree([own]));
        Assert.Equal((HerdAct.Retry, "our-pods", "ours", TimeSpan.FromHours(2)), (decision.Act, decision.Matcher, decision.Class, decision.Delay));
    }

    [Fact]
    public async Task The_installations_matchers_do_not_reach_into_a_tenant_that_has_its_own()
    {
        HerdDecision decision = await DecideAsync(new MatcherTree([A.Matcher()]));
        Assert.Equal((HerdAct.Report, JobFinding.Infrastructure), (decision.Act, decision.Finding));
    }

    [Fact]
    public async Task A_tenant_without_matchers_has_the_installations() => Assert.Equal("pod-unschedulable", (await DecideAsync(null)).Matcher);

    private static async Task<HerdDecision> DecideAsync(MatcherTree? own)
    {
        var world = new HerdingWorld();
        world.Suite.Config.Current = world.Suite.Config.Current with { Tenants = [new TenantConfig("lab", [A.Tree().Name], own, null)] };
        await world.AfterAsync(Lost);
        await world.JobFinishedAsync("build x");
        return (await world.RecordAsync("build x"))!.Attempts[0].Decision;
    }
}
