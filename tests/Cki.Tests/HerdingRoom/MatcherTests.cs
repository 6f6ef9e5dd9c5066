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
    public void A_matcher_with_a_maximum_looks_no_farther_back_from_the_end()
    {
        string[] lines = ["curl: (28) timed out", new string('x', 300)];
        Assert.Equal(HerdAct.Retry, Of(A() with { MaximumArtifactSize = 400 }).Decide(Facts(lines)).Act);
        Assert.Equal(HerdAct.Leave, Of(A() with { MaximumArtifactSize = 300 }).Decide(Facts(lines)).Act);
    }

    [Fact]
    public void A_matchers_own_words_explain_the_end_though_nobody_else_knows_them()
    {
        Herding herding = Of(A() with { Messages = ["failed to frobnicate"] });
        Assert.Equal(HerdAct.Retry, herding.Decide(Facts("error: failed to frobnicate the gizmo")).Act);
        Assert.Equal("error: failed to frobnicate the gizmo", herding.Matchers.Find(Facts("error: failed to frobnicate the gizmo")).Line);
        Assert.Equal(HerdAct.Leave, herding.Decide(Facts("error: failed to frobnicate the gizmo", "comparison failed: 3 differences")).Act);
    }

    [Fact]
    public void A_matcher_in_shadow_does_not_clear_the_way_for_a_live_one()
    {
        MatcherConfig shadow = A() with { Name = "shadow", IsShadow = true, Messages = ["comparison failed"] };
        Matchers matchers = Matchers.Compile(new MatcherTree([shadow, A()]));
        MatcherHit hit = matchers.Find(Facts("curl: (28) timed out", "comparison failed: 3 differences"));
        Assert.Equal((null, "shadow"), (hit.Matcher, string.Join(' ', hit.Shadows)));
    }

    [Fact]
    public void A_matcher_of_another_section_does_not_match_but_a_raw_log_has_no_sections()
    {
        MatcherConfig upload = A() with { Sections = ["upload"] };
        Assert.Equal(HerdAct.Leave, Of(upload).Decide(new MatcherSamples.Sample("", "script_failure", TraceSection.Script, null).Facts(
            TraceForms.Read("wrapped", ["curl: (28) timed out"], TraceSection.Script, "ERROR: Job failed: exit code 1"))).Act);
        Assert.Equal(HerdAct.Retry, Of(upload).Decide(Facts("curl: (28) timed out")).Act);
    }

    [Fact]
    public void At_least_sixty_matchers_are_shipped_each_with_description_class_and_delays()
    {
        Assert.True(Shipped.Tree.Matchers.Count >= 60);
        Assert.All(Shipped.Tree.Matchers.Where(m => m.Action == HerdAct.Retry), m => Assert.True(m.Description.Length > 0 && m.Class is not null && m.RetryDelays.Count > 0, m.Name));
        Assert.All(Shipped.Tree.Matchers.Where(m => m.Messages.Count > 0), m => Assert.NotEmpty(m.Sections));
        Assert.Equal(Shipped.Tree.Matchers.Count, Shipped.Tree.Matchers.Select(m => m.Name).Distinct().Count());
    }

    [Theory]
    [InlineData("abc|defg", "abc defg")]
    [InlineData("[Cc]ould (not|never) resolve", " resolve")]
    [InlineData(@"curl: \(28\)", "curl: (28)")]
    [InlineData("abcd?ef+gh", "abc")]
    [InlineData("(?:one|other)thing", "thing")]
    [InlineData("ab|cdef", null)]
    [InlineData("(?i)abcdef", null)]
    [InlineData("(abcdef)*", null)]
    [InlineData(".*", null)]
    public void A_pattern_tells_texts_of_which_one_must_occur(string pattern, string? literals) =>
        Assert.Equal(literals, RequiredLiterals.Of(pattern) is { } found ? string.Join(' ', found) : null);

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
