namespace Cki.Simulation.Tests;

/// <summary>A seed, and now and then the same seed again: both must leave the same trace.</summary>
public static class SeedSweep
{
    public static async Task<WorldOutcome> RunAsync(WorldRequest request, bool twice)
    {
        WorldOutcome outcome = await WorldRun.RunAsync(request);
        if (!twice || outcome.Broken is not null)
            return outcome;
        WorldOutcome again = await WorldRun.RunAsync(request);
        return again.Hash == outcome.Hash
            ? outcome
            : again with { Broken = $"The same seed left trace {outcome.Hash:x16} first and {again.Hash:x16} then: something reads a clock, a hash order or a random number of its own" };
    }
}
