using Xunit;

namespace Cki.Simulation.Tests;

/// <summary>infra/faults.md comes true: each fault is brought about and mended, and what its row names tells of both in time.</summary>
[Collection("one pool thread")]
public sealed class FaultTests
{
    /// <summary>Each process has one pool thread: two of them use two cores.</summary>
    private const int Processes = 2;

    /// <summary>In the file's order.</summary>
    public static IEnumerable<WorldRequest> Requests => FaultWorld.Book.Value.Select(row => new WorldRequest($"fault:{row.Fault}", 1, FaultCases.Named(row.Fault).Topology));

    /// <summary>The figures of each world are printed; a broken one prints the command that replays it.</summary>
    [Fact]
    public async Task Each_fault_is_told_by_notice_metric_and_alarm_in_time_and_told_when_it_is_over()
    {
        var parts = Enumerable.Range(0, Processes).Select(n => ChildProcess.RunAsync(["faults", "--part", $"{n}", "--of", $"{Processes}"], TestContext.Current.CancellationToken));

        foreach ((int exitCode, string output, string errors) in await Task.WhenAll(parts))
        {
            TestContext.Current.SendDiagnosticMessage(output);
            Assert.True(exitCode == 0, $"{output}\n{errors}");
        }
    }

    [Fact]
    public void Every_row_has_its_world_and_every_world_its_row() =>
        Assert.Equal(FaultWorld.Book.Value.Select(row => row.Fault).Order(StringComparer.Ordinal), FaultCases.Names);
}
