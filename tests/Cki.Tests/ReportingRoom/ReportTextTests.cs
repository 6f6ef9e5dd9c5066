using System.Text.Json;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

public sealed class ReportTextTests
{
    private static string Mail(ReportModel model) => $"Subject: {ReportSubject.Of(model)}\n\n{ReportText.Of(model)}";

    [Fact]
    public void A_pass_shows_what_was_not_run_and_what_was_run_again() => Golden.Check("reports/passed.txt", Mail(Runs.Model(Runs.Passed())));

    [Fact]
    public void A_failed_build_quotes_the_compiler_and_blames_nothing_else() => Golden.Check("reports/failed.txt", Mail(Runs.Model(Runs.Failed())));

    [Fact]
    public void A_second_attempt_says_what_became_of_the_first() => Golden.Check("reports/second-attempt.txt", Mail(Runs.Model(Runs.Passed(), attempt: 2)));

    [Fact]
    public void A_pass_says_what_it_stands_for_what_is_mended_and_which_warning_is_new() => Golden.Check(
        "reports/passed-covers.txt", Mail(Runs.Model(Runs.RichPass()) with { Covers = 14, Mended = Mending.Of(A.Sha('5'), Runs.Failed(), Mends(Runs.Failed())) }));

    [Fact]
    public void A_failure_that_the_parent_does_not_have_is_called_new() => Golden.Check("reports/failed-new.txt", Mail(Runs.Model(Runs.NewFail())));

    [Fact]
    public void A_failure_among_many_commits_is_new_since_the_head_before() =>
        Assert.Contains("New since 555555555555 (14 commits), which passes the same job.\n", ReportText.Of(Runs.Model(Runs.NewFail()) with { Covers = 14 }));

    [Fact]
    public void Of_several_failures_each_says_whether_it_is_new() => Golden.Check(
        "reports/failed-mixed.txt", Mail(Runs.Model(Runs.NewFail() with { Failures = [.. Runs.NewFail().Failures, Runs.Blamed() with { Name = "build arm64 debug", JobId = 4712, Parent = new ParentJob(ParentResult.Unknown, "the parent 555555555555 has no such job") }] })));

    [Fact]
    public void What_was_there_before_is_a_known_failure_and_nobodys_fault() => Golden.Check("reports/known.txt", Mail(Runs.Model(Runs.KnownFail())));

    [Fact]
    public void Before_everything_has_settled_a_report_says_so_and_calls_nothing_passed_or_not_run()
    {
        ReportModel early = Early(Runs.NewFail());
        Golden.Check("reports/early.txt", Mail(early));
        Assert.DoesNotContain("NOT RUN", Mail(early));
        Assert.DoesNotContain("PASS", Mail(early));
    }

    [Fact]
    public void A_correction_says_what_it_was_who_checked_and_what_to_drop() => Golden.Check("reports/correction-withdrawn.txt", Mail(Corrected(Runs.RichPass(), isWithdrawn: true)));

    [Fact]
    public void A_late_success_softens_and_does_not_forgive() => Golden.Check(
        "reports/correction-sometimes.txt", Mail(Corrected(Runs.NewFail() with { Failures = [Runs.NewFail().Failures[0] with { PassedLater = true, Attempts = 2, FailedAttempts = 1 }] }, isWithdrawn: false)));

    [Fact]
    public void A_correction_without_a_verdict_does_not_say_that_it_passed()
    {
        string mail = Mail(Corrected(Runs.Other(Verdict.Undetermined, "the finding was overruled"), isWithdrawn: true));
        Golden.Check("reports/correction-open.txt", mail);
        Assert.DoesNotContain("PASS", mail);
    }

    [Fact]
    public void A_hostile_correction_is_harmless() => Golden.Check(
        "reports/correction-hostile.txt",
        Mail(Runs.Model(Runs.HostileResult(), Runs.Hostile) with { Correction = Corrections.Of(HostileTold(), Attempt(Runs.HostileResult() with { Failures = [] }), HostileRun()) }));

    [Theory]
    [InlineData(Verdict.Vanished, "the commit is gone.")]
    public void A_commit_that_vanished_is_the_operators_matter(Verdict verdict, string reason) =>
        Golden.Check("reports/vanished.txt", Mail(Runs.Model(Runs.Other(verdict, reason))));

    private static RunResult Mends(RunResult failed) => failed with { Cells = [.. failed.Cells.Select(c => c with { Result = CellResult.Pass, JobsPassed = c.JobsTotal })] };

    private static ReportModel Early(RunResult soFar)
    {
        RunDetection detection = Runs.Detection();
        RunAttempt running = Runs.Pipeline(detection.Run, null).Latest;
        return ReportModel.Early(detection, running, soFar with { Cells = [.. soFar.Cells.Where(c => c.Result == CellResult.Fail)], Reason = "build arm64 allmodconfig: evidence against the commit: compiler error" }, A.Tree(), new Uri("https://cki.example/board/"));
    }

    private static ReportModel Corrected(RunResult now, bool isWithdrawn) => Runs.Model(now) with
    {
        Phase = ReportPhase.Correction,
        Correction = new Correction(A.Noon.AddMinutes(48), "NEW FAIL build arm64", ["build arm64 allmodconfig"], isWithdrawn, isWithdrawn ? "host k8s-7 lost its clock; three other trees were hit as well" : "build arm64 allmodconfig passed when jane ran it again", "jane")
        {
            Misled = ["developers", "status"],
        },
    };

    private static RunAttempt Attempt(RunResult result) =>
        new(1) { State = AttemptState.Settled, Result = result, Reconsidered = [new Reconsidered(Runs.HostileResult(), A.Noon, Runs.Hostile, Runs.Hostile)] };

    private static RunPipeline HostileRun() => new(Runs.Detection().Run) { Attempts = [Attempt(Runs.HostileResult() with { Failures = [] })] };

    private static ReportDelivery HostileTold() =>
        new(Runs.Detection().Run, "developers", "final-1", DeliveryState.Sent) { SentAt = A.Noon, Told = ToldPicture.Of(ReportModel.Clean(Runs.HostileResult())) };

    [Fact]
    public void A_result_without_cells_is_not_run() =>
        Golden.Check("reports/nothing-run.txt", Mail(Runs.Model(new RunResult(Verdict.Configuration, "GitLab refused the pipeline: 400 Reference not found."))));

    [Theory]
    [InlineData(Verdict.Undetermined, "2 jobs failed for an unknown reason.")]
    [InlineData(Verdict.Infrastructure, "the runner's disk was full.")]
    [InlineData(Verdict.Configuration, "the kernel configuration misses CONFIG_FOO.")]
    [InlineData(Verdict.Superseded, "head 9d1c0aa3b1f2 came after it.")]
    [InlineData(Verdict.Canceled, "someone cancelled the pipeline.")]
    [InlineData(Verdict.Incomplete, "no progress for 3 days.")]
    public void Every_other_verdict_tells_operators_why_they_read_it(Verdict verdict, string reason) =>
        Golden.Check($"reports/{verdict.ToString().ToLowerInvariant()}.txt", Mail(Runs.Model(Runs.Other(verdict, reason))));

    [Fact]
    public void Hostile_strings_are_harmless() => Golden.Check("reports/hostile.txt", Mail(Runs.Model(Runs.HostileResult(), Runs.Hostile)));

    [Fact]
    public void Lines_have_at_most_72_columns_except_for_addresses()
    {
        foreach (RunResult result in (RunResult[])[Runs.RichPass(), Runs.NewFail(), Runs.KnownFail(), Runs.HostileResult()])
        {
            string[] wide = [.. ReportText.Of(Runs.Model(result, Runs.Hostile)).Split('\n').Where(l => MailLines.Width(l) > 72 && !l.Contains("://"))];
            Assert.Equal([], wide);
        }
    }

    [Fact]
    public void Nothing_is_called_new_that_was_not_compared()
    {
        RunResult compared = Runs.Failed() with { Failures = [Runs.Blamed() with { Parent = new ParentJob(ParentResult.Unknown, "the parent 555555555555 was not tested") }] };
        foreach (RunResult result in (RunResult[])[Runs.Passed(), Runs.Failed(), compared])
        {
            string mail = Mail(Runs.Model(result));
            Assert.DoesNotContain("regression", mail, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotMatch(@"(?i)\bnew\b", mail);
        }
    }

    [Fact]
    public void A_command_is_not_printed_for_a_branch_that_could_be_a_command()
    {
        ReportModel model = Runs.Model(Runs.Failed());
        Assert.Contains("git fetch", ReportText.Of(model));
        Assert.DoesNotContain("git fetch", ReportText.Of(model with { Branch = "x;$(reboot)" }));
        Assert.DoesNotContain("git fetch", ReportText.Of(model with { Branch = "--upload-pack=reboot" }));
        Assert.DoesNotContain("make ARCH", ReportText.Of(model));
        Assert.DoesNotContain("make ARCH", ReportText.Of(Runs.Model(Runs.NewFail()) with { Branch = "x;$(reboot)" }));
        Assert.Contains("make ARCH=arm64 drivers/net/foo/bar.o\n", ReportText.Of(Runs.Model(Runs.NewFail())));
    }

    [Fact]
    public void A_report_of_thousands_of_failures_stays_below_100_KB()
    {
        FailedJob job = Runs.Failed().Failures[0] with { Lines = [.. Enumerable.Repeat(new string('x', 400), 12)] };
        RunResult huge = Runs.Failed() with { Failures = [.. Enumerable.Repeat(job, 5000)], Others = [.. Enumerable.Repeat(job, 5000)] };
        string text = ReportText.Of(Runs.Model(huge));
        Assert.InRange(text.Length, 40_000, 100_000);
        Assert.Contains("and 4980 more, see the pipeline.", text);
    }

    [Theory]
    [InlineData(Verdict.Passed, "success", "PASS, s390x boot+test not run: all 11 jobs that ran have passed.")]
    [InlineData(Verdict.Failed, "failed", "FAIL build arm64: 1 of 9 builds fails in the compiler.")]
    [InlineData(Verdict.Infrastructure, "canceled", "Infrastructure, not your commit: a disk was full.")]
    [InlineData(Verdict.Undetermined, "canceled", "No verdict, operators look into it: a disk was full.")]
    [InlineData(Verdict.Configuration, "canceled", "Configuration, not your commit: a disk was full.")]
    [InlineData(Verdict.Superseded, "canceled", "A newer commit took its place")]
    [InlineData(Verdict.Canceled, "canceled", "Cancelled by a person: a disk was full.")]
    [InlineData(Verdict.Vanished, "canceled", "Not tested: a disk was full.")]
    [InlineData(Verdict.Incomplete, "canceled", "Incomplete, not your commit: the deadline passed: a disk was full.")]
    public void A_commit_status_blames_the_commit_only_on_evidence(Verdict verdict, string state, string description)
    {
        RunResult result = verdict switch { Verdict.Passed => Runs.Passed(), Verdict.Failed => Runs.Failed(), _ => Runs.Other(verdict, "a disk was full.") };
        Assert.Equal(new StatusWords(state, description), StatusWords.Final(Runs.Model(result)));
    }

    [Fact]
    public void A_commit_status_of_a_hostile_result_is_one_short_line()
    {
        StatusWords words = StatusWords.Final(Runs.Model(Runs.HostileResult(), Runs.Hostile));
        Assert.InRange(words.Description.Length, 1, 255);
        Assert.DoesNotContain(words.Description, c => char.IsControl(c));
    }

    [Fact]
    public void A_webhook_gets_the_whole_report_as_an_event()
    {
        ReportModel model = Runs.Model(Runs.Failed());
        OutgoingReport letter = ReportLetters.Of(model, "final-1", new ChannelConfig.Webhook("hook", new Uri("https://hook.example"), "k"), []);
        CloudEvent told = CloudEvent.Parse(letter.EventJson);
        Assert.Equal(("cki.run.reported", letter.Id), (told.Type, told.Id));
        RunReported data = told.Data.Deserialize(ReportJson.Default.RunReported)!;
        Assert.Equal((letter.Subject, Verdict.Failed, model.Run), (data.Subject, data.Report.Result.Verdict, data.Report.Run));
        Assert.DoesNotContain('.', letter.Id);
    }

    [Fact]
    public void The_message_id_is_the_runs_and_a_follow_up_threads()
    {
        var mail = new ChannelConfig.Mail("m", "smtp", 25, false, "CKI <cki@example.org>", ["a@example.org"], null, null);
        ReportModel model = Runs.Model(Runs.Passed(), attempt: 2);
        OutgoingReport first = ReportLetters.Of(model, "final-1", mail, []);
        OutgoingReport second = ReportLetters.Of(model, "final-2", mail, [first.MessageId]);
        Assert.Equal($"{model.Run}.final-1@example.org", first.MessageId);
        Assert.Equal((first.MessageId, $"Re: {first.Subject}"), (second.InReplyTo, second.Subject));
        Assert.Equal([first.MessageId], second.References);
        Assert.Null(first.InReplyTo);
    }
}
