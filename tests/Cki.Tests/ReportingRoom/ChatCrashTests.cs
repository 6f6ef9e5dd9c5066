using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

/// <summary>kill -9 at every write of paced deliveries, of a digest and of a circuit that opens and closes: nothing is lost.</summary>
public sealed class ChatCrashTests
{
    private const int Runs_ = 6;
    private const int StepsMax = 260;

    private static readonly ChannelConfig Irc = new ChannelConfig.Irc("irc", new Uri("https://irccat.example/send"), IrcForm.Irccat, null, null);

    [Fact]
    public async Task Reports_that_wait_for_irc_survive_a_crash_at_every_fourth_step()
    {
        int crashes = 0;
        for (int at = 0; at < StepsMax; at += 4)
        {
            ReportingWorld world = World();
            RunId[] runs = Settle(world);
            var crash = new Crash(world.Memory, at);
            await world.RunAsync();
            crashes += crash.Happened ? 1 : 0;
            Check(world, runs, crash.Happened);
        }
        Assert.InRange(crashes, 40, (StepsMax / 4) - 1);
    }

    [Fact]
    public async Task A_channel_that_comes_back_survives_a_crash_at_every_ninth_step()
    {
        int crashes = 0;
        for (int at = 0; at < 2 * StepsMax; at += 9)
        {
            ReportingWorld world = World();
            DateTimeOffset back = A.Noon.AddMinutes(40);
            world.Answer = (_, r) => world.Memory.Clock.GetUtcNow() < back ? new ChannelOutcome.Unavailable("refused") : new ChannelOutcome.Sent(r.Id);
            RunId[] runs = Settle(world);
            var crash = new Crash(world.Memory, at);
            await world.RunAsync(TimeSpan.FromHours(5));
            crashes += crash.Happened ? 1 : 0;
            Check(world, runs, mayRepeat: true);
            Assert.Null(world.Memory.Store.Peek(ChannelState.KeyOf("irc"), DocumentJson.Default.ChannelState)!.OpenUntil);
        }
        Assert.InRange(crashes, 30, 58);
    }

    private static ReportingWorld World()
    {
        SuiteConfig config = A.Config(A.Tree() with { ReportTo = ["irc"] });
        return new ReportingWorld(config with { Channels = [Irc] });
    }

    private static RunId[] Settle(ReportingWorld world)
    {
        RunId[] runs = [.. Enumerable.Range(0, Runs_).Select(i => new RunId($"run-{i}"))];
        foreach (RunId run in runs)
        {
            world.Memory.Store.Set(RunIds.DetectionKey(run), Runs.Detection() with { Run = run }, DocumentJson.Default.RunDetection);
            world.Memory.Store.Set(RunIds.PipelineKey(run), Runs.Pipeline(run, Runs.Passed()), DocumentJson.Default.RunPipeline);
            world.Send(new RunSettled(run, 1));
        }
        return runs;
    }

    private static void Check(ReportingWorld world, RunId[] runs, bool mayRepeat)
    {
        Assert.All(runs, r => Assert.Equal(DeliveryState.Sent, world.Delivery(r, "irc", "final-1")?.State));
        Assert.All(runs, r => Assert.NotNull(world.Report(r)!.ClosedAt));
        int told = world.Taken.Sum(t => t.Report.Kind == "digest" ? int.Parse(t.Report.Subject.Split(' ')[1]) : 1);
        // The peer said yes to a digest, and we died before we noted it: all of it comes again, and says so.
        Assert.InRange(told, Runs_, mayRepeat ? 2 * Runs_ : Runs_);
        Assert.DoesNotContain(world.Memory.Store.Under(DueMarker.Prefix), k => k.Contains("/report/"));
    }
}
