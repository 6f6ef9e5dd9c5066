using System.Collections.Concurrent;
using Cki.Engine;
using Xunit;

namespace Cki.Tests.EngineRooms;

public sealed class DispatcherTests : IDisposable
{
    private readonly World world = new();

    public void Dispose() => world.Dispose();

    [Fact]
    public async Task A_handled_message_is_gone()
    {
        var handled = new ConcurrentQueue<string>();
        world.Handlers["herd"] = (message, _) => { handled.Enqueue(message.Body); return Task.CompletedTask; };
        world.Start();
        await world.SendAsync("a");
        await world.UntilEmptyAsync();
        Assert.Equal(["a"], handled);
        Assert.Empty(world.Failures);
    }

    [Fact]
    public async Task A_failed_message_comes_back_after_a_pause_that_grows()
    {
        int tries = 0;
        world.Handlers["herd"] = (_, _) => ++tries < 4 ? throw new InvalidOperationException("not yet " + tries) : Task.CompletedTask;
        world.Start();
        await world.SendAsync("a");
        for (int failure = 1; failure < 4; failure++)
        {
            await world.UntilAsync(() => world.Engine.Queues.Standings() is [{ Delayed: 1 }]);
            TimeSpan pause = world.Failures[^1].Pause!.Value;
            Assert.InRange(pause / TimeSpan.FromSeconds(30 * Math.Pow(2, failure - 1)), 0.8, 1.2);
            world.Clock.Advance(pause + TimeSpan.FromMilliseconds(1));
        }
        await world.UntilEmptyAsync();
        Assert.Equal(["not yet 1", "not yet 2", "not yet 3"], world.Failures.Select(failure => failure.Error.Message));
    }

    [Fact]
    public async Task A_message_that_always_fails_ends_as_a_dead_letter()
    {
        world.Handlers["herd"] = (_, _) => throw new InvalidOperationException("never");
        world.Start();
        await world.SendAsync("poison");
        for (int receive = 0; receive < 10; receive++)
        {
            await world.UntilAsync(() => world.Engine.Queues.Standings() is [{ Delayed: 1 }]);
            world.Clock.Advance(TimeSpan.FromHours(2));
        }
        await world.UntilAsync(() => world.Engine.Queues.List("herd-dead").Count == 1, "herd-dead");
        Assert.Equal(10, world.Failures.Count);
        // 30 s doubling is an hour from the eighth receive on.
        Assert.InRange(world.Failures[^1].Pause!.Value.TotalMinutes, 48, 72);
    }

    [Fact]
    public async Task No_more_handlers_run_at_once_than_allowed()
    {
        int running = 0, most = 0, done = 0;
        var open = new TaskCompletionSource();
        var full = new TaskCompletionSource();
        world.Handlers["herd"] = async (_, _) =>
        {
            int now = Interlocked.Increment(ref running);
            most = Math.Max(most, now);
            if (now == 8)
                full.TrySetResult();
            await open.Task;
            Interlocked.Decrement(ref running);
            Interlocked.Increment(ref done);
        };
        world.Start();
        await Task.WhenAll(Enumerable.Range(0, 30).Select(n => world.SendAsync("m" + n, group: "g" + n % 3)));
        await full.Task.WaitAsync(TimeSpan.FromSeconds(30), EngineFixture.Stop);
        Assert.Equal(8, Assert.Single(world.Engine.Queues.Standings()).InFlight);
        open.SetResult();
        await world.UntilEmptyAsync();
        Assert.Equal((8, 30), (most, done));
    }

    [Fact]
    public async Task A_handler_over_its_limit_is_cancelled_and_its_message_comes_back()
    {
        var started = new TaskCompletionSource();
        world.Handlers["herd"] = async (_, token) =>
        {
            started.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, world.Clock, token);
        };
        world.Start();
        await world.SendAsync("slow");
        await started.Task.WaitAsync(TimeSpan.FromSeconds(30), EngineFixture.Stop);
        world.Clock.Advance(TimeSpan.FromMinutes(2));
        await world.UntilAsync(() => world.Engine.Queues.Standings() is [{ Delayed: 1 }]);
        Assert.Equal("It was not done within 00:02:00", Assert.Single(world.Failures).Error.Message);
    }

    [Fact]
    public async Task A_handler_that_never_returns_does_not_keep_its_slot()
    {
        var started = new TaskCompletionSource();
        world.Handlers["herd"] = (_, _) =>
        {
            started.TrySetResult();
            return new TaskCompletionSource().Task;
        };
        world.Start();
        await world.SendAsync("stuck");
        await started.Task.WaitAsync(TimeSpan.FromSeconds(30), EngineFixture.Stop);
        world.Clock.Advance(TimeSpan.FromMinutes(2) + QueueSettings.Grace);
        await world.UntilAsync(() => world.Engine.Queues.Standings() is [{ Delayed: 1 }]);
        Assert.IsType<TimeoutException>(Assert.Single(world.Failures).Error);
    }

    [Fact]
    public async Task Draining_waits_for_what_runs_and_takes_nothing_more()
    {
        var started = new TaskCompletionSource();
        var open = new TaskCompletionSource();
        world.Handlers["herd"] = async (_, _) => { started.TrySetResult(); await open.Task; };
        world.Start();
        await world.SendAsync("first");
        await started.Task.WaitAsync(TimeSpan.FromSeconds(30), EngineFixture.Stop);
        Task drained = world.Dispatcher.DrainAsync(EngineFixture.Stop);
        await world.SendAsync("second");
        Assert.False(drained.IsCompleted);
        open.SetResult();
        await drained.WaitAsync(TimeSpan.FromSeconds(30), EngineFixture.Stop);
        Assert.Equal(["second"], world.Engine.Queues.List("herd").Select(message => message.Body));
    }

    [Fact]
    public async Task A_dead_process_s_messages_are_ready_for_the_next_at_once()
    {
        var started = new TaskCompletionSource();
        world.Handlers["herd"] = async (_, _) => { started.TrySetResult(); await new TaskCompletionSource().Task; };
        world.Start();
        await world.SendAsync("a");
        await started.Task.WaitAsync(TimeSpan.FromSeconds(30), EngineFixture.Stop);

        world.DieAndLiveAgain();

        var again = new TaskCompletionSource<int>();
        world.Handlers["herd"] = (message, _) => { again.TrySetResult(message.ReceiveCount); return Task.CompletedTask; };
        world.Start();
        Assert.Equal(2, await again.Task.WaitAsync(TimeSpan.FromSeconds(30), EngineFixture.Stop));
    }

    [Fact]
    public async Task A_schedule_comes_on_the_minute_and_does_not_pile_up()
    {
        var asked = System.Threading.Channels.Channel.CreateUnbounded<string>();
        world.Handlers["watch"] = (_, token) => Task.Delay(Timeout.InfiniteTimeSpan, world.Clock, token);
        world.Clock.Advance(TimeSpan.FromSeconds(30));
        world.Start(dispatcher => dispatcher.Every("tick", TimeSpan.FromMinutes(1), now =>
        {
            asked.Writer.TryWrite(now.ToString("HH:mm:ss"));
            return new OutgoingMessage("watch", now.ToString("HH:mm:ss"), "");
        }));
        // Each time the schedule is asked again, what it was asked for before is done.
        Assert.Equal("12:00:30", await NextAsync());
        world.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("12:01:00", await NextAsync());
        world.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("12:02:00", await NextAsync());
        Assert.Equal("12:00:30", Assert.Single(world.Engine.Queues.List("watch")).Body);

        Task<string> NextAsync() => asked.Reader.ReadAsync(EngineFixture.Stop).AsTask().WaitAsync(TimeSpan.FromSeconds(30), EngineFixture.Stop);
    }

    /// <summary>While it rests no other one is sent: pauses that grow would stop the schedule for an hour.</summary>
    [Fact]
    public async Task A_schedules_message_that_fails_rests_no_longer_each_time()
    {
        world.Handlers["watch"] = (_, _) => throw new InvalidOperationException("the store is away");
        world.Start(dispatcher => dispatcher.Every("tick", TimeSpan.FromHours(10), _ => new OutgoingMessage("watch", "tick", "")));
        for (int receive = 1; receive <= 6; receive++)
        {
            await world.UntilAsync(() => world.Failures.Count == receive && world.Engine.Queues.Standings() is [{ Delayed: 1 }], "watch");
            world.Clock.Advance(TimeSpan.FromSeconds(40));
        }
        Assert.All(world.Failures, failure => Assert.InRange(failure.Pause!.Value.TotalSeconds, 24, 36));
    }

    [Fact]
    public void Stages_that_do_not_fit_the_engine_are_refused()
    {
        world.Handlers["nowhere"] = (_, _) => Task.CompletedTask;
        Assert.Equal(
            "A stage handles queue nowhere, which the engine does not have", Assert.Throws<ArgumentException>(() => world.Start()).Message);
        var stage = new StageEndpoints(new Dictionary<string, MessageHandler> { ["herd"] = (_, _) => Task.CompletedTask }, new Dictionary<string, FlowTask>());
        Assert.Equal(
            "Two stages offer the queue herd",
            Assert.Throws<ArgumentException>(() => new Dispatcher(world.Engine, [stage, stage], new DispatchOptions())).Message);
    }
}
