using Cki.Tests.Doubles;
using Xunit;
using static Cki.Tests.Doubles.A;

namespace Cki.Tests.DetectionRooms;

public sealed class PollTests
{
    private readonly DetectionWorld _world = new(Config(Tree(), GitTree() with { Tags = ["v*"] }));

    [Fact]
    public async Task The_first_poll_is_a_baseline()
    {
        _world.Servers.Branches["main"] = Sha('a');
        _world.Servers.Branches["wip"] = Sha('b');
        await _world.PollAsync();
        Assert.Equal(["main=a"], _world.HeadList());
        Assert.Equal((Noon, Noon, null), (_world.Heads()!.FirstSeenAt, _world.Heads()!.PolledAt, _world.Heads()!.PollLeaseUntil));
        Assert.Empty(_world.Runs());
        Assert.Empty(_world.Ports.Queue.Sent);
    }

    [Fact]
    public async Task A_push_that_no_webhook_announced_is_found()
    {
        _world.Know(("main", 'a'));
        _world.Servers.Branches["main"] = Sha('b');
        await _world.PollAsync();
        Assert.Equal((FoundBy.Poll, Sha('a'), "Title of bbbbbbbbbbbb"), (_world.Run('b')!.FoundBy, _world.Run('b')!.Previous, _world.Run('b')!.Title));
        Assert.Equal([new CommitDetected(_world.Run('b')!.Run)], _world.Ports.Queue.Messages<CommitDetected>());
        Assert.Equal(["main=b"], _world.HeadList());
    }

    [Fact]
    public async Task Any_git_server_is_polled_with_its_tags()
    {
        _world.Servers.Branches["main"] = Sha('a');
        await _world.PollAsync("stable");
        _world.Servers.Branches["main"] = Sha('b');
        _world.Servers.Tags["v1"] = Sha('c');
        _world.Servers.Tags["other"] = Sha('d');
        await _world.PollAsync("stable");
        Assert.Equal(["main=b", "tags/v1=c"], _world.HeadList("stable"));
        Assert.Equal(["b Detected", "c Detected"], _world.Runs());
    }

    [Fact]
    public async Task Webhook_and_poll_of_one_commit_are_one_run()
    {
        _world.Know(("main", 'a'));
        _world.Servers.Branches["main"] = Sha('b');
        _world.Servers.Meanwhile = () => _world.PushAsync('a', 'b');
        await _world.PollAsync();
        Assert.Equal(["b Detected"], _world.Runs());
        Assert.Equal(FoundBy.Webhook, _world.Run('b')!.FoundBy);
        Assert.Equal(["main=b"], _world.HeadList());
    }

    [Fact]
    public async Task A_poll_that_was_overtaken_by_a_push_does_not_move_the_head_back()
    {
        _world.Know(("main", 'a'));
        _world.Servers.Branches["main"] = Sha('b');
        _world.Servers.Meanwhile = async () =>
        {
            await _world.PushAsync('a', 'b');
            await _world.PushAsync('b', 'c');
        };
        await _world.PollAsync();
        Assert.Equal(["main=c"], _world.HeadList());
    }

    [Fact]
    public async Task Two_polls_at_once_look_once()
    {
        _world.Know(("main", 'a'));
        _world.Servers.Meanwhile = () => _world.PollAsync();
        await _world.PollAsync();
        Assert.Equal(1, _world.Servers.Looks);
    }

    [Fact]
    public async Task A_killed_poll_bars_the_next_one_for_three_minutes_only()
    {
        _world.Know(("main", 'a'));
        _world.Servers.Meanwhile = () => throw new CrashException("look");
        await Assert.ThrowsAsync<CrashException>(() => _world.PollAsync());
        await _world.PollAsync();
        Assert.Equal(1, _world.Servers.Looks);
        _world.Ports.Clock.Advance(TimeSpan.FromMinutes(3));
        await _world.PollAsync();
        Assert.Equal(2, _world.Servers.Looks);
    }

    [Fact]
    public async Task A_scheduled_poll_within_the_interval_is_not_needed()
    {
        _world.Know(("main", 'a'));
        await _world.PollAsync(why: PollPlan.Scheduled);
        Assert.Equal(0, _world.Servers.Looks);
        _world.Ports.Clock.Advance(TimeSpan.FromMinutes(5));
        await _world.PollAsync(why: PollPlan.Scheduled);
        Assert.Equal(1, _world.Servers.Looks);
    }

    [Fact]
    public async Task Operators_hear_of_a_server_that_stays_away_and_of_its_return()
    {
        _world.Know(("main", 'a'));
        _world.Servers.AreDown = true;
        await _world.PollAsync();
        Assert.Empty(_world.Ports.Queue.Sent);
        Assert.NotNull(_world.Heads()!.PollError);
        Assert.Equal(["main=a"], _world.HeadList());

        _world.Ports.Clock.Advance(TimeSpan.FromMinutes(15));
        await _world.PollAsync();
        _world.Servers.AreDown = false;
        await _world.PollAsync();
        await _world.PollAsync();
        Assert.Equal(
            ["Tree mainline cannot be polled False", "Tree mainline can be polled again True"],
            _world.Ports.Queue.Messages<NoticeRaised>().Select(n => $"{n.Title} {n.Recovered}"));
        Assert.Null(_world.Heads()!.PollError);
    }

    [Fact]
    public async Task A_server_that_shows_no_branch_at_all_starts_no_storm_when_it_recovers()
    {
        _world.Know(("main", 'a'), ("release/1", 'b'));
        _world.Servers.Branches.Clear();
        await _world.PollAsync();
        Assert.Equal("the server shows none of the 2 known branches and tags", _world.Heads()!.PollError);
        _world.Know(("main", 'a'), ("release/1", 'b'));
        await _world.PollAsync();
        Assert.Empty(_world.Runs());
    }

    [Fact]
    public async Task An_unreadable_run_record_does_not_stop_the_other_branches()
    {
        _world.Know(("main", 'a'), ("release/1", 'b'));
        _world.Servers.Branches["main"] = Sha('c');
        _world.Servers.Branches["release/1"] = Sha('d');
        _world.Ports.Store.SetText(RunIds.DetectionKey(RunIds.Of(Tree().Name, "main", Sha('c'))), "{");
        await _world.PollAsync();
        Assert.Equal(["main=a", "release/1=d"], _world.HeadList());
        Assert.Single(_world.Ports.Queue.Messages<NoticeRaised>());
        Assert.Single(_world.Ports.Queue.Messages<CommitDetected>());
    }

    [Fact]
    public async Task A_tree_that_left_the_configuration_is_not_polled()
    {
        await _world.PollAsync("gone");
        Assert.Equal((0, 0), (_world.Servers.Looks, _world.Ports.Store.Keys.Count));
    }
}
