using System.Text.Json;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

/// <summary>The aims of infra/slo.md, from a run's records to the table on the front page.</summary>
public sealed class ServiceLevelTests
{
    private static readonly DateOnly s_today = new(2026, 11, 22);

    private static LevelsMissed Missed(BoardRun run) => ServiceLevels.MissedBy(run);

    /// <summary>Detected a minute after its push, started a minute later, settled after 47, reported a minute after that.</summary>
    private static BoardRun Good(RunResult? result = null)
    {
        BoardRun run = BoardTests.Sample(result ?? Runs.Passed());
        return run with { Detection = run.Detection with { AppearedAt = A.Noon.AddMinutes(-1) }, Deliveries = [run.Deliveries[0]] };
    }

    private static BoardRun With(BoardRun run, Func<RunAttempt, RunAttempt> change) => run with { Pipeline = run.Pipeline! with { Attempts = [.. run.Pipeline.Attempts.Select(change)] } };

    private static BoardRun Delivered(BoardRun run, ReportDelivery delivery) => run with { Deliveries = [delivery] };

    [Fact]
    public void A_run_that_kept_every_level_leaves_nothing_in_its_line_or_its_day()
    {
        BoardEntry entry = BoardEntry.Of(Good());
        Assert.Equal(LevelsMissed.None, entry.Missed);
        Assert.DoesNotContain("missed", JsonSerializer.Serialize(entry, BoardJson.Default.BoardEntry));
        Assert.Null(BoardMissed.Of([entry]));
    }

    [Theory]
    [InlineData(600, LevelsMissed.None)]
    [InlineData(601, LevelsMissed.Detection)]
    public void A_commit_is_detected_within_ten_minutes_of_its_coming(int seconds, LevelsMissed missed) =>
        Assert.Equal(missed, Missed(Good() with { Detection = Good().Detection with { AppearedAt = A.Noon.AddSeconds(-seconds) } }));

    [Fact]
    public void Whose_coming_is_not_known_counts_for_no_share_of_detection() =>
        Assert.Equal(LevelsMissed.DetectionUnknown, Missed(Good() with { Detection = Good().Detection with { AppearedAt = null } }));

    [Theory]
    [InlineData(10, LevelsMissed.None)]
    [InlineData(11, LevelsMissed.Pipeline)]
    public void A_pipeline_starts_within_ten_minutes_of_detection(int minutes, LevelsMissed missed)
    {
        Assert.Equal(missed, Missed(With(Good(), a => a with { StartedAt = A.Noon.AddMinutes(minutes) })));
        // A run that never got one waited until its end.
        Assert.Equal(missed, Missed(With(Good(Runs.Other(Verdict.Configuration, "no such ref.")), a => a with { StartedAt = null, SettledAt = A.Noon.AddMinutes(minutes) })) & LevelsMissed.Pipeline);
    }

    [Fact]
    public void An_adopted_pipeline_is_not_late() =>
        Assert.Equal(
            LevelsMissed.None,
            Missed(With(Good() with { Detection = Good().Detection with { Adopted = new AdoptedPipeline(A.Pipeline(7), "push", "main", A.Sha((char)97)) } }, a => a with { StartedAt = A.Noon.AddHours(1) })));

    [Theory]
    [InlineData(8 * 60, LevelsMissed.None)]
    [InlineData((8 * 60) + 1, LevelsMissed.Verdict)]
    public void A_verdict_comes_within_eight_hours(int minutes, LevelsMissed missed) =>
        Assert.Equal(missed, Missed(With(Good() with { Deliveries = [] }, a => a with { SettledAt = A.Noon.AddMinutes(minutes) })));

    [Fact]
    public void A_retest_days_later_does_not_make_the_first_verdict_late()
    {
        RunAttempt first = Good().Pipeline!.Latest;
        BoardRun retested = Good() with { Pipeline = Good().Pipeline!.With(first with { Number = 2, SettledAt = A.Noon.AddDays(3) }) };
        Assert.Equal(LevelsMissed.None, Missed(retested));
        BoardRun brokenFirst = retested with { Pipeline = retested.Pipeline!.With(first with { Result = Runs.Other(Verdict.Infrastructure, "a disk was full.") }) };
        Assert.Equal(LevelsMissed.Verdict, Missed(brokenFirst));
    }

    [Theory]
    [InlineData(Verdict.Superseded)]
    [InlineData(Verdict.Canceled)]
    [InlineData(Verdict.Vanished)]
    public void Nobody_waits_for_a_verdict_on_what_is_over(Verdict verdict) =>
        Assert.Equal(LevelsMissed.None, Missed(With(Good(Runs.Other(verdict, "a newer head.")), a => a with { SettledAt = A.Noon.AddDays(2) })));

    [Theory]
    [InlineData("final-1", 52, DeliveryState.Sent, LevelsMissed.None)]
    [InlineData("final-1", 53, DeliveryState.Sent, LevelsMissed.Report)]
    [InlineData("start-1", 99, DeliveryState.Sent, LevelsMissed.None)]
    [InlineData("final-1", 48, DeliveryState.Parked, LevelsMissed.Report)]
    [InlineData("final-1", 99, DeliveryState.Omitted, LevelsMissed.None)]
    [InlineData("correction-1", 99, DeliveryState.Sent, LevelsMissed.Blame)]
    [InlineData("correction-1", 99, DeliveryState.Omitted, LevelsMissed.None)]
    public void A_report_goes_within_five_minutes_of_the_verdict_and_is_not_taken_back(string kind, int minutes, DeliveryState state, LevelsMissed missed) =>
        Assert.Equal(missed, Missed(Delivered(Good(), new ReportDelivery(Good().Detection.Run, "developers", kind, state) { SentAt = A.Noon.AddMinutes(minutes) })));

    [Fact]
    public void A_day_counts_what_its_runs_missed_and_what_is_no_part_of_the_share()
    {
        BoardEntry good = BoardEntry.Of(Good());
        BoardEntry[] runs =
        [
            good, good with { Run = new RunId("a"), Missed = LevelsMissed.Verdict | LevelsMissed.Report }, good with { Run = new RunId("b"), Missed = LevelsMissed.DetectionUnknown },
            good with { Run = new RunId("c"), Verdict = null, Attempts = 0 }, good with { Run = new RunId("d"), Verdict = Verdict.Superseded },
            good with { Run = new RunId("e"), Verdict = Verdict.Configuration }, good with { Run = new RunId("f"), State = DetectionState.Skipped, Verdict = null, Missed = LevelsMissed.Detection },
        ];
        BoardDayCount day = BoardFolding.Count(BoardFolding.Of(null, A.Tree().Name, "2026-11-22", runs));
        Assert.Equal(new BoardMissed { DetectionUnknown = 1, Over = 1, Verdict = 1, Report = 1, Configuration = 1 }, day.Missed);
        Assert.Equal(
            [("detection", 5, 0), ("pipeline", 6, 0), ("verdict", 4, 1), ("report", 4, 1), ("false-blame", 4, 0), ("unexplained", 4, 1)],
            BoardLevels.Of([day], s_today).Levels.Select(l => (l.Name, l.Days7.Of, l.Days7.Missed)));
    }

    [Theory]
    [InlineData(100, 0, LevelState.Kept)]
    [InlineData(100, 5, LevelState.Kept)]
    [InlineData(100, 6, LevelState.Missed)]
    [InlineData(0, 0, LevelState.NoRuns)]
    public void A_level_is_kept_as_long_as_no_more_than_its_share_missed_it(int runs, int late, LevelState state)
    {
        var day = new BoardDayCount(A.Tree().Name, "2026-11-22", runs, 0, 0, 0, 0, 0, 9) { Missed = new BoardMissed { Pipeline = late } };
        Assert.Equal(new LevelShare(runs, late, state), BoardLevels.Of([day], s_today).Levels.Single(l => l.Name == "pipeline").Days7);
    }

    [Fact]
    public void One_failure_taken_back_is_one_too_many()
    {
        var day = new BoardDayCount(A.Tree().Name, "2026-11-22", 5000, 0, 0, 0, 0, 0, 0) { Missed = new BoardMissed { Blame = 1 } };
        Assert.Equal(LevelState.Missed, BoardLevels.Of([day], s_today).Levels.Single(l => l.Name == "false-blame").Days28.State);
    }

    [Fact]
    public void Weeks_end_today_and_older_days_do_not_count()
    {
        BoardDayCount On(int ago) => new(A.Tree().Name, BoardEntry.DayOf(A.Noon.AddDays(-ago)), 1, 0, 0, 0, 0, 0, 0);
        BoardLevels levels = BoardLevels.Of([On(0), On(6), On(7), On(27), On(28), On(-1)], s_today);
        Assert.Equal(("2026-10-26", "2026-11-22"), (levels.Since, levels.Until));
        Assert.All(levels.Levels, l => Assert.Equal((2, 4), (l.Days7.Of, l.Days28.Of)));
    }

    [Fact]
    public async Task The_front_page_shows_the_levels_with_JSON_beside_it()
    {
        var world = new ReportingWorld();
        RunId run = world.Arrange(Runs.Failed()).Run;
        world.Memory.Store.Set(
            RunIds.PipelineKey(run), With(Good(Runs.Failed()), a => a with { SettledAt = A.Noon.AddHours(9) }).Pipeline! with { }, DocumentJson.Default.RunPipeline);
        world.Send(new RunChanged(run));
        await world.RunAsync();
        BoardLevels levels = JsonSerializer.Deserialize(world.Page(BoardIndexed.Json), BoardJson.Default.BoardIndexed)!.Levels!;
        Assert.Equal(new LevelShare(1, 1, LevelState.Missed), levels.Levels.Single(l => l.Name == "verdict").Days7);
        Assert.Contains("0 of 1 (0 %)", world.Page(BoardIndexed.Page));
    }

    [Fact]
    public async Task A_late_report_reaches_the_levels()
    {
        var world = new ReportingWorld();
        RunId run = world.Arrange(Runs.Failed()).Run;
        world.Memory.Clock.Advance(TimeSpan.FromMinutes(47 + 6));
        world.Send(new RunSettled(run, 1));
        await world.RunAsync();
        BoardLevels levels = JsonSerializer.Deserialize(world.Page(BoardIndexed.Json), BoardJson.Default.BoardIndexed)!.Levels!;
        Assert.Equal(new LevelShare(1, 1, LevelState.Missed), levels.Levels.Single(l => l.Name == "report").Days28);
    }
}
