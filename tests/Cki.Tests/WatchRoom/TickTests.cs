using Cki.Tests.Doubles;
using Xunit;
using static Cki.Tests.Doubles.A;

namespace Cki.Tests.WatchRooms;

public sealed class TickTests
{
    private static readonly CommitDetected Message = new(Detection().Run);
    private readonly WatchWorld _world = new();

    public TickTests()
    {
        _world.Polled();
        _world.Compared();
    }

    [Fact]
    public async Task A_marker_that_is_due_sends_its_message_with_the_key_of_the_next_one()
    {
        await _world.PlaceAsync("detect", "x", Noon, Message);
        await _world.TickAsync();

        OutgoingMessage sent = Assert.Single(_world.Ports.Queue.Sent);
        Assert.Equal(("trigger", "due/202611221201/detect/x"), (sent.Queue, sent.Attributes[Post.DueAttribute]));
        Assert.Equal([Message], _world.Ports.Queue.Messages<CommitDetected>());
        Assert.Equal(["due/202611221201/detect/x"], _world.Ports.Store.Under("due/"));
    }

    [Fact]
    public async Task A_marker_comes_due_at_growing_distances_up_to_half_an_hour()
    {
        await _world.PlaceAsync("detect", "x", Noon, Message);
        var minutes = new List<double>();
        for (int i = 0; i < 95; i++)
        {
            int before = _world.Ports.Queue.Sent.Count;
            await _world.TickAsync();
            if (_world.Ports.Queue.Sent.Count > before)
                minutes.Add((_world.Now - Noon).TotalMinutes);
            _world.Ports.Clock.Advance(TimeSpan.FromMinutes(1));
            _world.Polled();
        }
        Assert.Equal([0, 1, 3, 7, 15, 31, 61, 91], minutes);
    }

    [Fact]
    public async Task A_marker_of_the_future_rests()
    {
        await _world.PlaceAsync("detect", "x", Noon.AddSeconds(30), Message);
        await _world.PlaceAsync("detect", "y", Noon.AddMinutes(1), Message);
        await _world.TickAsync();
        Assert.Empty(_world.Ports.Queue.Sent);
        Assert.Equal(2, _world.Ports.Store.Under("due/").Count);
    }

    [Fact]
    public async Task One_unreadable_marker_is_set_aside_and_the_rest_goes_on()
    {
        _world.Ports.Store.SetText("due/202611221000/detect/bad", "not JSON");
        _world.Ports.Store.Set("due/202611221001/detect/odd", new DueMarker("detect", "odd", Noon, "nowhere", "g", "{}"), DocumentJson.Default.DueMarker);
        await _world.PlaceAsync("detect", "good", Noon, Message);
        await _world.TickAsync();

        Assert.Equal([Message], _world.Ports.Queue.Messages<CommitDetected>());
        Assert.Equal(["aside/due/202611221000/detect/bad", "aside/due/202611221001/detect/odd"], _world.Ports.Store.Under("aside/"));
        Assert.Equal(["due/202611221201/detect/good"], _world.Ports.Store.Under("due/"));
        Assert.Equal(
            ["due/202611221000/detect/bad cannot be read", "due/202611221001/detect/odd cannot be read"],
            _world.Ports.Queue.Messages<NoticeRaised>().Select(n => n.Title));
    }

    [Fact]
    public async Task A_kill_at_any_point_of_a_tick_loses_no_marker()
    {
        for (int at = 0; ; at++)
        {
            var world = new WatchWorld();
            world.Polled();
            world.Compared();
            await world.PlaceAsync("detect", "x", Noon, Message);
            var crash = new Crash(world.Ports, at);
            await Record.ExceptionAsync(world.TickAsync);
            Crash.Stop(world.Ports);
            Assert.NotEmpty(world.Ports.Store.Under("due/"));
            if (!crash.Happened)
                break;
            world.Ports.Clock.Advance(TimeSpan.FromMinutes(1));
            await world.TickAsync();
            Assert.Equal([Message], world.Ports.Queue.Messages<CommitDetected>().Distinct());
        }
    }

    [Fact]
    public async Task A_tree_whose_interval_has_passed_is_polled()
    {
        await _world.TickAsync();
        Assert.Empty(_world.Ports.Queue.Sent);
        _world.Ports.Clock.Advance(TimeSpan.FromMinutes(5));
        await _world.TickAsync();
        Assert.Equal([new PollRequested(Tree().Name, "schedule")], _world.Ports.Queue.Messages<PollRequested>());
    }

    [Fact]
    public async Task A_tree_never_seen_is_polled_and_one_being_polled_is_not()
    {
        var world = new WatchWorld(Config(Tree(), GitTree()));
        world.Compared();
        world.Ports.Store.Set("heads/stable.json", new TreeHeads(GitTree().Name) { PollLeaseUntil = Noon.AddMinutes(1) }, DocumentJson.Default.TreeHeads);
        await world.TickAsync();
        Assert.Equal([new PollRequested(Tree().Name, "schedule")], world.Ports.Queue.Messages<PollRequested>());
    }

    [Fact]
    public async Task Unreadable_heads_of_one_tree_do_not_stop_the_polls_of_others()
    {
        var world = new WatchWorld(Config(Tree(), GitTree()));
        world.Compared();
        world.Ports.Store.SetText("heads/mainline.json", "[]");
        await world.TickAsync();
        Assert.Equal([new PollRequested(GitTree().Name, "schedule")], world.Ports.Queue.Messages<PollRequested>());
        Assert.Equal(["unreadable-heads/mainline.json"], world.Ports.Queue.Messages<NoticeRaised>().Select(n => n.Key));
        Assert.Contains("heads/mainline.json", world.Ports.Store.Keys);
    }

    [Fact]
    public async Task What_intake_spilled_is_sent_and_forgotten()
    {
        OutgoingMessage spilled = _world.Outgoing(Message);
        _world.Ports.Store.Set(
            "spill/trigger/gitlab-d-1.json", new SpilledMessage("trigger", "gitlab-d-1", spilled.Body, "g", Noon), DocumentJson.Default.SpilledMessage);
        _world.Ports.Store.SetText("spill/detect/bad.json", "{\"queue\":");
        await _world.TickAsync();
        Assert.Equal([Message], _world.Ports.Queue.Messages<CommitDetected>());
        Assert.Empty(_world.Ports.Store.Under("spill/"));
        Assert.Equal(["aside/spill/detect/bad.json"], _world.Ports.Store.Under("aside/"));
    }

    [Fact]
    public async Task A_spill_whose_queue_still_refuses_stays()
    {
        _world.Ports.Store.Set("spill/trigger/x.json", new SpilledMessage("trigger", "x", "{}", "g", Noon), DocumentJson.Default.SpilledMessage);
        _world.Ports.Queue.Before = _ => throw new QueueUnavailableException("away");
        await Assert.ThrowsAsync<QueueUnavailableException>(_world.TickAsync);
        Assert.Equal(["spill/trigger/x.json"], _world.Ports.Store.Under("spill/"));
    }

    [Fact]
    public async Task An_old_tick_does_nothing()
    {
        await _world.PlaceAsync("detect", "x", Noon, Message);
        ReceivedMessage old = _world.Ports.Message(new Tick(Noon));
        _world.Ports.Clock.Advance(TimeSpan.FromMinutes(11));
        await _world.Stage.Queues["watch"](old, CancellationToken.None);
        Assert.Empty(_world.Ports.Queue.Sent);
    }
}
