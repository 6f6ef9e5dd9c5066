using Microsoft.Extensions.Logging;

namespace Cki.Adapters;

/// <summary>The real world of a function's process.</summary>
public static class LambdaWorld
{
    /// <summary>The whole of a stage's Program: <c>return await LambdaWorld.RunAsync(start => ...);</c></summary>
    public static Task<int> RunAsync(Func<FunctionStart, FunctionRoutes> compose)
    {
#pragma warning disable RS0030 // Clocks and dice begin here, for each Lambda.
        TimeProvider clock = TimeProvider.System;
#pragma warning restore RS0030
        var world = new FunctionWorld(
            Environment.GetEnvironmentVariable, clock, RuntimeApiClient.CreateHttp(), new LineOutput(Console.OpenStandardOutput()), logs => Open(clock, logs));
        return LambdaFunction.RunAsync(world, compose);
    }

    private static EnginePorts Open(TimeProvider clock, ILoggerFactory logs)
    {
        AwsPorts aws = AwsPorts.FromEnvironment(Environment.GetEnvironmentVariable, clock, new SystemDice(), logs.CreateLogger("cki.aws"));
        return new EnginePorts(aws.Ports, aws.RefreshConfigAsync, new SqsVisibility(aws.Session).HideAsync);
    }
}
