using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
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

    [Fact]
    public void A_failed_run_has_its_page() => Golden.Check("board/run-failed.html", RunPage.Of(Sample(Runs.Failed())));

    [Fact]
    public void A_passed_run_has_its_page() => Golden.Check("board/run-passed.html", RunPage.Of(Sample(Runs.Passed())));

    [Fact]
    public void A_running_run_has_its_page() => Golden.Check("board/run-running.html", RunPage.Of(Sample(null)));

    [Fact]
    public void A_skipped_commit_has_its_page()
    {
        BoardRun run = Sample(null);
        Golden.Check("board/run-skipped.html", RunPage.Of(new BoardRun(run.Detection with { State = DetectionState.Skipped, Reason = "The branch was gone when the push was handled." })));
    }

    [Fact]
    public void The_index_shows_notices_trees_and_runs() => Golden.Check("board/index.html", IndexPage.Of(Boards.Index()));

    [Fact]
    public void An_empty_board_says_so() => Golden.Check("board/index-empty.html", IndexPage.Of(new BoardIndexed([], [])));

    [Fact]
    public void A_tree_has_its_page() => Golden.Check("board/tree.html", TreePage.Of(Boards.Tree()));

    [Fact]
    public void A_tree_has_its_feed() => Golden.Check("board/tree.xml", Encoding.UTF8.GetString(TreeFeed.Of(Boards.Tree())));

    [Fact]
    public void A_day_has_its_page() => Golden.Check("board/day.html", TreePage.Of(Boards.Day()));

    [Fact]
    public void What_stands_has_its_page() => Golden.Check("board/state.html", StatePage.Of(Boards.Standing()));

    [Fact]
    public void Where_nothing_stands_the_page_says_so() => Golden.Check("board/state-empty.html", StatePage.Of(new BoardStanding(A.Noon)));

    [Fact]
    public void Days_have_their_history() => Golden.Check("board/history.html", HistoryPage.Of(Boards.History()));

    [Fact]
    public void Matchers_have_their_records() => Golden.Check("board/matchers.html", MatchersPage.Of(Boards.Matchers()));

    [Fact]
    public void The_style_sheet_is_whole() => Golden.Check("board/style.css", BoardStyle.Css);

    [Fact]
    public void Hostile_strings_are_harmless_on_every_page()
    {
        foreach (string page in Boards.PagesOf(Runs.Hostile))
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
    public void A_hostile_feed_is_XML_with_nothing_but_text_in_it()
    {
        BoardEntry entry = BoardEntry.Of(Sample(Runs.HostileResult(), Runs.Hostile));
        var feed = XDocument.Parse(Encoding.UTF8.GetString(TreeFeed.Of(BoardFolding.Of(null, entry.Tree, [entry], []))));
        XNamespace atom = "http://www.w3.org/2005/Atom";
        XElement told = Assert.Single(feed.Root!.Elements(atom + "entry"));
        Assert.Equal(["id", "title", "published", "updated", "link", "summary"], told.Elements().Select(e => e.Name.LocalName));
        Assert.All(told.Elements(), e => Assert.False(e.HasElements));
        Assert.DoesNotContain(told.Value, c => char.IsControl(c) && c != '\n');
    }

    /// <summary>RFC 4287: what a feed and an entry must have, ids that are absolute and distinct, times with a zone.</summary>
    [Fact]
    public void A_feed_has_what_Atom_wants()
    {
        var feed = XDocument.Parse(Encoding.UTF8.GetString(TreeFeed.Of(Boards.Tree())));
        XNamespace atom = "http://www.w3.org/2005/Atom";
        XElement[] entries = [.. feed.Root!.Elements(atom + "entry")];
        Assert.Equal(3, entries.Length);
        Assert.All(entries.Append(feed.Root), e =>
        {
            Assert.True(Uri.TryCreate(e.Element(atom + "id")!.Value, UriKind.Absolute, out _));
            Assert.NotEmpty(e.Element(atom + "title")!.Value);
            Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", e.Element(atom + "updated")!.Value);
        });
        Assert.Equal(4, entries.Append(feed.Root).Select(e => e.Element(atom + "id")!.Value).Distinct().Count());
        Assert.NotNull(feed.Root.Element(atom + "author")!.Element(atom + "name"));
        Assert.Equal("self", (string?)feed.Root.Element(atom + "link")!.Attribute("rel"));
    }

    [Fact]
    public void Pages_need_nothing_but_their_own_style_sheet_and_icon()
    {
        foreach (string page in Boards.PagesOf("a title"))
        {
            Assert.DoesNotMatch(Active(), page);
            Assert.Equal(["style.css", "icon.svg"], Resource().Matches(page).Select(m => Path.GetFileName(m.Groups[1].Value)).Where(r => !r.EndsWith(".json") && !r.EndsWith(".xml")));
            WellFormed(page);
        }
    }

    [Fact]
    public void Headings_skip_no_level()
    {
        foreach (string page in Boards.PagesOf("a title"))
        {
            int[] levels = [.. Heading().Matches(page).Select(m => m.Groups[1].Value[0] - '0')];
            Assert.Equal(1, levels[0]);
            Assert.Single(levels, 1);
            Assert.All(levels.Zip(levels.Skip(1)), pair => Assert.True(pair.Second <= pair.First + 1, page));
        }
    }

    [Fact]
    public void Mail_addresses_that_peers_name_are_not_shown() =>
        Assert.Equal("550 <(address)>: no such user, tell (address)", StateParts.WithoutAddresses("550 <jane.doe@example.org>: no such user, tell postmaster@example.org"));

    [Fact]
    public void A_run_of_thousands_of_failed_jobs_stays_below_500_KB()
    {
        FailedJob job = Runs.Failed().Failures[0] with { Lines = [.. Enumerable.Repeat(new string('"', 400), 12)] };
        BoardRun run = Sample(Runs.Failed() with { Failures = [.. Enumerable.Repeat(job, 3000)], Others = [.. Enumerable.Repeat(job, 3000)] });
        HerdDecision loud = A.Decision() with { Quote = [.. Enumerable.Repeat(new string('&', 400), 12)] };
        run = run with { Jobs = [.. Enumerable.Range(0, 500).Select(i => run.Jobs[0] with { Name = $"job {i}", Attempts = [.. run.Jobs[0].Attempts.Select(a => a with { Decision = loud })] })] };
        Assert.InRange(Encoding.UTF8.GetByteCount(RunPage.Of(run)), 100_000, 500_000);
    }

    [Fact]
    public void Newer_runs_sort_before_older_ones()
    {
        BoardEntry entry = BoardEntry.Of(Sample(null));
        Assert.True(string.CompareOrdinal((entry with { DetectedAt = A.Noon.AddSeconds(1) }).Key, entry.Key) < 0);
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

    [GeneratedRegex(@"<[^>]*\s(on\w+|style|src|srcset|action)=|javascript:|<(iframe|img|object|embed|form|style|foreignObject|use|animate)[ >]", RegexOptions.IgnoreCase)]
    private static partial Regex Active();

    [GeneratedRegex("<link [^>]*href=\"([^\"]*)\"")]
    private static partial Regex Resource();

    [GeneratedRegex("<h([1-6])[ >]")]
    private static partial Regex Heading();

    [GeneratedRegex("<(/?)([a-z][a-z0-9]*)[^>]*>")]
    private static partial Regex AnyTag();
}
