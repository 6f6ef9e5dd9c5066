using Xunit;

namespace Cki.Simulation.Tests;

/// <summary>components.yaml comes true: each component is taken away for six hours.</summary>
[Collection("one pool thread")]
public sealed class ComponentTests
{
    /// <summary>Each process has one pool thread: two of them use two cores.</summary>
    private const int Processes = 2;

    /// <summary>In the file's order.</summary>
    public static IEnumerable<WorldRequest> Requests => ComponentWorld.Book.Value.Where(entry => entry.ShownBy.Count == 0)
        .SelectMany(entry => entry.Topologies.Select(topology => new WorldRequest($"away:{entry.Name}", 1, topology)));

    /// <summary>The figures of each world are printed; a broken one prints the command that replays it.</summary>
    [Fact]
    public async Task A_component_that_is_away_for_six_hours_has_exactly_the_effect_that_is_allowed()
    {
        var parts = Enumerable.Range(0, Processes).Select(n => ChildProcess.RunAsync(["away", "--part", $"{n}", "--of", $"{Processes}"], TestContext.Current.CancellationToken));

        foreach ((int exitCode, string output, string errors) in await Task.WhenAll(parts))
        {
            TestContext.Current.SendDiagnosticMessage(output);
            Assert.True(exitCode == 0, $"{output}\n{errors}");
        }
    }

    [Fact]
    public void Every_component_is_taken_away_by_a_world_or_by_a_named_test() =>
        Assert.Equal(ComponentWorld.Book.Value.Where(entry => entry.ShownBy.Count == 0).Select(entry => entry.Name).Order(StringComparer.Ordinal), Absences.Names);
}
