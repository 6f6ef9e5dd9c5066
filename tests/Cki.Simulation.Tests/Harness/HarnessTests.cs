using Xunit;

namespace Cki.Simulation.Tests;

[Collection("one pool thread")]
public sealed class HarnessTests
{
    private static CancellationToken Canceled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_seed_leaves_the_same_trace()
    {
        WorldOutcome first = await WorldRun.RunAsync(Counting(7));
        WorldOutcome second = await WorldRun.RunAsync(Counting(7));

        Assert.Equal((first.Hash, first.Events, first.Elapsed), (second.Hash, second.Events, second.Elapsed));
        Assert.NotEmpty(first.FaultsTaken);
    }

    [Fact]
    public async Task Another_seed_leaves_another_trace() =>
        Assert.NotEqual((await WorldRun.RunAsync(Counting(7))).Hash, (await WorldRun.RunAsync(Counting(8))).Hash);

    [Fact]
    public async Task Another_process_leaves_the_same_trace()
    {
        WorldOutcome here = await WorldRun.RunAsync(Counting(9));

        (int exitCode, string output, string errors) = await ChildProcess.RunAsync(["replay", "--world", "counting", "--seed", "9", "--topology", "up"], Canceled);

        Assert.Equal((0, here.Report().ReplaceLineEndings() + Environment.NewLine, ""), (exitCode, output.ReplaceLineEndings(), errors));
    }

    [Fact]
    public async Task Fifty_seeds_of_counting_lose_nothing()
    {
        for (ulong seed = 1; seed <= 50; seed++)
            Assert.Null((await WorldRun.RunAsync(Counting(seed))).Broken);
    }

    [Fact]
    public async Task A_store_whose_conditional_puts_always_win_is_caught()
    {
        string? broken = null;
        for (ulong seed = 1; seed <= 50 && broken is null; seed++)
            broken = (await WorldRun.RunAsync(Counting(seed) with { Mutation = "cas-always" })).Broken;

        Assert.NotNull(broken);
    }

    [Fact]
    public async Task A_fault_turned_off_does_not_strike()
    {
        WorldOutcome all = await WorldRun.RunAsync(Counting(7));
        var off = new SortedSet<string>(StringComparer.Ordinal) { all.FaultsTaken[0] };

        WorldOutcome less = await WorldRun.RunAsync(Counting(7) with { Without = off });

        Assert.DoesNotContain(all.FaultsTaken[0], less.FaultsTaken);
    }

    [Fact]
    public async Task No_fault_strikes_after_faults_stop()
    {
        await Task.Yield();
        var simulation = new Simulation(1);
        Assert.True(simulation.Faults.Strikes("x", 1));

        simulation.Faults.AreOn = false;

        Assert.False(simulation.Faults.Strikes("x", 1));
        Assert.Equal([(TimeSpan.Zero, "x#1")], simulation.Faults.Taken);
    }

    [Fact]
    public async Task A_deadlock_names_what_is_parked()
    {
        await Task.Yield();
        var simulation = new Simulation(1);
        simulation.Park("anna at store.put since 00:00:01");

        var deadlock = await Assert.ThrowsAsync<SimulationDeadlockException>(() => simulation.RunAsync(() => false, TimeSpan.FromDays(1)));

        Assert.Equal(
            "Nothing is left to happen at 00:00:00, but the work is not done. Parked: anna at store.put since 00:00:01", deadlock.Message);
    }

    [Fact]
    public async Task Work_that_never_ends_is_reported_at_its_limit()
    {
        await Task.Yield();
        var simulation = new Simulation(1);
        using ITimer timer = simulation.CreateTimer(_ => { }, null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));

        var deadlock = await Assert.ThrowsAsync<SimulationDeadlockException>(() => simulation.RunAsync(() => false, TimeSpan.FromHours(1)));

        Assert.Equal("The work is not done after 01:00:00 of virtual time. Parked: nothing", deadlock.Message);
    }

    [Fact]
    public async Task A_blocked_thread_is_noticed_and_told()
    {
        (int exitCode, _, string errors) = await ChildProcess.RunAsync(["replay", "--world", "blocked", "--seed", "5", "--topology", "up"], Canceled);

        Assert.Equal(
            (Watchdog.ExitCode, "Seed 5: no event for 00:00:01 of real time; the pool's thread is blocked.\n00:00:01.000 blocker: blocks\n"),
            (exitCode, errors.ReplaceLineEndings("\n")));
    }

    private static WorldRequest Counting(ulong seed) => new("counting", seed, "up");
}
