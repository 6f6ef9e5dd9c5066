using Cki.Tests.Doubles;

namespace Cki.Tests.ReportingRoom;

/// <summary>What the board's pages are made of.</summary>
internal static class Boards
{
    public static BoardEntry Entry(RunResult? result, int hoursAgo = 0, string title = "foo: add bar") =>
        BoardEntry.Of(BoardTests.Sample(result, title)) with { Run = new RunId($"mainline-main-{hoursAgo}"), DetectedAt = A.Noon.AddHours(-hoursAgo) };

    public static BoardEntry Skipped(string reason = "It changes none of the tree's paths.") =>
        BoardEntry.Of(new BoardRun(Runs.Detection() with { State = DetectionState.Skipped, Reason = reason })) with { Run = new RunId("mainline-main-4"), DetectedAt = A.Noon.AddHours(-4) };

    public static BoardEntry Covered() =>
        BoardEntry.Of(new BoardRun(Runs.Detection() with { State = DetectionState.Covered, CoveredBy = new RunId("mainline-main-0"), Reason = "777777777777 was the head when the push was handled." }))
            with { Run = new RunId("mainline-main-5"), DetectedAt = A.Noon.AddHours(-5) };

    public static BoardEntry[] Entries(string title = "foo: add bar") =>
    [
        Entry(null, 3, title), Entry(Runs.Failed(), 0, title) with { Covers = 14 }, Entry(Runs.Passed(), 1, title), Entry(Runs.Other(Verdict.Infrastructure, "a disk was full."), 2, title),
        Skipped(), Covered(),
    ];

    public static BoardDay Day(string title = "foo: add bar") => BoardFolding.Of(null, A.Tree().Name, "2026-11-22", Entries(title));

    public static BoardTree Tree(string title = "foo: add bar")
    {
        BoardDayCount today = BoardFolding.Count(Day(title));
        BoardDayCount[] days = [today, .. Enumerable.Range(1, 40).Select(i => today with { Day = BoardEntry.DayOf(A.Noon.AddDays(-i)), Passed = i % 3 })];
        return BoardFolding.Of(null, A.Tree().Name, Entries(title), days) with
        {
            Health = new BoardTreeHealth(A.Noon, null, null, A.Noon.AddHours(-2), "GitLab has disabled it") { Branches = 3, Waiting = 1 },
        };
    }

    public static BoardIndexed Index(string title = "foo: add bar") => BoardFolding.Of(null, [Tree(title)],
    [
        new NoticeState("gitlab-down", "GitLab does not answer", A.Noon, A.Noon, null, 3) { Text = "Runs wait.\nThey go on by themselves." },
        new NoticeState("old", "Dead letters of detect", A.Noon.AddDays(-1), A.Noon, A.Noon, 9) { Text = "gone" },
        new NoticeState("never", "Ended before it began", A.Noon.AddDays(-1), A.Noon, A.Noon, 0),
    ]) with { Levels = Levels() };

    /// <summary>One level missed, one kept in the long run only, the others kept.</summary>
    public static BoardLevels Levels() => BoardLevels.Of(
        [
            .. History().Days.Select(d => d.Day == "2026-11-20" && d.Tree == A.Tree().Name ? d with { Missed = new BoardMissed { Verdict = 7, Report = 1, Pipeline = 1 } } : d),
            .. Enumerable.Range(10, 15).Select(i => new BoardDayCount(A.Tree().Name, BoardEntry.DayOf(A.Noon.AddDays(-i)), 9, 1, 0, 0, 0, 0, 0)),
        ],
        new DateOnly(2026, 11, 22));

    public static BoardHistory History() => BoardFolding.Of(
        null,
        [
            .. Enumerable.Range(0, 6).SelectMany(i => new[]
            {
                new BoardDayCount(A.Tree().Name, BoardEntry.DayOf(A.Noon.AddDays(-i)), 6, 1, i % 3, i == 4 ? 2 : 0, 1, i == 0 ? 3 : 0, 2),
                new BoardDayCount(A.GitTree().Name, BoardEntry.DayOf(A.Noon.AddDays(-i)), 2, 0, 0, 0, 0, 0, 0),
            }),
        ]);

    public static BoardMatchers Matchers(string title = "The registry did not serve the image") => new(
        A.Noon,
        [
            new BoardMatcher("oom", "The runner ran out of memory", "retry", "runner", "shadow", null),
            new BoardMatcher("image-pull", title, "retry", "registry", "live", new BoardRescues(41, 38, 2, 1, 0, 5, 9000)),
            new BoardMatcher("unknown-panic", "A panic nobody knows", "alert", null, "live", null),
            new BoardMatcher("dns", "A name was not found", "retry", "dns", "demoted", new BoardRescues(14, 0, 14, 0, 0, 0, 50_400)),
        ]);

    public static BoardStanding Standing(string title = "connection refused") => new(A.Noon)
    {
        Pauses =
        [
            new Switch("retry@class:registry", title, "jane", A.Noon.AddHours(-1), A.Noon.AddHours(1)), new Switch("all", title, "joe", A.Noon.AddHours(-1), null),
            new Switch("mail", "over", "joe", A.Noon.AddHours(-3), A.Noon.AddHours(-2)),
        ],
        Outages =
        [
            new BoardOutage(new OutageState("dns") { ClosedAt = A.Noon.AddDays(-1), Past = [new OutageSpan(A.Noon.AddDays(-1).AddHours(-3), A.Noon.AddDays(-1))] }, 0),
            new BoardOutage(new OutageState("registry") { Phase = OutagePhase.Open, Since = A.Noon.AddHours(-1), OpenedAt = A.Noon.AddHours(-1), Pipelines = 7, Probes = 2, NextProbeAt = A.Noon.AddMinutes(9) }, 23),
        ],
        Channels =
        [
            new ChannelState("chat", A.Noon.AddMinutes(-1)) { LastSentAt = A.Noon.AddMinutes(-2) },
            new ChannelState("developers", A.Noon) { FailuresInARow = 4, OpenUntil = A.Noon.AddMinutes(8), DownSince = A.Noon.AddMinutes(-30), LastError = title },
        ],
        Checks =
        [
            new CheckState("gitlab-api", "http", CheckStatus.Up, A.Noon.AddDays(-3), A.Noon) { Said = "answered 200 after 80 ms", Months = [new MonthOfCheck("2026-10", 2_678_400, 0), new MonthOfCheck("2026-11", 1_857_600, 930)] },
            new CheckState("registry", "http", CheckStatus.Down, A.Noon.AddHours(-1), A.Noon) { Said = title, Maintenance = "disk swap" },
        ],
        Mutes = [new BoardMute(A.Tree().Name, "test *", A.Noon.AddDays(2), true), new BoardMute(null, "*", A.Noon.AddDays(1), false)],
        DeadLetters = [new BoardDead("detect", 2), new BoardDead("report", 1000)],
        Trees =
        [
            new BoardTreeStanding(A.Tree().Name, new BoardTreeHealth(A.Noon, null, null, null, null) { Branches = 3 }),
            new BoardTreeStanding(A.GitTree().Name, new BoardTreeHealth(A.Noon.AddHours(-1), A.Noon.AddMinutes(-40), title, null, null) { Branches = 1 }),
            new BoardTreeStanding(new TreeName("new"), null),
        ],
    };

    /// <summary>Every page there is, with this text wherever text comes from outside.</summary>
    public static IEnumerable<string> PagesOf(string text)
    {
        BoardRun run = BoardTests.Sample(text == Runs.Hostile ? Runs.HostileResult() : Runs.Failed(), text, text);
        run = run with { Detection = run.Detection with { Branch = text, Reason = text, CoversUnknown = text } };
        BoardEntry entry = BoardEntry.Of(run);
        BoardTree tree = BoardFolding.Of(null, entry.Tree, [entry, Skipped(text)], [BoardFolding.Count(Day())]);
        tree = tree with { Health = new BoardTreeHealth(A.Noon, A.Noon, text, A.Noon, text) };
        yield return RunPage.Of(run);
        yield return IndexPage.Of(BoardFolding.Of(null, [tree], [new NoticeState(text, text, A.Noon, A.Noon, null, 1) { Text = text + new string('z', 1 << 20) }]));
        yield return TreePage.Of(tree);
        yield return TreePage.Of(BoardFolding.Of(null, entry.Tree, entry.Day, [entry, Skipped(text)]));
        yield return HistoryPage.Of(History());
        yield return MatchersPage.Of(Matchers(text));
        yield return StatePage.Of(Standing(text));
    }
}
