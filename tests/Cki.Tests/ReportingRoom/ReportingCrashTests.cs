using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

/// <summary>kill -9 at every store write, delete and send: nothing is lost; a copy comes only from a crash between the peer's yes and our note.</summary>
public sealed class ReportingCrashTests
{
    private const int StepsMax = 160;

    [Fact]
    public async Task A_final_report_survives_a_crash_at_every_step()
    {
        int crashes = 0;
        int copies = 0;
        for (int at = 0; at < StepsMax; at++)
        {
            var world = new ReportingWorld();
            RunId run = world.Arrange(Runs.Failed()).Run;
            var crash = new Crash(world.Memory, at);
            world.Send(new RunSettled(run, 1));
            await world.RunAsync();
            crashes += crash.Happened ? 1 : 0;
            copies += world.Taken.Count - 1;
            Assert.InRange(world.Taken.Count, 1, 2);
            Assert.Single(world.Taken.Select(t => t.Report.MessageId).Distinct());
            Assert.All(world.Peer.Statuses, s => Assert.Equal("failed", s.State));
            Assert.NotEmpty(world.Peer.Statuses);
            Assert.NotNull(world.Report(run)!.ClosedAt);
            Assert.Equal([], world.Memory.Store.Under(DueMarker.Prefix));
            Assert.Contains("FAIL", world.Page("board/index.html"));
            Assert.Contains("SENT", world.Page(BoardRun.PageKey(run)));
        }
        Assert.InRange(crashes, 40, StepsMax - 1);
        // Just before and just after the write of "sent": the one place rule 10 allows.
        Assert.InRange(copies, 1, 2);
    }

    [Fact]
    public async Task A_correction_survives_a_crash_at_every_step()
    {
        int crashes = 0;
        for (int at = 0; at < StepsMax; at += 2)
        {
            var world = new ReportingWorld();
            RunId run = world.Arrange(Runs.Failed()).Run;
            world.Send(new RunSettled(run, 1));
            await world.RunAsync();
            RunPipeline pipeline = Runs.Pipeline(run, Runs.Passed());
            pipeline = pipeline.With(pipeline.Latest with { Reconsidered = [new Reconsidered(Runs.Failed(), A.Noon, "a host lost its clock", "jane")] });
            world.Memory.Store.Set(RunIds.PipelineKey(run), pipeline, DocumentJson.Default.RunPipeline);
            var crash = new Crash(world.Memory, at);
            world.Send(new RunSettled(run, 1));
            await world.RunAsync();
            crashes += crash.Happened ? 1 : 0;
            Assert.Equal(["final-1", "correction-1"], world.Taken.Select(t => t.Report.Kind).Distinct());
            Assert.InRange(world.Taken.Count, 2, 3);
            Assert.Equal("success", world.Peer.Statuses[^1].State);
            Assert.Equal([], world.Memory.Store.Under(DueMarker.Prefix));
        }
        Assert.InRange(crashes, 15, (StepsMax / 2) - 1);
    }

    [Fact]
    public async Task A_notice_survives_a_crash_at_every_step()
    {
        int crashes = 0;
        for (int at = 0; at < StepsMax; at++)
        {
            var world = new ReportingWorld();
            var crash = new Crash(world.Memory, at);
            world.Send(new NoticeRaised("gitlab-down", "GitLab does not answer", "Runs wait."));
            await world.RunAsync();
            crashes += crash.Happened ? 1 : 0;
            Assert.InRange(world.Taken.Count, 1, 2);
            Assert.Single(world.Taken.Select(t => t.Report.MessageId).Distinct());
            Assert.Contains("GitLab does not answer", world.Page("board/index.html"));
        }
        Assert.InRange(crashes, 15, StepsMax - 1);
    }
}
