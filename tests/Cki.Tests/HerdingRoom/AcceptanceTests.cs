using Xunit;

namespace Cki.Tests.HerdingRoom;

public class AcceptanceTests
{
    public static TheoryData<int, string> CasesInForms()
    {
        var data = new TheoryData<int, string>();
        foreach (AcceptanceCases.Case one in AcceptanceCases.All)
        {
            foreach (string form in TraceForms.All)
                data.Add(one.Number, form);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(CasesInForms))]
    public void An_acceptance_case_gets_its_decision(int number, string form)
    {
        AcceptanceCases.Case one = AcceptanceCases.All[number - 1];
        HerdDecision decision = Shipped.Herding.Decide(one.Facts(TraceForms.Read(form, one.Lines, one.Section, one.Epilogue)));
        Assert.Equal((one.Act, one.Finding), (decision.Act, decision.Finding));
        if (one.Rule is not null)
            Assert.Equal(one.Rule, decision.Matcher);
        if (one.Quoted is not null)
            Assert.Equal(one.Quoted, decision.Quote[0]);
        if (one.NeverQuoted is not null)
            Assert.DoesNotContain(decision.Quote, q => q.Contains(one.NeverQuoted, StringComparison.Ordinal));
    }

    [Fact]
    public void The_commit_mark_of_a_giving_up_loop_is_retried_after_five_minutes_and_after_an_hour()
    {
        TraceReading trace = TraceForms.Read("raw", AcceptanceCases.All[7].Lines);
        TimeSpan[] delays = [.. new[] { 0, 1 }.Select(n => Shipped.Herding.Decide(AcceptanceCases.All[7].Facts(trace, n)).Delay)];
        Assert.Equal([TimeSpan.FromMinutes(5), TimeSpan.FromHours(1)], delays);
        Assert.Equal(HerdAct.Report, Shipped.Herding.Decide(AcceptanceCases.All[7].Facts(trace, 2)).Act);
    }

    [Fact]
    public void A_compiler_killed_twice_is_undetermined()
    {
        HerdDecision decision = Shipped.Herding.Decide(AcceptanceCases.All[2].Facts(TraceForms.Read("raw", AcceptanceCases.All[2].Lines), earlier: 1));
        Assert.Equal((HerdAct.Report, JobFinding.Undetermined), (decision.Act, decision.Finding));
    }

    [Fact]
    public void Structured_results_decide_where_the_log_was_cut()
    {
        FailedJobFacts facts = AcceptanceCases.All[22].Facts(TraceForms.Read("raw", AcceptanceCases.All[22].Lines)) with { Results = new TestResults(10, ["xfs/001"]) };
        HerdDecision decision = Shipped.Herding.Decide(facts);
        Assert.Equal((HerdAct.Leave, JobFinding.Failed, "xfs/001"), (decision.Act, decision.Finding, decision.Quote[0]));
    }

    [Fact]
    public void Evidence_cut_off_by_the_runner_is_not_retried_a_second_time()
    {
        HerdDecision decision = Shipped.Herding.Decide(AcceptanceCases.All[23].Facts(TraceForms.Read("raw", AcceptanceCases.All[23].Lines), earlier: 1));
        Assert.Equal((HerdAct.Leave, JobFinding.Failed), (decision.Act, decision.Finding));
    }

    [Fact]
    public void A_job_that_a_person_cancelled_is_never_retried()
    {
        FailedJobFacts facts = AcceptanceCases.All[24].Facts(TraceForms.Read("raw", AcceptanceCases.All[24].Lines)) with { CanceledBySibling = false };
        HerdDecision decision = Shipped.Herding.Decide(facts);
        Assert.Equal((HerdAct.Leave, JobFinding.Canceled), (decision.Act, decision.Finding));
    }

    [Theory]
    [InlineData("test-libunwind.c:2:10: fatal error: libunwind.h: No such file or directory")]
    [InlineData("connect01: TPASS: connect() failed as expected: ECONNREFUSED: Connection refused")]
    [InlineData("oom01: TPASS: victim signalled SIGKILL")]
    [InlineData("[    9.1] BUG: KASAN: slab-out-of-bounds in kmalloc_oob_right+0x8c/0x1a0 [kasan_test]\n    ok 1 kmalloc_oob_right\n# kasan: pass:61 fail:0")]
    [InlineData("[   19.123456] kernel BUG at drivers/misc/lkdtm/bugs.c:105!\nok 3 lkdtm: BUG.sh")]
    public void Infrastructure_is_never_blamed_for_what_tests_and_probes_provoke(string planted)
    {
        foreach (MatcherSamples.Sample sample in MatcherSamples.Positive)
        {
            string[] lines = [.. planted.Split('\n'), .. sample.Lines];
            HerdDecision decision = Shipped.Herding.Decide(sample.Facts(TraceForms.Read("wrapped", lines, sample.Section, sample.Epilogue)));
            Assert.False(decision.Finding == JobFinding.Failed, $"{sample.Matcher}: {decision.Reason}");
        }
    }
}
