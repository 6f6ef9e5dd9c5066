using Cki.Tests.Doubles;
using Xunit;
using static Cki.Tests.Doubles.A;

namespace Cki.Tests.DetectionRooms;

/// <summary>Killed before or after any of its writes and sends, detection ends the same once its message is received again.</summary>
public sealed class CrashTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_kill_at_any_point_loses_no_commit_and_doubles_none(bool isPoll)
    {
        int crashes = 0;
        for (int at = 0; ; at++)
        {
            var world = new DetectionWorld();
            world.Know(("main", 'a'));
            world.Servers.Branches["main"] = Sha('b');
            var crash = new Crash(world.Ports, at);
            await Record.ExceptionAsync(() => Handle(world, isPoll));
            Crash.Stop(world.Ports);
            if (!crash.Happened)
                break;
            crashes++;
            world.Ports.Clock.Advance(TimeSpan.FromMinutes(5));
            await Handle(world, isPoll);

            Assert.Equal(["main=b"], world.HeadList());
            Assert.Equal(["b Detected"], world.Runs());
            Assert.Single(world.Ports.Queue.Messages<CommitDetected>().Distinct());
            Assert.NotEmpty(world.Ports.Queue.Messages<RunChanged>());
            OutgoingMessage last = world.Ports.Queue.Sent.Last(m => m.Queue == QueueNames.Trigger);
            Assert.Contains(last.Attributes[Post.DueAttribute], world.Ports.Store.Under("due/"));
        }
        Assert.Equal(isPoll ? 12 : 10, crashes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_kill_while_heads_wait_or_their_time_comes_leaves_none_unaccounted(bool isComing)
    {
        int crashes = 0;
        for (int at = 0; ; at++)
        {
            var world = new DetectionWorld(Config(Tree() with { Rules = new TreeRules { Quiet = [QuietHours.Parse("11:00-13:00")!], OncePerTree = true } }));
            world.Know(("main", 'a'));
            world.Servers.History.AddRange([(Sha('a'), []), (Sha('b'), []), (Sha('c'), [])]);
            await world.PushAsync('a', 'b');
            world.Servers.Branches["main"] = Sha('c');
            if (isComing)
                await Coming(world);
            var crash = new Crash(world.Ports, at);
            await Record.ExceptionAsync(() => world.PollAsync());
            Crash.Stop(world.Ports);
            if (!crash.Happened)
                break;
            crashes++;
            if (!isComing)
                await Coming(world);
            world.Ports.Clock.Advance(TimeSpan.FromMinutes(5));
            await world.PollAsync();

            Assert.Equal(["b Covered", "c Detected"], world.Runs());
            Assert.Equal(["main=c"], world.HeadList());
            Assert.Null(world.Heads()!.Waiting);
            Assert.Equal(world.Run('c')!.Run, world.Run('b')!.CoveredBy);
            Assert.Equal(["b"], world.Run('c')!.Covers!.Select(c => c.Sha.Value[..1]));
        }
        Assert.InRange(crashes, isComing ? 14 : 6, 24);
    }

    /// <summary>Another poll finds the last head waiting; then its time comes.</summary>
    private static async Task Coming(DetectionWorld world)
    {
        world.Ports.Clock.Advance(TimeSpan.FromMinutes(5));
        await world.PollAsync();
        world.Ports.Clock.Advance(TimeSpan.FromHours(1));
    }

    private static Task Handle(DetectionWorld world, bool isPoll) => isPoll ? world.PollAsync() : world.PushAsync('a', 'b');
}
