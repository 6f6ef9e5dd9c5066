using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.HerdingRoom;

public class ConfirmingTests
{
    private static readonly ParentJob Passes = new(ParentResult.Passed, "the parent passes");
    private static readonly ParentJob Fails = new(ParentResult.Failed, "the parent fails too");
    private static readonly ParentJob Nothing = new(ParentResult.Unknown, "no parent is known");
    private static readonly HerdDecision Weak = A.Decision(HerdAct.Confirm, JobFinding.Undetermined) with
    {
        Matcher = "weak-evidence", Evidence = [new Evidence("soft lockup", EvidenceStrength.Weak, "watchdog: BUG: soft lockup", 9)],
    };

    private static readonly HerdDecision Cause = A.Decision(HerdAct.Leave, JobFinding.Undetermined) with { Quote = ["the frobnicator said no"] };

    [Fact]
    public void Weak_evidence_is_first_re_run()
    {
        HerdDecision first = Confirming.Judge(Weak, Facts("1"));
        Assert.Equal((HerdAct.Confirm, JobFinding.Undetermined, TimeSpan.FromMinutes(5)), (first.Act, first.Finding, first.Delay));
    }

    [Theory]
    [InlineData(ParentResult.Passed, HerdAct.Leave, JobFinding.Failed)]
    [InlineData(ParentResult.Failed, HerdAct.Report, JobFinding.Known)]
    [InlineData(ParentResult.Unknown, HerdAct.Leave, JobFinding.Failed)]
    public void Weak_evidence_reproduced_elsewhere_is_the_commits_unless_the_parent_fails_too(ParentResult parent, HerdAct act, JobFinding finding)
    {
        HerdDecision made = Confirming.Judge(Weak, Facts("2", Before("1")) with { Parent = new ParentJob(parent, "told") });
        Assert.Equal((act, finding), (made.Act, made.Finding));
        Assert.EndsWith("told", made.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_parent_is_asked_for_only_when_the_failure_was_seen_on_two_machines()
    {
        Assert.True(Confirming.IsReproduced(Weak, Facts("2", Before("1"))));
        Assert.False(Confirming.IsReproduced(Weak, Facts("1", Before("1"))));
        Assert.False(Confirming.IsReproduced(Weak, Facts("2")));
        Assert.False(Confirming.IsReproduced(Weak with { Act = HerdAct.Leave }, Facts("2", Before("1"))));
    }

    [Fact]
    public void A_re_run_on_the_same_machine_proves_nothing_and_there_is_one_more()
    {
        HerdDecision again = Confirming.Judge(Weak, Facts("1", Before("1")));
        Assert.Equal((HerdAct.Confirm, true), (again.Act, again.Reason.Contains("same machine", StringComparison.Ordinal)));
        HerdDecision spent = Confirming.Judge(Weak, Facts("1", Before("1"), Before("1")));
        Assert.Equal((HerdAct.Report, JobFinding.Undetermined), (spent.Act, spent.Finding));
    }

    [Fact]
    public void A_machine_that_is_not_known_is_not_another_one() => Assert.False(Confirming.IsReproduced(Weak, Facts(null, Before("1"))));

    [Fact]
    public void A_different_failure_confirms_nothing()
    {
        HerdDecision other = Weak with { Evidence = [new Evidence("hung task", EvidenceStrength.Weak, "blocked", 3)] };
        HerdDecision made = Confirming.Judge(other, Facts("2", Before("1")) with { Parent = Passes });
        Assert.Equal((HerdAct.Report, JobFinding.Undetermined), (made.Act, made.Finding));
    }

    [Fact]
    public void What_nothing_explains_is_re_run_only_where_the_tree_asks()
    {
        Assert.Equal(HerdAct.Leave, Confirming.Judge(Cause, Facts("1")).Act);
        HerdDecision asked = Confirming.Judge(Cause, Facts("1") with { Confirm = ConfirmWhat.Unexplained });
        Assert.Equal((HerdAct.Confirm, Confirming.Unexplained), (asked.Act, asked.Matcher));
    }

    [Fact]
    public void What_nothing_explains_is_the_commits_only_if_reproduced_and_the_parent_passes()
    {
        HerdDecision first = Confirming.Judge(Cause, Facts("1") with { Confirm = ConfirmWhat.Unexplained });
        FailedJobFacts facts = Facts("2", new JobAttempt(1, "failed", null, "runner-1", "", first, A.Noon) { Machine = "1" }) with { Confirm = ConfirmWhat.Unexplained };
        Assert.Equal(JobFinding.Failed, Confirming.Judge(Cause, facts with { Parent = Passes }).Finding);
        Assert.Equal(JobFinding.Known, Confirming.Judge(Cause, facts with { Parent = Fails }).Finding);
        Assert.Equal(JobFinding.Undetermined, Confirming.Judge(Cause, facts with { Parent = Nothing }).Finding);
        Assert.Equal(JobFinding.Undetermined, Confirming.Judge(Cause with { Quote = ["something else altogether"] }, facts with { Parent = Passes }).Finding);
    }

    [Fact]
    public void A_tree_that_wants_no_re_run_gets_none()
    {
        HerdDecision made = Confirming.Judge(Weak, Facts("1") with { Confirm = ConfirmWhat.Nothing });
        Assert.Equal((HerdAct.Report, JobFinding.Undetermined), (made.Act, made.Finding));
    }

    [Fact]
    public void Strong_evidence_needs_no_confirmation() => Assert.Same(Strong, Confirming.Judge(Strong, Facts("1", Before("2"))));

    private static readonly HerdDecision Strong = A.Decision();

    private static JobAttempt Before(string machine) => new(1, "failed", null, $"runner-{machine}", "", Weak, A.Noon) { Machine = machine };

    private static FailedJobFacts Facts(string? machine, params JobAttempt[] earlier) =>
        new(A.Job(9, status: GitLabStatus.Failed) with { Machine = machine, Runner = $"runner-{machine}" }, TraceReading.Empty) { Earlier = earlier };
}
