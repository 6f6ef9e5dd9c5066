using Cki.Tests.Doubles;
using Xunit;
using static Cki.Tests.Doubles.A;

namespace Cki.Tests.DetectionRooms;

/// <summary>When a commit came, as near as is known: what detection's own service level counts from.</summary>
public sealed class AppearedTests
{
    private readonly DetectionWorld _world = new();

    private (DateTimeOffset? Appeared, DateTimeOffset Detected) Run => (_world.Run('b')!.AppearedAt, _world.Run('b')!.DetectedAt);

    [Fact]
    public async Task An_announced_commit_came_when_its_delivery_was_taken_however_long_that_waited()
    {
        _world.Know(("main", 'a'));
        _world.Servers.Branches["main"] = Sha('b');
        ReceivedMessage announced = _world.Ports.Message(DetectionWorld.Push('a', 'b'));
        _world.Ports.Clock.Advance(TimeSpan.FromMinutes(11));
        await _world.Stage.Queues[QueueNames.Detect](announced, CancellationToken.None);
        Assert.Equal((Noon, Noon.AddMinutes(11)), Run);
    }

    [Fact]
    public async Task What_a_look_finds_came_after_the_look_before()
    {
        _world.Know(("main", 'a'));
        _world.Servers.Branches["main"] = Sha('b');
        _world.Ports.Clock.Advance(TimeSpan.FromMinutes(7));
        await _world.PollAsync();
        Assert.Equal((Noon, Noon.AddMinutes(7)), Run);
    }

    [Fact]
    public async Task A_look_that_failed_saw_nothing()
    {
        _world.Know(("main", 'a'));
        _world.Servers.Branches["main"] = Sha('b');
        TreeHeads failing = _world.Heads()! with { PolledAt = Noon.AddMinutes(20), PollFailingSince = Noon.AddMinutes(5), PollError = "no answer" };
        _world.Ports.Store.Set(TreeHeads.Key(failing.Tree), failing, DocumentJson.Default.TreeHeads);
        _world.Ports.Clock.Advance(TimeSpan.FromMinutes(25));
        await _world.PollAsync();
        Assert.Equal((Noon.AddMinutes(5), Noon.AddMinutes(25)), Run);
    }

    [Fact]
    public async Task A_delivery_that_GitLabs_log_told_of_came_too_late_to_tell_when()
    {
        _world.Know(("main", 'a'));
        _world.Servers.Branches["main"] = Sha('b');
        _world.Ports.Clock.Advance(TimeSpan.FromMinutes(4));
        await _world.HandAsync(DetectionWorld.Push('a', 'b') with { FoundBy = FoundBy.Reconciliation });
        Assert.Equal((Noon, Noon.AddMinutes(4)), Run);
    }

    [Fact]
    public void Who_was_never_looked_at_tells_no_time() => Assert.Null(new TreeHeads(Tree().Name) { PolledAt = Noon }.LookedAt);
}
