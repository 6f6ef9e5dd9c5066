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
            OutgoingMessage last = world.Ports.Queue.Sent[^1];
            Assert.Contains(last.Attributes[Post.DueAttribute], world.Ports.Store.Under("due/"));
        }
        Assert.Equal(isPoll ? 10 : 8, crashes);
    }

    private static Task Handle(DetectionWorld world, bool isPoll) => isPoll ? world.PollAsync() : world.PushAsync('a', 'b');
}
