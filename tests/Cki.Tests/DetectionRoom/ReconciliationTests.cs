using Cki.Tests.Doubles;
using Xunit;
using static Cki.Tests.Doubles.A;

namespace Cki.Tests.DetectionRooms;

/// <summary>A run says by which way its head was found.</summary>
public sealed class ReconciliationTests
{
    private readonly DetectionWorld _world = new();

    public ReconciliationTests() => _world.Know(("main", 'a'));

    [Theory]
    [InlineData(PollPlan.Reconciliation, FoundBy.Reconciliation)]
    [InlineData(PollPlan.Scheduled, FoundBy.Poll)]
    [InlineData("push webhook", FoundBy.Poll)]
    public async Task A_poll_that_fills_a_webhooks_gap_finds_by_reconciliation(string why, FoundBy way)
    {
        _world.Servers.Branches["main"] = Sha('b');
        _world.Ports.Clock.Advance(TimeSpan.FromMinutes(5));
        await _world.PollAsync(why: why);
        Assert.Equal(way, _world.Run('b')!.FoundBy);
    }

    [Fact]
    public async Task A_push_from_GitLabs_log_is_found_by_reconciliation()
    {
        _world.Servers.Branches["main"] = Sha('b');
        await _world.HandAsync(DetectionWorld.Push('a', 'b') with { FoundBy = FoundBy.Reconciliation });
        Assert.Equal(FoundBy.Reconciliation, _world.Run('b')!.FoundBy);
    }

    [Fact]
    public async Task One_that_was_overtaken_is_covered_and_says_so_too()
    {
        _world.Know(("main", 'c'));
        await _world.PushAsync('a', 'c');
        await _world.HandAsync(DetectionWorld.Push('a', 'b') with { FoundBy = FoundBy.Reconciliation });
        Assert.Equal((FoundBy.Reconciliation, DetectionState.Skipped), (_world.Run('b')!.FoundBy, _world.Run('b')!.State));
    }

    /// <summary>GitLab marks a test delivery by nothing: it shows the newest commit, which is known.</summary>
    [Fact]
    public async Task A_test_delivery_starts_no_run()
    {
        await _world.PushAsync('0', 'a');
        Assert.Empty(_world.Runs());
        Assert.Empty(_world.Ports.Queue.Sent);
    }
}
