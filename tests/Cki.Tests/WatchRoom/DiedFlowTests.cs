using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.WatchRooms;

public sealed class DiedFlowTests
{
    private static readonly RunId Run = RunIds.Of(A.Tree().Name, "main", A.Sha('a'));

    private readonly WatchWorld _world = new();

    private Task TellAsync(string name, string status = "FAILED") =>
        _world.Stage.Queues["watch"](_world.Ports.Message(new FlowDied(name, status)), CancellationToken.None);

    [Theory]
    [InlineData(1, 0, "FAILED")]
    [InlineData(2, 0, "TIMED_OUT")]
    [InlineData(12, 3, "ABORTED")]
    public async Task The_attempt_of_a_died_flow_is_looked_at_right_away(int attempt, int redrives, string status)
    {
        await TellAsync(RunIds.Execution(Run, attempt, redrives), status);

        Assert.Equal([new RunOverdue(Run, attempt)], _world.Ports.Queue.Messages<RunOverdue>());
        Assert.Single(_world.Ports.Queue.Sent);
    }

    [Theory]
    [InlineData("")]
    [InlineData("by-hand")]
    [InlineData("By-Hand-1")]
    [InlineData("mainline-main-1-r")]
    [InlineData("../runs/x-1")]
    [InlineData("mainline-main-1234567890")]
    public async Task The_death_of_a_flow_that_is_none_of_ours_causes_no_act(string name)
    {
        await TellAsync(name);

        Assert.Empty(_world.Ports.Queue.Sent);
        Assert.Empty(_world.Ports.Store.Keys);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 2)]
    [InlineData(999, 0)]
    public void An_execution_s_name_tells_run_and_attempt(int attempt, int redrives) =>
        Assert.Equal((Run, attempt), RunIds.OfExecution(RunIds.Execution(Run, attempt, redrives)));
}
