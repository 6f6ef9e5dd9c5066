using Xunit;

namespace Cki.Tests.HerdingRoom;

public class MatcherTests
{
    public static TheoryData<string> Positive() => [.. MatcherSamples.Positive.Select(s => s.Matcher)];

    public static TheoryData<string> Negative() => [.. MatcherSamples.Negative.Select(s => s.Matcher)];

    [Theory]
    [MemberData(nameof(Positive))]
    public void A_shipped_matcher_takes_its_sample(string matcher)
    {
        MatcherSamples.Sample sample = MatcherSamples.Positive.Single(s => s.Matcher == matcher);
        HerdDecision decision = Decide(sample);
        HerdAct expected = sample.Status == GitLabStatus.Success ? HerdAct.Report : HerdAct.Retry;
        Assert.Equal((matcher, expected), (decision.Matcher, decision.Act));
    }

    [Theory]
    [MemberData(nameof(Negative))]
    public void A_shipped_matcher_leaves_what_only_looks_like_its_own(string matcher)
    {
        HerdDecision decision = Decide(MatcherSamples.Negative.Single(s => s.Matcher == matcher));
        Assert.True(decision.Act is HerdAct.Leave or HerdAct.Confirm, $"{decision.Act}: {decision.Reason}");
        Assert.NotEqual(matcher, decision.Matcher);
    }

    [Fact]
    public void Every_shipped_matcher_has_a_positive_and_a_negative_sample()
    {
        string[] names = [.. Shipped.Tree.Matchers.Select(m => m.Name).Order(StringComparer.Ordinal)];
        Assert.Equal(names, MatcherSamples.Positive.Select(s => s.Matcher).Order(StringComparer.Ordinal));
        Assert.Equal(names, MatcherSamples.Negative.Select(s => s.Matcher).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_shipped_matcher_is_set_aside() => Assert.Empty(Shipped.Herding.Matchers.Refused);

    [Fact]
    public void A_matcher_in_shadow_decides_nothing_and_says_so()
    {
        Herding herding = Of(A() with { IsShadow = true });
        Assert.Equal(
            "cause unknown: nothing in the trace explains the end (in shadow: sample would have acted)", herding.Decide(Facts("curl: (28) timed out")).Reason);
    }

    [Fact]
    public void A_message_that_occurs_before_an_unexplained_error_explains_nothing() =>
        Assert.Equal(HerdAct.Leave, Of(A()).Decide(Facts("curl: (28) timed out", "comparison failed: 3 differences")).Act);

    [Fact]
    public void An_old_failure_reason_means_the_ones_it_was_split_into_and_the_other_way_round()
    {
        Assert.True(FailureReasons.Covers("stuck_or_timeout_failure", "no_updates_running"));
        Assert.True(FailureReasons.Covers("server_timeout_running", "job_execution_timeout"));
        Assert.False(FailureReasons.Covers("stuck_or_timeout_failure", "script_failure"));
        Assert.False(FailureReasons.Covers("no_updates_running", "no_updates_canceling"));
    }

    [Fact]
    public void A_matcher_that_cannot_run_in_linear_time_is_set_aside_and_the_rest_goes_on()
    {
        Matchers matchers = Matchers.Compile(new MatcherTree([A() with { Name = "back-reference", Messages = [@"(a+)\1"] }, A()]));
        Assert.Equal(["back-reference"], matchers.Refused.Select(r => r.Field));
        Assert.Equal("sample", matchers.Find(Facts("curl: (28) timed out")).Matcher?.Name);
    }

    [Fact]
    public void A_class_in_outage_holds_its_retries() =>
        Assert.Equal(HerdAct.Hold, Of(A() with { Class = "network" }).Decide(Facts("curl: (28) timed out") with { ClassesInOutage = ["network"] }).Act);

    [Fact]
    public void A_job_out_of_retries_is_reported_as_infrastructure()
    {
        HerdDecision decision = Of(A() with { RetryLimit = 2 }).Decide(Facts("curl: (28) timed out") with { EarlierAttempts = 2 });
        Assert.Equal((HerdAct.Report, JobFinding.Infrastructure, "a sample: retried 2 time(s), the limit"), (decision.Act, decision.Finding, decision.Reason));
    }

    private static MatcherConfig A() => new("sample", "a sample", new ConfigPlace("matchers.yaml", 1, 1)) { Messages = [@"curl: \(28\)"] };

    private static Herding Of(MatcherConfig matcher) => new(Matchers.Compile(new MatcherTree([matcher])));

    private static FailedJobFacts Facts(params string[] lines) => new MatcherSamples.Sample("", "script_failure", TraceSection.Script, null).Facts(TraceForms.Read("raw", lines));

    private static HerdDecision Decide(MatcherSamples.Sample sample)
    {
        bool hasNoTrace = sample.Lines.Length == 0;
        TraceReading trace = hasNoTrace ? TraceReading.Empty : TraceForms.Read("wrapped", sample.Lines, sample.Section, sample.Epilogue);
        return Shipped.Herding.Decide(sample.Facts(trace));
    }
}
