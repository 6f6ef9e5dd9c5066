using Xunit.MicrosoftTestingPlatform;

namespace Cki.Simulation.Tests;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        // Main's continuations, and with them every world, run on the pool's one thread.
        await Task.Yield();
        return CommandLine.Knows(args)
            ? await CommandLine.RunAsync(args)
            : await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
    }
}
