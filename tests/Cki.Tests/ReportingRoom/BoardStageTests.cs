using System.Text.Json;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

/// <summary>The board as the stage keeps it up.</summary>
public sealed class BoardStageTests
{
    [Fact]
    public async Task A_start_shows_the_run_and_a_thousand_changes_make_one_index_a_minute()
    {
        var world = new ReportingWorld();
        RunId run = world.Arrange(null).Run;
        int rewrites = 0;
        for (int i = 0; i < 50; i++)
            world.Send(new RunStarted(run, 1));
        world.Memory.Store.Before = (operation, key) => rewrites += operation == "list" && key == BoardChange.Prefix ? 1 : 0;
        await world.RunAsync();
        Assert.Equal(1, rewrites);
        Assert.Contains("RUNNING", world.Page("board/index.html"));
        Assert.Contains("RUNNING", world.Page(BoardRun.PageKey(run)));
        BoardRun json = JsonSerializer.Deserialize(world.Page(BoardRun.JsonKey(run)), BoardJson.Default.BoardRun)!;
        Assert.Equal(run, json.Detection.Run);
    }

    [Fact]
    public async Task A_change_after_the_index_was_read_asks_for_the_next_rewrite()
    {
        var world = new ReportingWorld();
        RunId run = world.Arrange(null).Run;
        bool? isPending = null;
        world.Memory.Store.Before = (operation, key) => isPending = operation == "list" && key == BoardChange.Prefix ? world.Memory.Store.Keys.Contains(BoardIndexPending.Key) : isPending;
        world.Send(new RunStarted(run, 1));
        await world.RunAsync();
        Assert.False(isPending);
        world.Memory.Store.Before = null;
        world.Arrange(Runs.Failed());
        world.Send(new RunSettled(run, 1));
        await world.RunAsync();
        Assert.Contains("FAIL", world.Page("board/index.html"));
    }

    [Fact]
    public async Task A_rewrite_of_the_index_that_got_lost_is_asked_for_again()
    {
        var world = new ReportingWorld();
        RunId run = world.Arrange(null).Run;
        world.Memory.Queue.Before = m => throw (m.Group == "board" ? new CrashException("the queue lost it") : new InvalidOperationException(m.Group));
        world.Arrange(Runs.Passed());
        world.Send(new RunStarted(run, 1));
        await world.RunAsync();
        Assert.Contains("PASS", world.Page("board/index.html"));
    }

    [Fact]
    public async Task An_older_rendering_never_replaces_a_newer_one()
    {
        // Without a commit status nothing else rewrites the page afterwards.
        var world = new ReportingWorld(A.Config());
        RunId run = world.Arrange(null).Run;
        world.Send(new RunStarted(run, 1));
        await world.RunAsync(TimeSpan.FromSeconds(1));
        world.Arrange(null, attempt: 2);
        int reads = 0;
        // The second read is the renderer's. Right after it the run settles, and another process writes the page of that.
        world.Memory.Store.After = (operation, key) =>
        {
            if (operation != "get" || key != RunIds.PipelineKey(run) || ++reads != 2)
                return;
            world.Arrange(Runs.Failed(), attempt: 2);
            world.Memory.Store.SetText(BoardRun.PageKey(run), "newer");
        };
        world.Send(new RunStarted(run, 2));
        await world.RunAsync(TimeSpan.FromSeconds(1));
        Assert.Contains("FAIL", world.Page(BoardRun.PageKey(run)));
    }

    [Fact]
    public async Task A_skipped_commit_is_shown_and_a_run_that_was_skipped_first_is_shown_once()
    {
        var world = new ReportingWorld();
        RunDetection seen = Runs.Detection() with { State = DetectionState.Skipped, Reason = "It changes none of the tree's paths." };
        world.Memory.Store.Set(RunIds.DetectionKey(seen.Run), seen, DocumentJson.Default.RunDetection);
        world.Send(new RunChanged(seen.Run));
        await world.RunAsync();
        Assert.Contains("SKIPPED", world.Page("board/trees/mainline.html"));
        Assert.Contains("; It changes none of the tree&#39;s paths.", world.Page("board/trees/mainline.html"));
        DateTimeOffset later = A.Noon.AddDays(2);
        world.Memory.Store.Set(RunIds.DetectionKey(seen.Run), Runs.Detection() with { DetectedAt = later }, DocumentJson.Default.RunDetection);
        world.Memory.Store.Set(RunIds.PipelineKey(seen.Run), Runs.Pipeline(seen.Run, Runs.Passed()), DocumentJson.Default.RunPipeline);
        world.Send(new RunSettled(seen.Run, 1));
        await world.RunAsync();
        BoardIndexed index = JsonSerializer.Deserialize(world.Page(BoardIndexed.Json), BoardJson.Default.BoardIndexed)!;
        Assert.Equal([(Verdict.Passed, A.Noon)], index.Runs.Select(r => (r.Verdict!.Value, r.DetectedAt)));
        Assert.Single(world.Memory.Store.Under(BoardEntry.Prefix));
    }

    [Fact]
    public async Task A_run_that_nobody_recorded_has_no_page()
    {
        var world = new ReportingWorld();
        world.Send(new RunChanged(new RunId("mainline-main-none")));
        await world.RunAsync();
        Assert.Equal([], world.Memory.Store.Under("board/"));
    }

    [Fact]
    public async Task Nothing_new_is_not_noted_unless_asked_for()
    {
        var world = new ReportingWorld();
        RunId run = world.Arrange(Runs.Passed()).Run;
        world.Send(new RunChanged(run));
        await world.RunAsync();
        int noted = 0;
        world.Memory.Store.Before = (operation, key) => noted += operation == "put" && key.StartsWith(BoardChange.Prefix, StringComparison.Ordinal) ? 1 : 0;
        world.Send(new RunChanged(run));
        await world.RunAsync();
        Assert.Equal(0, noted);
        world.Send(new RunChanged(run) { Anew = true });
        await world.RunAsync();
        Assert.Equal(1, noted);
        Assert.Equal([], world.Memory.Store.Under(BoardChange.Prefix));
    }

    [Fact]
    public async Task A_notice_shows_while_it_stands_and_a_while_after()
    {
        var world = new ReportingWorld();
        world.Send(new NoticeRaised("gitlab-down", "GitLab does not answer", "Runs wait."));
        await world.RunAsync(TimeSpan.FromMinutes(5));
        Assert.Contains("1 trouble standing", world.Page("board/index.html"));
        world.Memory.Clock.Advance(TimeSpan.FromMinutes(5));
        world.Send(new NoticeRaised("gitlab-down", "GitLab answers again", "", Recovered: true));
        await world.RunAsync(TimeSpan.FromMinutes(5));
        Assert.Contains("no trouble standing", world.Page("board/index.html"));
        Assert.Contains("GitLab does not answer", world.Page("board/index.html"));
    }

    [Fact]
    public async Task What_stands_is_looked_at_every_five_minutes_at_most_but_at_once_with_a_notice()
    {
        var world = new ReportingWorld();
        RunId run = world.Arrange(null).Run;
        world.Send(new RunStarted(run, 1));
        await world.RunAsync(TimeSpan.FromMinutes(2));
        Assert.Contains("Nothing is paused.", world.Page(BoardStanding.Page));
        var pause = new Switch("trigger", "the lab moves", "jane", world.Memory.Clock.GetUtcNow(), null);
        world.Memory.Store.Set(pause.Key, pause, DocumentJson.Default.Switch);
        world.Send(new RunChanged(run) { Anew = true });
        await world.RunAsync(TimeSpan.FromMinutes(1.5));
        Assert.Contains("Nothing is paused.", world.Page(BoardStanding.Page));
        world.Send(new NoticeRaised("gitlab-down", "GitLab does not answer", "Runs wait."));
        await world.RunAsync(TimeSpan.FromMinutes(1.5));
        Assert.Contains("the lab moves", world.Page(BoardStanding.Page));
        await world.Memory.Store.DeleteAsync(pause.Key, CancellationToken.None);
        world.Memory.Clock.Advance(TimeSpan.FromMinutes(5));
        world.Send(new RunChanged(run) { Anew = true });
        await world.RunAsync(TimeSpan.FromMinutes(1.5));
        Assert.Contains("Nothing is paused.", world.Page(BoardStanding.Page));
    }

    [Fact]
    public async Task A_delivery_changes_the_runs_page_and_no_index()
    {
        var world = new ReportingWorld();
        RunId run = world.Arrange(Runs.Failed()).Run;
        world.Send(new RunChanged(run));
        await world.RunAsync();
        int nudges = 0;
        world.Memory.Store.Before = (operation, key) => nudges += operation == "put" && key == BoardIndexPending.Key ? 1 : 0;
        world.Send(new RunSettled(run, 1));
        await world.RunAsync();
        Assert.Contains("SENT", world.Page(BoardRun.PageKey(run)));
        Assert.Equal(0, nudges);
    }

    [Fact]
    public async Task Outages_are_found_among_their_hits_and_held_jobs()
    {
        var world = new ReportingWorld();
        var held = new HeldJob("registry", new JobRef(A.PipelineProject, 7), 1000, "build", "failed", A.Noon, null);
        var open = new OutageState("registry") { Phase = OutagePhase.Open, Since = A.Noon, OpenedAt = A.Noon };
        world.Memory.Store.Set(open.Key, open, OutageJson.Default.OutageState);
        world.Memory.Store.Set(held.Key, held, OutageJson.Default.HeldJob);
        for (int i = 0; i < 2500; i++)
            world.Memory.Store.SetText($"outages/registry/hits/202611221200/{i:D5}", "{}");
        var well = new OutageState("tftp") { ClosedAt = A.Noon };
        world.Memory.Store.Set(well.Key, well, OutageJson.Default.OutageState);
        world.Send(new BoardIndex());
        await world.RunAsync();
        BoardStanding state = JsonSerializer.Deserialize(world.Page(BoardStanding.Json), BoardJson.Default.BoardStanding)!;
        Assert.Equal([("registry", 1), ("tftp", 0)], state.Outages.Select(o => (o.State.Class, o.Held)));
    }

    [Fact]
    public async Task Matchers_show_what_their_retries_of_30_days_came_to()
    {
        var world = new ReportingWorld();
        foreach (int ago in (int[])[1, 2, 40])
        {
            string day = RescueDay.Text(A.Noon.AddDays(-ago));
            var rescues = new RescueDay("image-pull", day, [new RescueRow("image-pull", TimeSpan.Zero, "x86_64", 4, 3, 1, 0, 0, 0, 60)]);
            world.Memory.Store.Set(rescues.Key, rescues, OutageJson.Default.RescueDay);
        }
        world.Send(new BoardIndex());
        await world.RunAsync();
        BoardMatchers matchers = JsonSerializer.Deserialize(world.Page(BoardMatchers.Json), BoardJson.Default.BoardMatchers)!;
        Assert.Equal([("image-pull", "live", new BoardRescues(8, 6, 2, 0, 0, 0, 120))], matchers.Matchers.Select(m => (m.Name, m.Mode, m.Row!)));
    }

    [Fact]
    public async Task A_change_survives_a_crash_at_every_step_where_the_indexes_stand()
    {
        int crashes = 0;
        for (int at = 0; at < 60; at++)
        {
            var world = new ReportingWorld(A.Config());
            RunId run = world.Arrange(null).Run;
            world.Send(new RunChanged(run));
            await world.RunAsync();
            world.Arrange(Runs.Failed());
            var crash = new Crash(world.Memory, at);
            world.Send(new RunChanged(run));
            await world.RunAsync();
            crashes += crash.Happened ? 1 : 0;
            foreach (string page in (string[])["board/index.html", "board/trees/mainline.html", "board/trees/mainline/2026-11-22.html", BoardRun.PageKey(run)])
                Assert.True(world.Page(page).Contains("FAIL", StringComparison.Ordinal), $"{page} after a crash at step {at}");
            Assert.Contains("\"failed\":1", world.Page(BoardHistory.Json));
            Assert.Equal([], world.Memory.Store.Under(BoardChange.Prefix));
        }
        Assert.InRange(crashes, 20, 59);
    }
}
