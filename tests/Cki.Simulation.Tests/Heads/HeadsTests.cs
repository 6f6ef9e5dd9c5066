using Xunit;

namespace Cki.Simulation.Tests;

/// <summary>No head lost, and the webhook that GitLab disables. The figures of each seed are printed; a failing one prints the command that replays it.</summary>
[Collection("one pool thread")]
public sealed class HeadsTests
{
    private static CancellationToken Canceled => TestContext.Current.CancellationToken;

    /// <summary>Side by side, each in a process with one thread: seed 1 as one process, seed 2 as a process per invocation.</summary>
    [Fact]
    public async Task Of_a_thousand_heads_none_is_lost_and_none_is_tested_twice()
    {
        var both = new[] { "1", "2" }.Select(seed => ChildProcess.RunAsync(["seeds", "--world", "heads", "--from", seed, "--to", seed], Canceled));

        foreach ((int exitCode, string output, string errors) in await Task.WhenAll(both))
        {
            TestContext.Current.SendDiagnosticMessage(output);
            Assert.True(exitCode == 0, $"{output}\n{errors}");
            Assert.Contains("1000 heads in 60 trees", output, StringComparison.Ordinal);
            Assert.Contains(", 0 unaccounted;", output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Ten_thousand_events_of_one_project_delay_the_single_one_of_another_by_less_than_two_seconds(ulong seed)
    {
        WorldOutcome outcome = await WorldRun.RunAsync(new WorldRequest("fair", seed, "up"));

        Assert.True(outcome.Broken is null, outcome.Report());
    }

    [Fact]
    public async Task A_probe_that_is_taken_comes_through_every_stage_and_leaves_nothing()
    {
        (int exitCode, string output, string errors) = await ChildProcess.RunAsync(["seeds", "--world", "probe", "--from", "1", "--to", "6"], Canceled);

        TestContext.Current.SendDiagnosticMessage(output);
        Assert.True(exitCode == 0, $"{output}\n{errors}");
    }

    /// <summary>Seeds 1 and 2 break nothing else and must notice within the minute; in the others our own house breaks as well.</summary>
    [Fact]
    public async Task A_disabled_hook_is_noticed_enabled_and_made_up_for_with_two_notices()
    {
        (int exitCode, string output, string errors) = await ChildProcess.RunAsync(["seeds", "--world", "hook", "--from", "1", "--to", "8"], Canceled);

        TestContext.Current.SendDiagnosticMessage(output);
        Assert.True(exitCode == 0, $"{output}\n{errors}");
    }
}
