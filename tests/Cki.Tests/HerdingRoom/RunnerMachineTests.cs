using Xunit;

namespace Cki.Tests.HerdingRoom;

public class RunnerMachineTests
{
    private const string Kubernetes = "Using Kubernetes executor with image quay.io/cki/builder ...";
    private const string Via = "Running on runner-abc-project-1-concurrent-0 via worker-7.example...";

    [Fact]
    public void The_machine_behind_an_autoscaled_runner_is_told_by_its_trace() => Assert.Equal("worker-7.example", Of(Via));

    [Fact]
    public void On_Kubernetes_the_runner_names_its_own_pod_and_only_pod_events_name_the_node()
    {
        Assert.Null(Of(Kubernetes, Via));
        Assert.Equal("ip-10-0-1-2.ec2.internal", Of(Kubernetes, "Normal   Scheduled   Successfully assigned cki/runner-abc to ip-10-0-1-2.ec2.internal", Via));
    }

    [Fact]
    public void What_the_script_prints_names_no_machine() =>
        Assert.Null(RunnerMachine.Of(TraceForms.Read("wrapped", ["Successfully assigned cki/runner-abc to evil", Via])));

    [Theory]
    [InlineData("5/r1", "6/r1", true)]
    [InlineData("5/r1@a", "5/r1@b", true)]
    [InlineData("5/r1@a", "5/r1@a", false)]
    [InlineData("5/r1@a", "5/r1", false)]
    [InlineData("5/r1", "5/r1", false)]
    [InlineData(null, "5/r1", false)]
    public void Only_what_is_surely_another_machine_is_elsewhere(string? one, string? other, bool expected) =>
        Assert.Equal(expected, RunnerMachine.AreDistinct(one, other));

    private static string? Of(params string[] lines) => RunnerMachine.Of(TraceForms.Read("wrapped", lines, TraceSection.Prepare));
}
