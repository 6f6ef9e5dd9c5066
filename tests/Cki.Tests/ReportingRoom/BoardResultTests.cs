using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

/// <summary>A run's page has all that its result has: what is known, how it compares, findings in what passed, each judgement, and what was not sent.</summary>
public sealed class BoardResultTests
{
    private static BoardRun Known()
    {
        RunResult result = Runs.RichPass() with { Known = Runs.KnownFail().Known, Cells = [.. Runs.RichPass().Cells, .. Runs.KnownFail().Cells.Where(c => c.Architecture == "ppc64le")] };
        BoardRun run = BoardTests.Sample(result);
        return run with
        {
            Deliveries =
            [
                run.Deliveries[0] with { Note = "j***@example.org left out, muted until 2026-11-29 12:00Z by jane@example.org" },
                new ReportDelivery(run.Detection.Run, "developers", "start-1", DeliveryState.Omitted) { Tries = 1, LastError = "final-1 came first" },
                new ReportDelivery(run.Detection.Run, "hook", "final-1", DeliveryState.Parked) { Tries = 9, LastError = "410 Gone" },
            ],
        };
    }

    private static BoardRun JudgedAgain()
    {
        RunResult sometimes = Runs.NewFail() with { Failures = [Runs.NewFail().Failures[0] with { PassedLater = true, Attempts = 3, FailedAttempts = 2 }] };
        BoardRun run = BoardTests.Sample(sometimes);
        RunPipeline pipeline = run.Pipeline!;
        return run with
        {
            Pipeline = pipeline.With(pipeline.Latest with
            {
                Reconsidered =
                [
                    new Reconsidered(Runs.Other(Verdict.Undetermined, "x"), A.Noon.AddHours(2), "a person read the log <b>", "jane") { Number = 1 },
                    new Reconsidered(Runs.NewFail(), A.Noon.AddHours(3), "build arm64 allmodconfig passed when joe ran it again", "joe") { Number = 2 },
                ],
            }),
        };
    }

    [Fact]
    public void Known_failures_findings_in_what_passed_and_what_was_not_sent_are_on_a_runs_page() => Golden.Check("board/run-known.html", RunPage.Of(Known()));

    [Fact]
    public void Each_judgement_of_a_run_is_on_its_page() => Golden.Check("board/run-judged-again.html", RunPage.Of(JudgedAgain()));

    [Fact]
    public void A_run_that_was_judged_once_says_nothing_of_judgements() =>
        Assert.DoesNotContain("judged again", RunPage.Of(BoardTests.Sample(Runs.Failed())));

    [Theory]
    [InlineData(ParentResult.Passed, true)]
    [InlineData(ParentResult.Failed, true)]
    [InlineData(ParentResult.Unknown, false)]
    public void The_head_before_is_called_compared_where_it_was(ParentResult parent, bool isCompared)
    {
        RunResult result = Runs.Failed() with { Failures = [Runs.Blamed() with { Parent = new ParentJob(parent, "told") }] };
        Assert.Contains($"<small>{(isCompared ? "compared" : "not compared")}</small>", RunPage.Of(BoardTests.Sample(result)));
    }
}
