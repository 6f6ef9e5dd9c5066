using Xunit;

namespace Cki.Simulation.Tests;

/// <summary>A channel that is away for six hours. Each seed prints how long after a settled pipeline each channel had its report.</summary>
[Collection("one pool thread")]
public sealed class ChannelTests
{
    [Fact]
    public async Task A_channel_away_for_six_hours_delays_no_other_and_has_everything_afterwards()
    {
        CancellationToken canceled = TestContext.Current.CancellationToken;
        (string From, string To)[] halves = [("1", "10"), ("11", "20")];

        var both = halves.Select(half => ChildProcess.RunAsync(["seeds", "--world", "channel", "--from", half.From, "--to", half.To], canceled));

        foreach ((int exitCode, string output, string errors) in await Task.WhenAll(both))
        {
            TestContext.Current.SendDiagnosticMessage(output);
            Assert.True(exitCode == 0, $"{output}\n{errors}");
        }
    }
}
