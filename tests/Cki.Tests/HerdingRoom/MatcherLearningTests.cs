using Cki.Tests.Doubles;
using Cki.Tool;
using Xunit;

namespace Cki.Tests.HerdingRoom;

/// <summary>Coverage of the past, promotion out of shadow, CKI's own file.</summary>
public class MatcherLearningTests
{
    [Fact]
    public void Coverage_counts_failed_attempts_that_passed_later_and_who_retried_them()
    {
        PipelineJob[] jobs =
        [
            A.Job(1, "build", GitLabStatus.Failed), A.Job(2, "build", GitLabStatus.Failed) with { User = "cki-bot" }, A.Job(3, "build") with { User = "ann" },
            A.Job(4, "test", GitLabStatus.Failed), A.Job(5, "lint"),
        ];
        Assert.Equal(
            [(1, "cki-bot", true), (2, "ann", true), (4, null, false)],
            MatcherCoverage.Attempts(jobs).Select(a => (a.Failed.Id, a.RetriedBy, a.PassedLater)));
    }

    [Fact]
    public void Recall_is_the_share_of_the_recovered_that_would_have_been_retried()
    {
        PastFailure[] past =
        [
            Past(1, "cki-bot", true, "curl: (28) Operation timed out"), Past(2, "ann", true, "cause unknown"),
            Past(3, "ann", true, "[   12.345678] BUG: soft lockup - CPU#3 stuck for 23s!"), Past(4, "ann", false, "curl: (28) Operation timed out"),
        ];
        var coverage = MatcherCoverage.Of(past, "cki-bot");
        Assert.Equal((4, 3, 1, 1, 1, 2), (coverage.Failures, coverage.Recovered, coverage.Covered, coverage.Confirmed, coverage.ByBot, coverage.ByPeople));
        Assert.Equal([new CoverageRow("connection-timeout", 2, 1, 1, 0)], coverage.Rows);
        Assert.Equal([2L], coverage.Missed.Select(m => m.Job.Id));
        Assert.Equal(1.0 / 3, coverage.Recall);
    }

    [Fact]
    public void A_shadow_whose_jobs_passed_later_may_go_live_and_one_that_would_hide_a_failure_may_not()
    {
        JobRecord rescued = Record(JobFinding.Undetermined, passesLater: true);
        Assert.Equal(new ShadowRecord("quiet", 3, 3, 0), ShadowRecord.Of("quiet", [rescued, rescued, rescued]));
        Assert.Null(ShadowRecord.Of("quiet", [rescued, rescued, rescued]).WhyNot);
        Assert.Equal("it was seen 1 time(s); 3 are wanted", ShadowRecord.Of("quiet", [rescued]).WhyNot);
        Assert.Equal(
            "1 of the 4 failures it would have retried were the commit's",
            ShadowRecord.Of("quiet", [rescued, rescued, rescued, Record(JobFinding.Failed, passesLater: false)]).WhyNot);
        Assert.Equal("none of the 3 jobs it would have retried passed later", ShadowRecord.Of("quiet", [.. Enumerable.Repeat(Record(JobFinding.Undetermined, false), 3)]).WhyNot);
        Assert.Equal(0, ShadowRecord.Of("other", [rescued]).Seen);
    }

    [Fact]
    public void Promotion_changes_one_line_of_the_file()
    {
        const string file = "matchers:\n  # why\n  - name: a\n    mode: shadow\n    messages: [x]\n  - mode: shadow\n    matchers:\n      - name: b\n        messages: [y]\n";
        Assert.Equal(file.Replace("    mode: shadow\n    messages: [x]", "    mode: live\n    messages: [x]", StringComparison.Ordinal), MatcherFile.Live(file, 3));
        Assert.Equal(file.Replace("      - name: b\n", "      - name: b\n        mode: live\n", StringComparison.Ordinal), MatcherFile.Live(file, 8));
    }

    [Fact]
    public void A_suggestion_becomes_an_entry_that_loads_and_is_in_shadow()
    {
        var suggestion = new MatcherSuggestion("0123", "suggested-0123", [@"the gizmo's broken: \S+"], ["the gizmo's broken: 12"], 5, 3, 2, 2);
        MatcherConfig read = ImportVerb.Read("matchers.yaml", "matchers:\n" + MatcherFile.Entry(suggestion) + "\n").Matchers.Single();
        Assert.Equal(("suggested-0123", true, @"the gizmo's broken: \S+"), (read.Name, read.IsShadow, read.Messages.Single()));
    }

    [Fact]
    public void A_file_of_ckis_herder_is_taken_as_it_is()
    {
        MatcherTree tree = ImportVerb.Read("herder.yaml", """
            matchers:
              - name: image-pull
                description: Failure during image pull
                messages:
                  - 'ERROR: Job failed: failed to pull image'
              - action: report
                matchers:
                  - name: no-trace
                    builtin: no_trace
                  - name: tests-not-run
                    job_name: test
                    job_status: []
                    builtin: missed_tests
            """);
        Assert.Equal(["image-pull", "no-trace", "tests-not-run"], tree.Matchers.Select(m => m.Name));
    }

    [Fact]
    public void A_file_with_faults_is_refused_with_every_line()
    {
        ConfigRefusedException refused = Assert.Throws<ConfigRefusedException>(() => ImportVerb.Read("herder.yaml", "matchers:\n  - name: a\n    mesages: [x]\n  - name: b\n    messages: ['(?=x)y']\n"));
        Assert.Contains(refused.Errors, e => e.Place.Line == 3);
        Assert.Contains(refused.Errors, e => e.Place.Line == 5 && e.Message.Contains("no lookaround", StringComparison.Ordinal));
    }

    private static PastFailure Past(long id, string by, bool passed, string line)
    {
        PipelineJob job = A.Job(id, "test", GitLabStatus.Failed) with { FailureReason = "script_failure" };
        return new PastFailure(job, by, passed, Shipped.Herding.Decide(new FailedJobFacts(job, TraceForms.Read("raw", [line])) { IsTraceFinal = true }));
    }

    private static JobRecord Record(JobFinding finding, bool passesLater)
    {
        var decision = new HerdDecision(HerdAct.Leave, finding, null, null, "step_script", TimeSpan.Zero, [], "cause unknown (in shadow: loud, quiet would have acted)") { Shadows = ["loud", "quiet"] };
        JobAttempt[] attempts = [new(1, GitLabStatus.Failed, null, null, "", decision, A.Noon), new(2, GitLabStatus.Success, null, null, "", decision with { Reason = "passed", Finding = JobFinding.Passed, Shadows = [] }, A.Noon)];
        return new JobRecord(new PipelineRef(A.PipelineProject, 1), "test", "test") { Attempts = passesLater ? attempts : attempts[..1] };
    }
}
