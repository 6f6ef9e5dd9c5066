using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.TriggerRoom;

public class VerdictStatementTests
{
    private static readonly VerdictStatement ByJob = new(new VerdictFrom(VerdictSource.Job, "triage*"));
    private static readonly PipelineJob Broken = A.Job(1, "build x86_64", GitLabStatus.Failed);
    private static readonly JobRecord Evidence = new(A.Pipeline(), "build x86_64", "build") { Attempts = [new(1, "failed", null, null, "", A.Decision(), A.Noon)] };

    [Fact]
    public void The_named_job_has_the_word_over_all_evidence()
    {
        Assert.Equal(Verdict.Failed, Of(null, Broken, A.Job(2, "triage")).Verdict);
        RunResult stated = Of(ByJob, Broken, A.Job(2, "triage"));
        Assert.Equal((Verdict.Passed, "stated by triage: passed", CellResult.Fail), (stated.Verdict, stated.Reason, stated.Cells[0].Result));
    }

    [Fact]
    public void Its_own_exit_is_its_statement() => Assert.Equal(Verdict.Failed, Of(ByJob, A.Job(1), A.Job(2, "bridge / triage", GitLabStatus.Failed)).Verdict);

    [Fact]
    public void The_worst_of_several_statements_holds() =>
        Assert.Equal(Verdict.Failed, Of(ByJob, A.Job(2, "triage a"), A.Job(3, "triage b", GitLabStatus.Failed)).Verdict);

    [Fact]
    public void Without_a_statement_nobody_passes()
    {
        Assert.Equal(Verdict.Undetermined, Of(ByJob, A.Job(1)).Verdict);
        Assert.Equal(Verdict.Incomplete, Of(ByJob, A.Job(1), A.Job(2, "triage", GitLabStatus.Skipped)).Verdict);
    }

    [Fact]
    public void An_attempt_that_was_cut_off_is_judged_by_its_jobs() =>
        Assert.Equal(Verdict.Failed, RunResults.Of([Broken, A.Job(2, "triage")], [Evidence], [], new CheckDecision.Deadline("late"), ByJob).Verdict);

    [Fact]
    public void A_kcidb_file_states_by_its_tests()
    {
        Assert.Equal((Verdict.Failed, "kcidb: 2 failed, first boot"), Kcidb(new TestResults(5, ["boot", "ltp"])));
        Assert.Equal((Verdict.Passed, "kcidb: 5 passed"), Kcidb(new TestResults(5, [])));
        Assert.Equal((Verdict.Incomplete, "kcidb: nothing was tested"), Kcidb(new TestResults(0, [], 3)));
        Assert.Equal((Verdict.Undetermined, "no job left a kcidb file to take the verdict from"), Kcidb(null));
    }

    private static (Verdict, string)? Kcidb(TestResults? stated) => new VerdictStatement(new VerdictFrom(VerdictSource.Kcidb), stated).Of([]);

    private static RunResult Of(VerdictStatement? statement, params PipelineJob[] jobs) => RunResults.Of(jobs, [Evidence], [], new CheckDecision.Settled(), statement);
}
