using Xunit;

namespace Cki.Simulation.Tests;

/// <summary>Each row of the table of pipeline shapes ends with the right result matrix, in both topologies, and when our own house breaks as well.</summary>
[Collection("one pool thread")]
public sealed class ShapeTests
{
    public static TheoryData<string> EveryShape => [.. Shapes.All.Select(shape => shape.Name)];

    [Theory]
    [MemberData(nameof(EveryShape))]
    public Task A_shape_ends_with_its_result_in_one_process(string shape) => EndsAsync(shape, 0, "up");

    [Theory]
    [MemberData(nameof(EveryShape))]
    public Task A_shape_ends_with_its_result_with_a_process_per_invocation(string shape) => EndsAsync(shape, 0, "lambda");

    [Theory]
    [MemberData(nameof(EveryShape))]
    public Task A_shape_ends_with_its_result_whatever_of_ours_breaks(string shape) => EndsAsync(shape, 1, "up");

    private static async Task EndsAsync(string shape, ulong seed, string topology)
    {
        WorldOutcome outcome = await WorldRun.RunAsync(new WorldRequest($"shape:{shape}", seed, topology));
        Assert.True(outcome.Broken is null, outcome.Report());
    }
}
