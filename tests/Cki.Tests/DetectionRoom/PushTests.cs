using Cki.Tests.Doubles;
using Xunit;
using static Cki.Tests.Doubles.A;

namespace Cki.Tests.DetectionRooms;

public sealed class PushTests
{
    private readonly DetectionWorld _world = new();

    [Fact]
    public async Task A_new_head_becomes_a_run_watched_over_and_sent_on()
    {
        _world.Know(("main", 'a'));
        await _world.PushAsync('a', 'b');

        RunDetection run = _world.Run('b')!;
        Assert.Equal(
            new RunDetection(RunIds.Of(Tree().Name, "main", Sha('b')), Tree().Name, "main", Sha('b'), FoundBy.Webhook, Noon)
            {
                Previous = Sha('a'), Title = "net: fix a leak", Delivery = "d-1", AppearedAt = Noon, ConfigHash = "c0ffee",
            },
            run);
        string marker = Assert.Single(_world.Ports.Store.Under("due/"));
        Assert.Equal($"due/202611221202/detect/{run.Run}", marker);
        Assert.Equal(["trigger", "report"], _world.Ports.Queue.Sent.Select(m => m.Queue));
        Assert.Equal(marker, _world.Ports.Queue.Sent[0].Attributes[Post.DueAttribute]);
        Assert.Equal([new RunChanged(run.Run)], _world.Ports.Queue.Messages<RunChanged>());
        Assert.Equal([new CommitDetected(run.Run)], _world.Ports.Queue.Messages<CommitDetected>());
        Assert.Equal(["main=b"], _world.HeadList());
        Assert.Equal(0, _world.Servers.Looks);
    }

    [Fact]
    public async Task The_order_is_marker_record_message_board_head()
    {
        _world.Know(("main", 'a'));
        var order = new List<string>();
        _world.Ports.Store.Before = (operation, key) => { if (operation == "put") order.Add(key.Split('/')[0]); };
        _world.Ports.Queue.Before = m => order.Add(m.Queue);
        await _world.PushAsync('a', 'b');
        Assert.Equal(["due", "runs", "trigger", "report", "heads"], order);
    }

    [Fact]
    public async Task The_same_push_five_times_is_one_run_and_one_message()
    {
        _world.Know(("main", 'a'));
        for (int i = 0; i < 5; i++)
            await _world.PushAsync('a', 'b');
        Assert.Equal(["b Detected"], _world.Runs());
        Assert.Single(_world.Ports.Queue.Messages<CommitDetected>());
    }

    [Fact]
    public async Task Two_deliveries_of_a_commit_at_the_same_instant_are_one_run()
    {
        _world.Know(("main", 'a'));
        bool isNested = false;
        // The second one is handled from start to end right before the first one writes its record.
        _world.Ports.Store.Before = (operation, key) =>
        {
            if (isNested || operation != "put" || !key.StartsWith("runs/", StringComparison.Ordinal))
                return;
            isNested = true;
            Assert.True(_world.PushAsync('a', 'b').IsCompletedSuccessfully);
        };
        await _world.PushAsync('a', 'b');
        Assert.True(isNested);
        Assert.Equal(["b Detected"], _world.Runs());
        Assert.Equal(["main=b"], _world.HeadList());
        Assert.Single(_world.Ports.Queue.Messages<CommitDetected>().Distinct());
    }

    [Fact]
    public async Task Two_pushes_in_the_wrong_order_leave_the_newer_head_and_account_for_both()
    {
        _world.Know(("main", 'a'));
        _world.Servers.Branches["main"] = Sha('c');
        await _world.PushAsync('b', 'c');
        await _world.PushAsync('a', 'b');

        Assert.Equal(["b Covered", "c Detected"], _world.Runs());
        Assert.Equal((_world.Run('c')!.Run, "cccccccccccc was the head when the push was handled."), (_world.Run('b')!.CoveredBy!.Value, _world.Run('b')!.Reason));
        Assert.Equal(["main=c"], _world.HeadList());
        Assert.Equal([new CommitDetected(_world.Run('c')!.Run)], _world.Ports.Queue.Messages<CommitDetected>());
    }

    [Fact]
    public async Task A_late_push_behind_the_baseline_is_skipped_with_its_reason()
    {
        _world.Know(("main", 'c'));
        await _world.PushAsync('a', 'b');
        Assert.Equal(["b Skipped"], _world.Runs());
        Assert.Equal("The head was cccccccccccc when the push was handled, which is known since the tree's first sight.", _world.Run('b')!.Reason);
        Assert.Equal([new RunChanged(_world.Run('b')!.Run)], _world.Ports.Queue.Messages<RunChanged>());
        Assert.Single(_world.Ports.Queue.Sent);
    }

    [Fact]
    public async Task An_old_delivery_come_again_does_not_move_the_head_back()
    {
        _world.Know(("main", 'a'));
        await _world.PushAsync('a', 'b');
        await _world.PushAsync('b', 'a');
        _world.Servers.Branches["main"] = Sha('a');
        await _world.PushAsync('a', 'b');
        Assert.Equal(["main=a"], _world.HeadList());
    }

    [Fact]
    public async Task A_covered_commit_that_becomes_the_head_is_tested_after_all()
    {
        await Two_pushes_in_the_wrong_order_leave_the_newer_head_and_account_for_both();
        _world.Servers.Branches["main"] = Sha('b');
        await _world.PushAsync('c', 'b');
        Assert.Equal(["b Detected", "c Detected"], _world.Runs());
        Assert.Equal(["main=b"], _world.HeadList());
    }

    [Fact]
    public async Task A_head_that_moves_while_its_push_is_handled_is_judged_anew()
    {
        _world.Know(("main", 'a'));
        bool isNested = false;
        _world.Ports.Queue.After = _ =>
        {
            if (isNested)
                return;
            isNested = true;
            _world.Servers.Branches["main"] = Sha('c');
            Assert.True(_world.PushAsync('b', 'c').IsCompletedSuccessfully);
        };
        await _world.PushAsync('a', 'b');
        Assert.Equal(["b Detected", "c Detected"], _world.Runs());
        Assert.Equal(["main=c"], _world.HeadList());
    }

    [Fact]
    public async Task A_deleted_branch_is_forgotten_and_starts_no_run()
    {
        _world.Know(("main", 'a'), ("release/1", 'b'));
        await _world.PushAsync('b', null, "refs/heads/release/1");
        Assert.Equal(["main=a"], _world.HeadList());
        Assert.Empty(_world.Runs());
    }

    [Fact]
    public async Task A_push_of_another_project_or_branch_does_nothing()
    {
        _world.Know(("main", 'a'));
        await _world.PushAsync('a', 'b', "refs/heads/wip");
        await _world.HandAsync(DetectionWorld.Push('a', 'b') with { Project = PipelineProject });
        Assert.Equal(["heads/mainline.json"], _world.Ports.Store.Keys);
        Assert.Empty(_world.Ports.Queue.Sent);
    }

    [Fact]
    public async Task Trouble_at_the_server_gives_a_doubtful_push_back()
    {
        _world.Know(("main", 'c'));
        _world.Servers.AreDown = true;
        await Assert.ThrowsAnyAsync<FlowTaskException>(() => _world.PushAsync('a', 'b'));
        Assert.Empty(_world.Runs());
    }

    [Fact]
    public async Task Messages_of_other_types_are_unreadable_here() =>
        await Assert.ThrowsAsync<UnreadableMessageException>(
            () => _world.Stage.Queues["detect"](_world.Ports.Message(new Tick(Noon)), CancellationToken.None));
}
