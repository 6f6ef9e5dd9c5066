using System.Text.Json;
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
        foreach (RunResult result in (RunResult[])[Runs.Passed(), Runs.Failed(), Runs.HostileResult()])
        {
            string[] wide = [.. ReportText.Of(Runs.Model(result, Runs.Hostile)).Split('\n').Where(l => MailLines.Width(l) > 72 && !l.Contains("://"))];
            Assert.Equal([], wide);
        }
    }

    [Fact]
    public void No_report_says_new_or_regression()
    {
        foreach (RunResult result in (RunResult[])[Runs.Passed(), Runs.Failed()])
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
