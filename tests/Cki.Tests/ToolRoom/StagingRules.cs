using Cki.Adapters;
using Cki.Tests.Doubles;
using Cki.Tool;
using Xunit;

namespace Cki.Tests.ToolRooms;

public sealed class StagingRules
{
    private static readonly GitLabHost s_host = A.Config().Hosts[0];

    private static GitLabToken Token(params string[] scopes) => new("bot", scopes, true, null);

    [Theory]
    [InlineData("read_api")]
    [InlineData("read_api", "read_repository", "read_user")]
    public void A_token_that_reads_is_staging_s(params string[] scopes) => Assert.Null(StagingGuard.Fault(s_host, Token(scopes), null));

    [Theory]
    [InlineData("api")]
    [InlineData("read_api", "write_repository")]
    [InlineData("read_api", "sudo")]
    [InlineData("create_runner")]
    public void A_token_that_can_do_more_is_not(params string[] scopes) =>
        Assert.Equal(
            $"gitlab.example: the token 'bot' has scope {string.Join(", ", scopes.Where(s => s != "read_api"))}", StagingGuard.Fault(s_host, Token(scopes), null));

    [Fact]
    public void What_cannot_be_shown_to_be_harmless_is_not_taken_for_it()
    {
        Assert.Equal("gitlab.example does not tell what the token may do", StagingGuard.Fault(s_host, null, null));
        Assert.Equal("gitlab.example: the token's scopes cannot be read: no answer", StagingGuard.Fault(s_host, null, "no answer"));
    }

    [Fact]
    public async Task Staging_holds_every_act_of_every_tree_and_every_consumer()
    {
        var world = new InMemoryPorts();
        await StagingGuard.MarkAsync(world.Ports.Documents, "test", CancellationToken.None);
        foreach (Act act in Enum.GetValues<Act>())
            Assert.Equal(Switch.Staging, (await world.Ports.Switches.HeldAsync(act, A.Tree().Name, CancellationToken.None))!.What);
        Assert.Equal(Switch.Staging, (await world.Ports.Switches.HeldAsync(Act.Trigger, null, CancellationToken.None))!.What);
        Assert.Equal(Switch.Staging, (await world.Ports.Switches.HeldForwardAsync("chat", CancellationToken.None))!.What);
    }

    private static DecidedJob Decided(long id, HerdAct act = HerdAct.Leave, string? reason = null, int delaySeconds = 0) => new(
        new JobRef(A.PipelineProject, id), "build", "https://gitlab.example/jobs/1", A.Noon, A.Decision(act) with { Reason = reason ?? "r", Delay = TimeSpan.FromSeconds(delaySeconds) });

    [Fact]
    public void Decisions_that_differ_and_those_that_one_side_lacks_are_named_in_order_and_no_others()
    {
        DecisionDiff diff = DecisionDiff.Of(
            [Decided(9), Decided(1, reason: "worded one way"), Decided(2, HerdAct.Retry, delaySeconds: 60), Decided(3)],
            [Decided(1, reason: "worded another way"), Decided(2, HerdAct.Retry, delaySeconds: 30), Decided(4), Decided(9, HerdAct.Alert)]);
        Assert.Equal(3, diff.Compared);
        Assert.Equal(
            [
                "2: retry after 60 s, failed, no matcher / retry after 30 s, failed, no matcher",
                "3: leave, failed, no matcher / -",
                "4: - / leave, failed, no matcher",
                "9: leave, failed, no matcher / alert, failed, no matcher",
            ],
            diff.Differences.Select(d => $"{d.Job.Id}: {d.Production?.Words ?? "-"} / {d.Staging?.Words ?? "-"}"));
        Assert.Empty(DecisionDiff.Of([], []).Differences);
    }
}
