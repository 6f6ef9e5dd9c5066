using System.Text.Json;
using System.Text.RegularExpressions;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

public sealed partial class BoardTests
{
    public static BoardRun Sample(RunResult? result, string title = "foo: add bar", string job = "build arm64")
    {
        RunDetection detection = Runs.Detection(title);
        HerdDecision retry = A.Decision(HerdAct.Retry, JobFinding.Infrastructure) with
        {
            Matcher = "registry-503", Class = "registry", Section = "prepare", Delay = TimeSpan.FromMinutes(5),
            Quote = ["ERROR: failed to pull image: 503 Service Unavailable"], Reason = "The registry answered 503 before the script began.",
        };
        HerdDecision leave = A.Decision() with { Quote = ["drivers/net/foo/bar.c:812:17: error: 'struct foo_priv' has no member named 'ring'"], Reason = "The compiler names the tree's own file." };
        return new BoardRun(detection)
        {
            Pipeline = Runs.Pipeline(detection.Run, result),
            Jobs =
            [
                new JobRecord(A.Pipeline(1001), job, "build")
                {
                    Attempts =
                    [
                        new JobAttempt(4700, "failed", "runner_system_failure", "runner-1", "https://gitlab.example/cki/pipelines/-/jobs/4700", retry, A.Noon.AddMinutes(9)),
                        new JobAttempt(4711, "failed", "script_failure", "runner-2", "https://gitlab.example/cki/pipelines/-/jobs/4711", leave, A.Noon.AddMinutes(31)),
                    ],
                    Retries = [new JobRetry(4700, "registry-503", A.Noon.AddMinutes(14), RetryState.Done) { ClaimedAt = A.Noon.AddMinutes(14), NewJobId = 4711 }],
                },
            ],
            Deliveries =
            [
                new ReportDelivery(detection.Run, "developers", "final-1", DeliveryState.Sent) { SentAt = A.Noon.AddMinutes(48), Tries = 1, PeerId = "x" },
                new ReportDelivery(detection.Run, "hook", "final-1", DeliveryState.Claimed) { ClaimedUntil = A.Noon.AddMinutes(53), Tries = 3, LastError = "connection refused" },
            ],
        };
    }

    private static BoardIndexed Index() => new(
        [
            .. new[] { Runs.Failed(), Runs.Passed(), Runs.Other(Verdict.Infrastructure, "a disk was full."), null }.Select((r, i) =>
                BoardEntry.Of(Sample(r)) with { Run = new RunId($"mainline-main-{i}"), DetectedAt = A.Noon.AddHours(-i) }),
        ],
        [
            new NoticeState("gitlab-down", "GitLab does not answer", A.Noon, A.Noon, null, 3) { Text = "Runs wait.\nThey go on by themselves." },
            new NoticeState("old", "Dead letters of detect", A.Noon.AddDays(-1), A.Noon, A.Noon, 9) { Text = "gone" },
        ]);

    [Fact]
    public void A_failed_run_has_its_page() => Golden.Check("board/run-failed.html", RunPage.Of(Sample(Runs.Failed())));

    [Fact]
    public void A_passed_run_has_its_page() => Golden.Check("board/run-passed.html", RunPage.Of(Sample(Runs.Passed())));

    [Fact]
    public void A_running_run_has_its_page() => Golden.Check("board/run-running.html", RunPage.Of(Sample(null)));

    [Fact]
    public void The_index_shows_notices_branches_and_runs() => Golden.Check("board/index.html", IndexPage.Of(Index()));

    [Fact]
    public void An_empty_board_says_so() => Golden.Check("board/index-empty.html", IndexPage.Of(new BoardIndexed([], [])));

    [Fact]
    public void The_style_sheet_is_whole() => Golden.Check("board/style.css", BoardStyle.Css);

    [Fact]
    public void Hostile_strings_are_harmless_on_every_page()
    {
        BoardRun run = Sample(Runs.HostileResult(), Runs.Hostile, Runs.Hostile);
        run = run with { Detection = run.Detection with { Branch = Runs.Hostile, Reason = Runs.Hostile } };
        BoardIndexed index = new([BoardEntry.Of(run)], [new NoticeState(Runs.Hostile, Runs.Hostile, A.Noon, A.Noon, null, 1) { Text = Runs.Hostile + new string('z', 1 << 20) }]);
        foreach (string page in (string[])[RunPage.Of(run), IndexPage.Of(index)])
        {
            Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotMatch(Active(), page);
            Assert.DoesNotContain(page, c => char.IsControl(c) && c != '\n');
            Assert.DoesNotContain('\u202e', page);
            Assert.InRange(page.Length, 500, 100_000);
            WellFormed(page);
        }
    }

    [Fact]
    public void Pages_need_nothing_but_their_own_style_sheet()
    {
        foreach (string page in (string[])[RunPage.Of(Sample(Runs.Failed())), IndexPage.Of(Index())])
        {
            Assert.DoesNotMatch(Active(), page);
            Assert.Equal(["style.css"], Resource().Matches(page).Select(m => Path.GetFileName(m.Groups[1].Value)));
            WellFormed(page);
        }
    }

    [Fact]
    public void A_run_of_thousands_of_failed_jobs_stays_below_500_KB()
    {
        FailedJob job = Runs.Failed().Failures[0] with { Lines = [.. Enumerable.Repeat(new string('"', 400), 12)] };
        BoardRun run = Sample(Runs.Failed() with { Failures = [.. Enumerable.Repeat(job, 3000)], Others = [.. Enumerable.Repeat(job, 3000)] });
        HerdDecision loud = A.Decision() with { Quote = [.. Enumerable.Repeat(new string('&', 400), 12)] };
        run = run with { Jobs = [.. Enumerable.Range(0, 500).Select(i => run.Jobs[0] with { Name = $"job {i}", Attempts = [.. run.Jobs[0].Attempts.Select(a => a with { Decision = loud })] })] };
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(RunPage.Of(run)), 100_000, 500_000);
    }

    [Fact]
    public void Newer_runs_sort_before_older_ones()
    {
        BoardEntry entry = BoardEntry.Of(Sample(null));
        Assert.True(string.CompareOrdinal((entry with { DetectedAt = A.Noon.AddSeconds(1) }).Key, entry.Key) < 0);
    }

    [Fact]
    public async Task A_start_shows_the_run_and_a_thousand_changes_make_one_index_a_minute()
    {
        var world = new ReportingWorld();
        RunId run = world.Arrange(null).Run;
        int rewrites = 0;
        for (int i = 0; i < 50; i++)
            world.Send(new RunStarted(run, 1));
        world.Memory.Store.Before = (operation, key) => rewrites += operation == "list" && key == BoardEntry.Prefix ? 1 : 0;
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
        world.Memory.Store.Before = (operation, key) => isPending = operation == "list" && key == BoardEntry.Prefix ? world.Memory.Store.Keys.Contains(BoardIndexPending.Key) : isPending;
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
    public async Task The_index_reads_and_shows_the_newest_200_of_any_number()
    {
        var world = new ReportingWorld();
        BoardEntry entry = BoardEntry.Of(Sample(Runs.Passed()));
        for (int i = 0; i < 1000; i++)
        {
            BoardEntry one = entry with { Run = new RunId($"run-{i}"), DetectedAt = A.Noon.AddMinutes(i) };
            world.Memory.Store.Set(one.Key, one, BoardJson.Default.BoardEntry);
        }
        int reads = 0;
        world.Memory.Store.Before = (operation, _) => reads += operation == "get" ? 1 : 0;
        world.Send(new BoardIndex());
        await world.RunAsync();
        BoardIndexed index = JsonSerializer.Deserialize(world.Page("board/index.json"), BoardJson.Default.BoardIndexed)!;
        Assert.Equal(("run-999", "run-800", 200), (index.Runs[0].Run.Value, index.Runs[^1].Run.Value, index.Runs.Count));
        Assert.InRange(reads, 200, 210);
        Assert.InRange(world.Page("board/index.html").Length, 20_000, 500_000);
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

    private static void WellFormed(string page)
    {
        var open = new Stack<string>();
        foreach (Match tag in AnyTag().Matches(page))
        {
            string name = tag.Groups[2].Value;
            if (name is "meta" or "link")
                continue;
            if (tag.Groups[1].Length == 0)
                open.Push(name);
            else
                Assert.Equal(open.Pop(), name);
        }
        Assert.Empty(open);
    }

    [GeneratedRegex(@"<[^>]*\s(on\w+|style|src|srcset|action)=|javascript:|<(iframe|img|object|embed|form|style|svg)", RegexOptions.IgnoreCase)]
    private static partial Regex Active();

    [GeneratedRegex("<link [^>]*href=\"([^\"]*)\"")]
    private static partial Regex Resource();

    [GeneratedRegex("<(/?)([a-z][a-z0-9]*)[^>]*>")]
    private static partial Regex AnyTag();
}
