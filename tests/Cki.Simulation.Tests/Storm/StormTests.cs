using Xunit;

namespace Cki.Simulation.Tests;

/// <summary>A storm in both topologies. A failing seed prints what happened and the one command that replays it.</summary>
[Collection("one pool thread")]
public sealed class StormTests
{
    [Theory]
    [InlineData(1, "up")]
    [InlineData(2, "lambda")]
    public async Task A_storm_of_200_jobs_costs_five_probes_and_two_notices_and_blames_nobody(ulong seed, string topology)
    {
        WorldOutcome outcome = await SeedSweep.RunAsync(new WorldRequest("storm", seed, topology), twice: false);

        Assert.True(outcome.Broken is null, outcome.Report());
    }
}
