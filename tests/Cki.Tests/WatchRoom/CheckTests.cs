using Cki.Tests.Doubles;
using Xunit;
using static Cki.Tests.Doubles.A;
using static Cki.Tests.WatchRooms.CheckRoom;

namespace Cki.Tests.WatchRooms;

/// <summary>Checks from tick to notice.</summary>
public sealed class CheckTests
{
    private static readonly CheckSight Refused = CheckSight.Down("Connection refused");

    [Fact]
    public async Task An_outage_of_six_hours_is_told_once_when_it_starts_and_once_when_it_ends()
    {
        var room = new CheckRoom(Tcp("db"));
        await room.PassAsync(TimeSpan.FromHours(1));
        room.Sees("db", Refused);
        await room.PassAsync(TimeSpan.FromHours(6));
        room.Sees("db", CheckSight.Up("connected after 3 ms"));
        await room.PassAsync(TimeSpan.FromHours(1));

        Assert.Equal(["start check-db", "end check-db"], room.Told);
        Assert.Equal(
            """
            Since 2026-11-22 13:00Z: Connection refused.
            It does not answer as it should.
            See the service itself, and the way to it.
            Look: cki checks list. Once more, now: cki checks look db.
            """, room.Notices[0].Text);
        Assert.Equal("Check db (tcp) is down", room.Notices[0].Title);
        Assert.Equal(("Check db (tcp) is down", "It is well: connected after 3 ms.", true), (room.Notices[1].Title, room.Notices[1].Text, room.Notices[1].Recovered));
        CheckState state = room.State("db");
        Assert.Equal((CheckStatus.Up, Noon.AddHours(7)), (state.Status, state.Since));
        Assert.Equal([new Downtime(Noon.AddHours(1), Noon.AddHours(7), "Connection refused")], state.Downtimes);
        MonthOfCheck month = Assert.Single(state.Months);
        Assert.Equal(("2026-11", 6 * 3600.0), (month.Month, month.DownSeconds));
        Assert.Equal(1 - (6 * 3600 / month.LookedSeconds), CheckMonths.Availability(state));
    }

    [Fact]
    public async Task One_bad_look_is_not_told()
    {
        var room = new CheckRoom(Tcp("db"));
        await room.PassAsync(TimeSpan.FromMinutes(5));
        for (int flap = 0; flap < 5; flap++)
        {
            room.Sees("db", Refused);
            await room.PassAsync(TimeSpan.FromMinutes(1));
            room.Sees("db", CheckSight.Up("connected"));
            await room.PassAsync(TimeSpan.FromMinutes(1));
        }
        Assert.Empty(room.Told);
        Assert.Equal((CheckStatus.Up, 0), (room.State("db").Status, room.State("db").Downtimes.Count));
    }

    [Fact]
    public async Task Each_check_has_its_own_interval()
    {
        var room = new CheckRoom(Tcp("db"), Dns("dns"));
        await room.PassAsync(TimeSpan.FromMinutes(20));
        Assert.Equal((20, 4), (room.Looked.Count(n => n == "db"), room.Looked.Count(n => n == "dns")));
    }

    [Fact]
    public async Task A_dead_name_server_is_one_notice_whatever_depends_on_it()
    {
        CheckConfig[] dependants = [.. Enumerable.Range(1, 40).Select(n => Tcp($"db-{n:00}", "dns"))];
        var room = new CheckRoom([.. dependants, Dns("dns")]);
        await room.PassAsync(TimeSpan.FromMinutes(10));
        foreach (CheckConfig check in dependants.Append(Dns("dns")))
            room.Sees(check.Name, Refused);
        await room.PassAsync(TimeSpan.FromHours(1));
        Assert.Equal(["start check-dns"], room.Told);
        Assert.Contains("Not judged meanwhile, since they depend on it: db-01, db-02, db-03, db-04, db-05, db-06, db-07, db-08, db-09, db-10 and others.\n", room.Notices[0].Text);
        Assert.Equal(
            (CheckStatus.Unknown, "dns", "not judged while dns is down"), (room.State("db-07").Status, room.State("db-07").Because, room.State("db-07").Said));

        foreach (CheckConfig check in dependants.Append(Dns("dns")))
            room.Sees(check.Name, CheckSight.Up("well"));
        await room.PassAsync(TimeSpan.FromMinutes(30));
        Assert.Equal(["start check-dns", "end check-dns"], room.Told);
        Assert.Equal(CheckStatus.Up, room.State("db-07").Status);
    }

    [Fact]
    public async Task What_is_down_though_its_dependency_is_well_is_told()
    {
        var room = new CheckRoom(Tcp("db", "dns"), Dns("dns"));
        await room.PassAsync(TimeSpan.FromMinutes(10));
        room.Sees("db", Refused);
        await room.PassAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(["start check-db"], room.Told);
    }

    [Fact]
    public async Task What_stands_when_its_dependency_dies_ends_when_both_are_well()
    {
        var room = new CheckRoom(Tcp("db", "dns"), Dns("dns"));
        room.Sees("db", Refused);
        await room.PassAsync(TimeSpan.FromMinutes(10));
        room.Sees("dns", Refused);
        await room.PassAsync(TimeSpan.FromMinutes(20));
        room.Sees("dns", CheckSight.Up("well"));
        room.Sees("db", CheckSight.Up("well"));
        await room.PassAsync(TimeSpan.FromMinutes(20));
        Assert.Equal(["start check-db", "start check-dns", "end check-dns", "end check-db"], room.Told);
    }

    [Fact]
    public async Task Nobody_is_told_in_maintenance_and_it_does_not_count()
    {
        var room = new CheckRoom(Tcp("db"));
        room.Configure(new ChecksConfig([Tcp("db")], [new MaintenanceWindow("move", ["db"]) { From = Noon.AddMinutes(-1), Until = Noon.AddHours(2) }]));
        room.Sees("db", Refused);
        await room.PassAsync(TimeSpan.FromHours(2));
        Assert.Empty(room.Told);
        Assert.Equal(("move", CheckStatus.Down, 0), (room.State("db").Maintenance, room.State("db").Status, room.State("db").Months.Count));
        await room.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(["start check-db"], room.Told);
    }

    [Fact]
    public async Task A_look_that_takes_too_long_is_down_and_says_so()
    {
        var room = new CheckRoom(Tcp("db") with { Timeout = TimeSpan.FromSeconds(5), Looks = 1 });
        room.During = (_, _) => new TaskCompletionSource().Task;
        await room.World.Ports.UntilDone(room.LookAsync("db"), TimeSpan.FromSeconds(1));
        Assert.Equal((CheckStatus.Down, "no whole answer within 5s"), (room.State("db").Status, room.State("db").Said));
    }

    [Fact]
    public async Task A_look_that_fails_on_our_side_is_unknown_and_told_as_that()
    {
        var room = new CheckRoom(Tcp("db") with { Looks = 1 });
        room.During = (_, _) => throw new InvalidOperationException("no such thing.");
        await room.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Equal((CheckStatus.Unknown, "the look failed: no such thing"), (room.State("db").Status, room.State("db").Said));
        Assert.Equal(["start check-db-unknown"], room.Told);
        room.During = null;
        await room.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(["start check-db-unknown", "end check-db-unknown"], room.Told);
    }

    [Fact]
    public async Task What_is_seen_only_where_cki_up_runs_is_unknown_elsewhere_and_never_skipped()
    {
        var disk = new CheckConfig("disk", new CheckTarget.Filesystem("/", 10, 10));
        var room = new CheckRoom(disk);
        await room.PassAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(
            (CheckStatus.Unknown, "filesystem is seen only where cki up runs, and is not reachable here"), (room.State("disk").Status, room.State("disk").Said));
        Assert.Equal(["start check-disk-unknown"], room.Told);
        Assert.Contains("Let a cron job on that machine send a heartbeat instead", room.Notices[0].Text);
    }

    [Fact]
    public async Task A_degraded_check_that_goes_down_is_told_anew_and_both_end()
    {
        var room = new CheckRoom(Tcp("db") with { Looks = 1, Means = "Results cannot be stored.", Do = "Call the owners." });
        room.Sees("db", CheckSight.Degraded("slow"));
        await room.PassAsync(TimeSpan.FromMinutes(2));
        room.Sees("db", Refused);
        await room.PassAsync(TimeSpan.FromMinutes(2));
        room.Sees("db", CheckSight.Up("well"));
        await room.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(["start check-db-degraded", "start check-db", "end check-db-degraded", "end check-db"], room.Told.Order(StringComparer.Ordinal).OrderBy(t => room.Told.IndexOf(t)));
        Assert.Contains("Results cannot be stored.\nCall the owners.\n", room.Notices[0].Text);
    }

    [Fact]
    public async Task A_check_that_is_no_longer_configured_ends_what_was_told_and_is_forgotten()
    {
        var room = new CheckRoom(Tcp("db"));
        room.Sees("db", Refused);
        await room.PassAsync(TimeSpan.FromMinutes(10));
        room.Configure(ChecksConfig.None);
        await room.PassAsync(TimeSpan.FromMinutes(60));
        Assert.Equal(["start check-db", "end check-db"], room.Told);
        Assert.Empty(room.World.Ports.Store.Under("checks/"));
    }
}
