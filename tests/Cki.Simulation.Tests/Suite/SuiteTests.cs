using Xunit;

namespace Cki.Simulation.Tests;

/// <summary>The whole suite under virtual time. A failing seed prints what happened and the one command that replays it.</summary>
[Collection("one pool thread")]
public sealed class SuiteTests
{
    private const int Seeds = 200;

    /// <summary>Each process has one pool thread: two of them use two cores.</summary>
    private const int Processes = 2;

    private static CancellationToken Canceled => TestContext.Current.CancellationToken;

    /// <summary>Odd seeds run as one process (<c>cki up</c>), even ones as a process per invocation (Lambda).</summary>
    [Fact]
    public async Task Two_hundred_seeds_keep_every_promise_in_both_topologies()
    {
        const int share = Seeds / Processes;
        var halves = Enumerable.Range(0, Processes).Select(n => ChildProcess.RunAsync(
            ["seeds", "--from", $"{(n * share) + 1}", "--to", $"{(n + 1) * share}", "--twice-every", "25"], Canceled));

        foreach ((int exitCode, string output, string errors) in await Task.WhenAll(halves))
            Assert.True(exitCode == 0, $"{output}\n{errors}");
    }

    public static TheoryData<string> EveryMutation => [.. Mutations.Names];

    [Theory]
    [MemberData(nameof(EveryMutation))]
    public async Task A_broken_promise_is_caught_by_some_seed(string mutation)
    {
        (int exitCode, string output, string errors) = await ChildProcess.RunAsync(
            ["seeds", "--from", "1", "--to", $"{Seeds}", "--mutation", mutation], Canceled);

        Assert.True(exitCode == 1, $"{mutation}: no seed up to {Seeds} noticed.\n{output}\n{errors}");
    }

    [Theory]
    [InlineData("up")]
    [InlineData("lambda")]
    public async Task The_whole_suite_leaves_the_same_trace_in_another_process(string topology)
    {
        WorldOutcome here = await WorldRun.RunAsync(new WorldRequest("suite", 50, topology));

        (int exitCode, string output, string errors) = await ChildProcess.RunAsync(["replay", "--seed", "50", "--topology", topology], Canceled);

        Assert.Equal((0, here.Report().ReplaceLineEndings() + Environment.NewLine, ""), (exitCode, output.ReplaceLineEndings(), errors));
    }
}
