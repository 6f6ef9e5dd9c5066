using Cki.Tests.Doubles;
using Xunit;
using static Cki.Tests.Doubles.A;

namespace Cki.Tests.DetectionRooms;

/// <summary>Heads whose time has not come: frequency limits, quiet hours, pacing.</summary>
public sealed class WaitingTests
{
    private static DetectionWorld World(TreeRules rules) => new(Config(Tree() with { Rules = rules }));

    private static DetectionWorld Limited() => World(new TreeRules { AtMost = new Frequency(1, TimeSpan.FromHours(6)) });

    [Fact]
    public async Task Heads_that_come_too_soon_wait_and_the_newest_covers_the_others()
    {
        DetectionWorld world = Limited();
        world.Know(("main", 'a'));
        await world.PushAsync('a', 'b');
        world.Ports.Clock.Advance(TimeSpan.FromHours(1));
        await world.PushAsync('b', 'c');
        await world.PushAsync('c', 'd');
        Assert.Equal(["b Detected", "c Waiting", "d Waiting"], world.Runs());
        Assert.Equal("It waits: the branch is tested at most 1 per 6h, again at 2026-11-22 18:00 UTC.", world.Run('c')!.Reason);
        Assert.Equal(["main=b"], world.HeadList());

        world.Servers.Branches["main"] = Sha('d');
        await world.PollAsync();
        Assert.Equal(["b Detected", "c Waiting", "d Waiting"], world.Runs());
        world.Ports.Clock.Advance(TimeSpan.FromHours(5));
        await world.PollAsync();
        Assert.Equal(["b Detected", "c Covered", "d Detected"], world.Runs());
        Assert.Equal((world.Run('d')!.Run, "dddddddddddd was the head when its time came."), (world.Run('c')!.CoveredBy!.Value, world.Run('c')!.Reason));
        Assert.Equal(Sha('b'), world.Run('d')!.Previous);
        Assert.Equal(["main=d"], world.HeadList());
        Assert.Null(world.Heads()!.Waiting);
        Assert.Equal([Noon.AddHours(6)], world.Heads()!.TestedAt!["main"]);
    }

    [Fact]
    public async Task A_head_that_is_under_test_already_waits_for_nothing()
    {
        DetectionWorld world = Limited();
        world.Know(("main", 'a'));
        await world.PushAsync('a', 'b');
        world.Know(("main", 'a'));
        await world.PushAsync('a', 'b');
        Assert.Equal(["b Detected"], world.Runs());
        Assert.Single(world.Ports.Queue.Messages<CommitDetected>().Distinct());
    }

    [Fact]
    public async Task One_branch_does_not_use_up_the_limit_of_another()
    {
        DetectionWorld world = Limited();
        world.Know(("main", 'a'), ("release/1", 'a'));
        await world.PushAsync('a', 'b');
        await world.PushAsync('a', 'c', "refs/heads/release/1");
        Assert.Equal(["b Detected", "c Detected"], world.Runs());
    }

    [Fact]
    public async Task Nothing_is_tested_in_quiet_hours_and_the_newest_head_after_them()
    {
        DetectionWorld world = World(new TreeRules { Quiet = [QuietHours.Parse("11:00-13:00")!] });
        world.Know(("main", 'a'));
        world.Servers.Branches["main"] = Sha('b');
        await world.PollAsync();
        world.Servers.Branches["main"] = Sha('c');
        await world.PollAsync();
        Assert.Equal(["b Waiting", "c Waiting"], world.Runs());
        Assert.Empty(world.Ports.Queue.Messages<CommitDetected>());
        world.Ports.Clock.Advance(TimeSpan.FromHours(1));
        await world.PollAsync();
        Assert.Equal(["b Covered", "c Detected"], world.Runs());
    }

    [Fact]
    public async Task A_branch_that_goes_before_its_time_comes_leaves_nothing_waiting()
    {
        DetectionWorld world = World(new TreeRules { Quiet = [QuietHours.Parse("11:00-13:00")!] });
        world.Know(("main", 'a'));
        await world.PushAsync(null, 'b', "refs/heads/release/9");
        await world.PushAsync('a', 'c');
        await world.PollAsync();
        Assert.Equal("Skipped The branch was gone before its time came.", $"{world.Run('b', "release/9")!.State} {world.Run('b', "release/9")!.Reason}");
        Assert.Equal("Skipped The branch went back to aaaaaaaaaaaa while it waited.", $"{world.Run('c')!.State} {world.Run('c')!.Reason}");
        Assert.Null(world.Heads()!.Waiting);
    }

    [Fact]
    public async Task A_late_push_does_not_end_the_waiting_of_a_newer_one()
    {
        DetectionWorld world = World(new TreeRules { Quiet = [QuietHours.Parse("11:00-13:00")!] });
        world.Know(("main", 'a'));
        await world.PushAsync('a', 'b');
        await world.PushAsync('9', 'a');
        Assert.Equal(["b Waiting"], world.Runs());
        Assert.Equal(Sha('b'), Assert.Single(world.Heads()!.WaitingOn("main")).Sha);
    }

    [Fact]
    public async Task What_waits_before_the_first_look_is_no_baseline()
    {
        DetectionWorld world = World(new TreeRules { Quiet = [QuietHours.Parse("11:00-13:00")!] });
        await world.PushAsync('a', 'b');
        world.Servers.Branches["main"] = Sha('b');
        await world.PollAsync();
        world.Ports.Clock.Advance(TimeSpan.FromHours(1));
        await world.PollAsync();
        Assert.Equal(["b Detected"], world.Runs());
    }

    [Fact]
    public async Task More_new_heads_than_wanted_are_paced_and_an_operator_is_asked()
    {
        DetectionWorld world = World(new TreeRules { AtOnce = 2 });
        world.Know(("main", 'a'));
        foreach (char digit in "12345")
            world.Servers.Branches[$"release/{digit}"] = Sha(digit);
        await world.PollAsync();
        Assert.Equal(["1 Detected", "2 Detected", "3 Waiting", "4 Waiting", "5 Waiting"], world.Runs());
        Assert.Equal("It waits: more than 2 new heads at once, it is its turn at a later poll.", world.Run('3', "release/3")!.Reason);
        world.Servers.Branches["release/0"] = Sha('0');
        await world.PollAsync();
        Assert.Equal(["0 Waiting", "1 Detected", "2 Detected", "3 Detected", "4 Detected", "5 Waiting"], world.Runs());
        await world.PollAsync();
        await world.PollAsync();
        Assert.All(world.Runs(), run => Assert.EndsWith("Detected", run));
        NoticeRaised[] notices = [.. world.Ports.Queue.Messages<NoticeRaised>()];
        Assert.Equal([("heads-mainline", false), ("heads-mainline", false), ("heads-mainline", true)], notices.Select(n => (n.Key, n.Recovered)));
        Assert.Contains("cki pause trigger --tree mainline", notices[0].Text);
        Assert.Null(world.Heads()!.PacedSince);
    }

    [Fact]
    public async Task As_many_heads_as_wanted_ask_nobody()
    {
        DetectionWorld world = World(new TreeRules { AtOnce = 2 });
        world.Know(("main", 'a'));
        world.Servers.Branches["main"] = Sha('b');
        world.Servers.Branches["release/1"] = Sha('c');
        await world.PollAsync();
        Assert.Equal(["b Detected", "c Detected"], world.Runs());
        Assert.Empty(world.Ports.Queue.Messages<NoticeRaised>());
    }

    [Fact]
    public void Too_many_waiting_heads_push_the_oldest_out()
    {
        var known = new TreeHeads(Tree().Name)
        {
            Waiting = new() { ["main"] = [.. Enumerable.Range(0, WaitingHeads.Most).Select(i => new WaitingHead(CommitSha.Parse($"{i:x40}"), Noon, null))] },
        };
        var wait = new HeadDecision.Wait("main", Sha('f'), null, null, "quiet");
        Assert.Equal([CommitSha.Parse($"{0:x40}")], WaitingHeads.Overflow(known, wait).Select(w => w.Sha));
        IReadOnlyList<WaitingHead> after = WaitingHeads.After(known, known, [wait], TreeRules.Default, Noon).WaitingOn("main");
        Assert.Equal((WaitingHeads.Most, Sha('f')), (after.Count, after[^1].Sha));
        Assert.Empty(WaitingHeads.Overflow(known, wait with { Sha = CommitSha.Parse($"{7:x40}") }));
    }
}
