using Cki.Tests.Doubles;
using Xunit;
using static Cki.Tests.Doubles.A;
using static Cki.Tests.WatchRooms.CheckRoom;

namespace Cki.Tests.WatchRooms;

/// <summary>Looks that overlap, come twice, are killed; heartbeats; the rest of what may go wrong.</summary>
public sealed class CheckLookTests
{
    [Fact]
    public async Task Two_looks_at_a_check_do_not_overlap()
    {
        var room = new CheckRoom(Tcp("db"));
        var slow = new TaskCompletionSource();
        room.During = (_, _) => slow.Task;
        Task first = room.LookAsync("db");
        await room.LookAsync("db");
        Assert.Equal(["db"], room.Looked);
        slow.SetResult();
        await first;
        Assert.Equal(CheckStatus.Up, room.State("db").Status);
    }

    [Fact]
    public async Task A_killed_look_bars_the_next_one_no_longer_than_its_limit()
    {
        var room = new CheckRoom(Tcp("db"));
        // What a process that was killed left behind.
        room.World.Ports.Store.Set("checks/db.json", CheckPlan.Leased(Tcp("db"), null, Noon, isAsked: false), DocumentJson.Default.CheckState);
        await room.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(CheckStatus.Pending, room.State("db").Status);
        await room.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(CheckStatus.Up, room.State("db").Status);
    }

    [Fact]
    public async Task A_message_that_comes_twice_or_late_is_one_look()
    {
        var room = new CheckRoom(Tcp("db"));
        await room.LookAsync("db");
        await room.LookAsync("db");
        await room.LookAsync("db", Noon.AddMinutes(-3));
        Assert.Equal(["db"], room.Looked);
    }

    [Fact]
    public async Task A_person_who_asks_need_not_wait()
    {
        var room = new CheckRoom(Tcp("db"));
        await room.LookAsync("db");
        await room.World.Stage.Queues["watch"](room.World.Ports.Message(new LookAtCheck("db", Noon) { IsAsked = true }), CancellationToken.None);
        Assert.Equal(["db", "db"], room.Looked);
    }

    [Fact]
    public async Task A_notice_whose_sending_failed_is_sent_by_the_next_look()
    {
        var room = new CheckRoom(Tcp("db") with { Looks = 1 });
        room.Sees("db", CheckSight.Down("gone"));
        room.World.Ports.Queue.Before = message => throw new QueueUnavailableException("no");
        await Assert.ThrowsAsync<QueueUnavailableException>(() => room.LookAsync("db"));
        room.World.Ports.Queue.Before = null;
        Assert.Equal((CheckStatus.Down, 0), (room.State("db").Status, room.State("db").Told.Count));
        room.World.Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        await room.PassAsync(TimeSpan.FromMinutes(3));
        Assert.Equal(["start check-db"], room.Told);
    }

    [Fact]
    public async Task An_unreadable_record_is_set_aside_and_the_check_goes_on()
    {
        var room = new CheckRoom(Tcp("db"));
        room.World.Ports.Store.SetText("checks/db.json", "?");
        await room.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(CheckStatus.Up, room.State("db").Status);
        Assert.Equal(["aside/checks/db.json"], room.World.Ports.Store.Under("aside/"));
        Assert.Equal(["start unreadable-checks/db.json"], room.Told);
    }

    [Fact]
    public async Task A_heartbeat_that_stays_away_is_told_after_its_grace_and_its_return_at_once()
    {
        var room = new CheckRoom(Beat("mirror"));
        await room.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(CheckStatus.Pending, room.State("mirror").Status);
        await room.BeatAsync("mirror");
        await room.WorkAsync();
        Assert.Equal(CheckStatus.Up, room.State("mirror").Status);
        await room.PassAsync(TimeSpan.FromMinutes(70));
        Assert.Empty(room.Told);
        await room.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(["start check-mirror"], room.Told);
        Assert.StartsWith("Since 2026-11-22 13:12Z: no beat since 2026-11-22 12:01Z; one is expected every 1h, with 10m of grace.\n", room.Notices[0].Text);
        await room.BeatAsync("mirror");
        await room.WorkAsync();
        Assert.Equal(["start check-mirror", "end check-mirror"], room.Told);
    }

    [Fact]
    public async Task A_heartbeat_that_never_came_is_told()
    {
        var room = new CheckRoom(Beat("mirror"));
        await room.PassAsync(TimeSpan.FromMinutes(75));
        Assert.Equal((CheckStatus.Down, "no beat ever came; one is expected every 1h, with 10m of grace"), (room.State("mirror").Status, room.State("mirror").Said));
    }

    [Fact]
    public async Task A_beat_that_comes_late_from_the_queue_does_not_undo_a_newer_one()
    {
        var room = new CheckRoom(Beat("mirror"));
        await room.BeatAsync("mirror");
        await room.World.Stage.Queues["watch"](room.World.Ports.Message(new HeartbeatReceived("mirror", Noon.AddHours(-5))), CancellationToken.None);
        Assert.Equal(Noon, room.State("mirror").BeatAt);
        await room.World.Stage.Queues["watch"](room.World.Ports.Message(new HeartbeatReceived("stranger", Noon)), CancellationToken.None);
        Assert.Equal(["checks/mirror.json"], room.World.Ports.Store.Under("checks/"));
    }

    [Fact]
    public async Task Failing_ticks_have_an_end()
    {
        var room = new CheckRoom();
        await room.World.DieAsync(room.World.Outgoing(new Tick(Noon)));
        await room.PassAsync(TimeSpan.FromMinutes(3));
        Assert.Equal(["start watch-ticks", "end watch-ticks"], room.Told);
    }
}
