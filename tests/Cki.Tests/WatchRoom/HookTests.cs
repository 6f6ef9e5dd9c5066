using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.WatchRooms;

/// <summary>A webhook that GitLab disables, tells nobody of, and that Watch gets enabled again.</summary>
public sealed class HookTests
{
    private const string Down = "hook-gitlab.example/kernel/linux down";
    private const string Up = "hook-gitlab.example/kernel/linux up";
    private static readonly PollRequested Filling = new(A.Tree().Name, "reconciliation");

    private readonly HookedWorld _world = new();

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 0)]
    public async Task A_tick_asks_for_a_look_at_each_hook_where_the_front_door_is_known(bool isKnown, int looks)
    {
        var world = new HookedWorld(knowsItsDoor: isKnown);
        await world.Stage.Queues["watch"](world.Ports.Message(new Tick(A.Noon)), CancellationToken.None);
        Assert.Equal(looks, world.Ports.Queue.Messages<LookAtHook>().Count);
    }

    [Fact]
    public async Task Of_a_hook_that_works_nothing_is_said_and_nothing_written_twice()
    {
        _world.Push();
        await _world.LookAsync();
        int writes = 0;
        _world.Ports.Store.Before = (operation, _) => writes += operation == "put" ? 1 : 0;
        await _world.LookAsync();
        Assert.Equal((0, 0, 0), (_world.Ports.Queue.Sent.Count, writes, _world.Tests));
    }

    [Fact]
    public async Task A_disabled_hook_is_told_once_and_its_tree_is_looked_at()
    {
        _world.Disable();
        await _world.LookAsync();
        await _world.LookAsync();
        Assert.Equal([Down], _world.Notices);
        Assert.Equal([Filling], _world.Polls);
        Assert.Equal("GitLab has disabled it after failures", _world.Record!.Trouble!.Why);
    }

    [Fact]
    public async Task It_is_not_tested_before_the_tree_was_looked_at()
    {
        _world.Disable();
        await _world.LookAsync();
        _world.Pass(60);
        await _world.LookAsync();
        Assert.Equal(0, _world.Tests);
        _world.Looked();
        await _world.LookAsync();
        Assert.Equal(1, _world.Tests);
    }

    [Fact]
    public async Task Tests_come_at_growing_distances_while_the_door_refuses()
    {
        _world.Disable();
        await _world.LookAsync();
        _world.Pass(1);
        _world.Looked();
        var minutes = new List<int>();
        for (int minute = 0; minute < 40; minute++)
        {
            int before = _world.Tests;
            await _world.LookAsync();
            if (_world.Tests > before)
                minutes.Add(minute);
            _world.Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.Equal([0, 1, 3, 7, 15, 31], minutes);
        Assert.Equal([Down], _world.Notices);
    }

    [Fact]
    public async Task Once_a_test_is_answered_the_gap_is_filled_and_operators_hear_the_end()
    {
        _world.Disable();
        await _world.LookAsync();
        _world.Peer.Status = () => 202;
        _world.Pass(1);
        _world.Looked();
        await _world.LookAsync();
        _world.Pass(2);
        await _world.LookAsync();
        await _world.LookAsync();
        Assert.Equal([Down, Up], _world.Notices);
        Assert.Equal([Filling, Filling], _world.Polls);
        Assert.Equal((null, 1), (_world.Record!.Trouble, _world.Tests));
    }

    [Fact]
    public async Task A_hook_whose_pause_is_over_is_not_believed_to_work()
    {
        _world.Disable();
        await _world.LookAsync();
        _world.Pass(61);
        Assert.Equal("executable", _world.Hook.AlertStatus(_world.Ports.Clock.GetUtcNow()));
        await _world.LookAsync();
        Assert.Equal([Down], _world.Notices);
    }

    [Fact]
    public async Task A_hook_that_was_there_and_is_gone_is_told_and_one_that_never_was_is_not()
    {
        await _world.LookAsync();
        _world.GitLab.Project(A.KernelProject.Path).Hooks.Clear();
        await _world.LookAsync();
        Assert.Equal([Down], _world.Notices);

        var without = new HookedWorld();
        without.GitLab.Project(A.KernelProject.Path).Hooks.Clear();
        await without.LookAsync();
        Assert.Empty(without.Notices);
    }

    [Fact]
    public async Task Hooks_that_our_token_may_not_see_are_asked_for_once_a_day()
    {
        var world = new HookedWorld(role: GitLabRole.Developer);
        for (int hour = 0; hour < 25; hour++)
        {
            await world.LookAsync();
            world.Ports.Clock.Advance(TimeSpan.FromHours(1));
        }
        Assert.Equal(2, world.GitLab.Requests["GET /projects/:id/hooks"]);
        Assert.Empty(world.Notices);
    }

    [Fact]
    public async Task A_GitLab_that_does_not_answer_is_no_failure_of_the_message()
    {
        _world.GitLab.Faults.Api(ApiFault.Refused, new FaultWhen());
        await _world.LookAsync();
        Assert.Empty(_world.Ports.Queue.Sent);
    }

    [Fact]
    public async Task A_look_that_waited_long_is_void()
    {
        ReceivedMessage old = _world.Ports.Message(new LookAtHook(A.KernelProject, A.Noon));
        _world.Pass(130);
        await _world.Stage.Queues["watch"](old, CancellationToken.None);
        Assert.Empty(_world.GitLab.Requests);
    }

    [Fact]
    public async Task A_kill_at_any_point_of_a_look_neither_hides_the_trouble_nor_its_end()
    {
        for (int at = 0; ; at++)
        {
            var world = new HookedWorld();
            world.Disable();
            var crash = new Crash(world.Ports, at);
            await Xunit.Record.ExceptionAsync(world.LookAsync);
            Crash.Stop(world.Ports);
            await world.LookAsync();
            Assert.Equal([Down], world.Notices.Distinct());
            world.Peer.Status = () => 202;
            world.Push();
            world.Pass(61);
            world.Push();
            await world.LookAsync();
            Assert.Equal(Up, world.Notices[^1]);
            Assert.Null(world.Record!.Trouble);
            if (!crash.Happened)
                break;
        }
    }
}
