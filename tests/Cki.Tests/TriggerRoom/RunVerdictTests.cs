using Cki.Tests.Doubles;
using CsCheck;
using Xunit;

namespace Cki.Tests.TriggerRoom;

public class RunVerdictTests
{
    private static readonly CheckDecision Settled = new CheckDecision.Settled();

    private static PipelineJob Failed(long id = 1, string name = "build x86_64") => A.Job(id, name, GitLabStatus.Failed);

    private static JobRecord Record(PipelineJob job, HerdAct act, JobFinding finding, params JobRetry[] retries) =>
        new(A.Pipeline(), job.Name, job.Stage)
        {
            Attempts = [new(job.Id, job.Status, job.FailureReason, job.Runner, job.WebUrl, A.Decision(act, finding) with { Quote = ["a line"] }, A.Noon)],
            Retries = retries,
        };

    private static RunResult Of(PipelineJob[] jobs, params JobRecord[] records) => RunResults.Of(jobs, records, [], Settled);

    private static (Verdict, string) Verdict(RunResult result) => (result.Verdict, result.Reason);

    [Fact]
    public void All_jobs_green_is_passed() =>
        Assert.Equal((Cki.Verdict.Passed, "2 jobs passed"), Verdict(Of([A.Job(1), A.Job(2, "test x86_64")])));

    [Fact]
    public void Evidence_in_the_latest_attempt_is_failed()
    {
        RunResult result = Of([Failed()], Record(Failed(), HerdAct.Leave, JobFinding.Failed));
        Assert.Equal((Cki.Verdict.Failed, "build x86_64: because the test says so"), Verdict(result));
        FailedJob told = Assert.Single(result.Failures);
        Assert.Equal(("build x86_64", 1L, "a line"), (told.Name, told.JobId, Assert.Single(told.Lines)));
    }

    [Fact]
    public void A_later_pass_does_not_forgive()
    {
        RunResult result = Of([Failed(), A.Job(2)], Record(Failed(), HerdAct.Retry, JobFinding.Failed));
        Assert.Equal((Cki.Verdict.Failed, "build x86_64: failed 1 of 2 attempts: because the test says so"), Verdict(result));
        Assert.Equal(1, Assert.Single(result.Failures).JobId);
    }

    [Fact]
    public void An_infrastructure_failure_that_passed_when_run_again_is_passed_and_told()
    {
        var retry = new JobRetry(1, "image-pull", A.Noon, RetryState.Done) { NewJobId = 2 };
        RunResult result = Of([Failed(), A.Job(2)], Record(Failed(), HerdAct.Retry, JobFinding.Nothing, retry));
        Assert.Equal((Cki.Verdict.Passed, "1 job passed"), Verdict(result));
        Assert.Equal([new RerunJob("build x86_64", 1, 2, "image-pull", "because the test says so", "passed") { At = A.Noon, Section = "step_script" }], result.Reruns);
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public void An_unexplained_attempt_before_a_pass_is_flaky_and_warned_about()
    {
        RunResult result = Of([Failed(), A.Job(2)], Record(Failed(), HerdAct.Leave, JobFinding.Undetermined));
        Assert.Equal((Cki.Verdict.Passed, "1 job passed"), Verdict(result));
        Assert.Equal(["build x86_64 passed at the second attempt; before: because the test says so"], result.Warnings);
        Assert.Equal(CellResult.Flaky, Assert.Single(result.Cells).Result);
    }

    [Theory]
    [InlineData(HerdAct.Leave, JobFinding.Failed, Cki.Verdict.Failed)]
    [InlineData(HerdAct.Leave, JobFinding.Configuration, Cki.Verdict.Configuration)]
    [InlineData(HerdAct.Leave, JobFinding.Undetermined, Cki.Verdict.Undetermined)]
    [InlineData(HerdAct.Leave, JobFinding.Nothing, Cki.Verdict.Undetermined)]
    [InlineData(HerdAct.Confirm, JobFinding.Failed, Cki.Verdict.Undetermined)]
    [InlineData(HerdAct.Report, JobFinding.Infrastructure, Cki.Verdict.Infrastructure)]
    [InlineData(HerdAct.Retry, JobFinding.Nothing, Cki.Verdict.Infrastructure)]
    [InlineData(HerdAct.Leave, JobFinding.Canceled, Cki.Verdict.Canceled)]
    [InlineData(HerdAct.Leave, JobFinding.Passed, Cki.Verdict.Passed)]
    public void A_failed_job_says_what_its_decision_found(HerdAct act, JobFinding finding, Verdict verdict) =>
        Assert.Equal(verdict, Of([Failed()], Record(Failed(), act, finding)).Verdict);

    [Fact]
    public void The_verdict_is_the_first_in_order_of_precedence()
    {
        (JobFinding Finding, Verdict Verdict)[] order =
        [
            (JobFinding.Failed, Cki.Verdict.Failed), (JobFinding.Configuration, Cki.Verdict.Configuration), (JobFinding.Undetermined, Cki.Verdict.Undetermined),
            (JobFinding.Infrastructure, Cki.Verdict.Infrastructure), (JobFinding.Canceled, Cki.Verdict.Canceled), (JobFinding.Passed, Cki.Verdict.Passed),
        ];
        PipelineJob[] jobs = [.. order.Select((o, i) => Failed(10 - i, $"test {o.Finding}"))];
        JobRecord[] records = [.. order.Select((o, i) => Record(jobs[i], HerdAct.Leave, o.Finding))];
        for (int first = 0; first < order.Length; first++)
            Assert.Equal(order[first].Verdict, Of(jobs[first..], records[first..]).Verdict);
    }

    [Fact]
    public void A_failure_without_a_decision_blames_nobody() => Assert.Equal(Cki.Verdict.Undetermined, Of([Failed()]).Verdict);

    [Fact]
    public void A_job_that_may_fail_never_flips_the_verdict()
    {
        PipelineJob may = Failed(2, "test x86_64 experimental") with { AllowFailure = true };
        RunResult result = Of([A.Job(1), may], Record(may, HerdAct.Leave, JobFinding.Failed));
        Assert.Equal((Cki.Verdict.Passed, "1 job passed"), Verdict(result));
        Assert.Empty(result.Failures);
        Assert.Equal(["test x86_64 experimental may fail, and did: because the test says so"], result.Warnings);
        Assert.Equal(CellResult.Known, result.Cells[1].Result);
    }

    [Fact]
    public void A_job_that_a_person_canceled_is_canceled() =>
        Assert.Equal((Cki.Verdict.Canceled, "test x86_64: it was canceled"), Verdict(Of([A.Job(1), A.Job(2, "test x86_64", GitLabStatus.Canceled)])));

    [Fact]
    public void All_tests_skipped_is_never_passed() =>
        Assert.Equal(
            (Cki.Verdict.Incomplete, "nothing of stage test was run: test x86_64 skipped"), Verdict(Of([A.Job(1), A.Job(2, "test x86_64", GitLabStatus.Skipped)])));

    [Fact]
    public void A_green_job_that_tested_nothing_is_not_run()
    {
        PipelineJob empty = A.Job(2, "test x86_64");
        Assert.Equal(Cki.Verdict.Incomplete, Of([A.Job(1), empty], Record(empty, HerdAct.Report, JobFinding.NotRun)).Verdict);
    }

    [Fact]
    public void A_job_for_failures_only_that_was_skipped_does_not_spoil_a_pass() =>
        Assert.Equal(
            (Cki.Verdict.Passed, "2 jobs passed, 1 not run"), Verdict(Of([A.Job(1), A.Job(2, "test x86_64"), A.Job(3, "cleanup", GitLabStatus.Skipped)])));

    [Fact]
    public void A_deadline_is_incomplete_unless_there_is_evidence()
    {
        PipelineJob[] jobs = [A.Job(1), A.Job(2, "test x86_64", GitLabStatus.Running)];
        var deadline = new CheckDecision.Deadline("no job changed for 3 days");
        RunResult late = RunResults.Of(jobs, [], [], deadline);
        Assert.Equal((Cki.Verdict.Incomplete, "no job changed for 3 days"), Verdict(late));
        Assert.Equal(new ResultCell("x86_64", "test", CellResult.NotRun, 0, 1, "test x86_64: still running"), late.Cells[1]);
        Assert.Equal(Cki.Verdict.Failed, RunResults.Of([Failed(), .. jobs[1..]], [Record(Failed(), HerdAct.Leave, JobFinding.Failed)], [], deadline).Verdict);
    }

    [Fact]
    public void Superseding_does_not_forgive_but_comes_before_all_else()
    {
        var newer = new CheckDecision.Superseded(A.Sha('b'));
        PipelineJob canceled = A.Job(2, "test x86_64", GitLabStatus.Canceled);
        Assert.Equal((Cki.Verdict.Superseded, "bbbbbbbbbbbb took its place"), Verdict(RunResults.Of([A.Job(1), canceled], [], [], newer)));
        Assert.Equal(Cki.Verdict.Failed, RunResults.Of([Failed(), canceled], [Record(Failed(), HerdAct.Leave, JobFinding.Failed)], [], newer).Verdict);
    }

    [Fact]
    public void A_pipeline_without_jobs_is_a_configuration_fault() =>
        Assert.Equal((Cki.Verdict.Configuration, "the pipeline has no jobs"), Verdict(Of([])));

    [Fact]
    public void Failed_evidence_anywhere_stays_failed_whatever_else_happens() =>
        Gen.Select(Gen.Enum<JobFinding>(), Gen.Enum<HerdAct>(), Gen.OneOf("success", "failed", "canceled", "skipped")).Array[1, 8].Sample(attempts =>
        {
            PipelineJob[] jobs = [.. attempts.Select((a, i) => A.Job(i + 1, status: a.Item3))];
            JobRecord[] records = [.. jobs.Select((j, i) => Record(j, attempts[i].Item2, attempts[i].Item1))];
            bool evidence = attempts.Any(a => a.Item1 == JobFinding.Failed && a.Item2 is not (HerdAct.Confirm or HerdAct.Later));
            Assert.Equal(evidence, Of(jobs, records).Verdict == Cki.Verdict.Failed);
            // One more attempt that passes completes coverage; it never forgives.
            Assert.Equal(evidence, Of([.. jobs, A.Job(jobs.Length + 1)], records).Verdict == Cki.Verdict.Failed);
        });
}
