using Xunit;

namespace Cki.Tests.ConfigurationRooms;

public sealed class MatcherReading : ConfigRoom
{
    [Fact]
    public void A_file_of_CKIs_form_is_read_with_the_groups_defaults()
    {
        Put("matchers.yaml",
            """
            matchers:
              - name: registry
                description: The registry did not answer
                messages:
                  - 'ERROR: Job failed: one'
                  - 'ERROR: Job failed: two'
              - name: integrity
                failure_reason: data_integrity_failure
              - action: report
                retry_delays: [1m, 10m]
                matchers:
                  - name: no-trace
                    builtin: no_trace
                  - name: tests-not-run
                    job_name: test
                    job_status: []
                    builtin: missed_tests
                  - retry_limit: 0
                    class: lab
                    matchers:
                      - name: inner
                        action: alert
                        web_url: [https://gitlab.example/a.b/, https://gitlab.example/c/]
                        maximum_artifact_size: 1_000_000
                        section: [prepare, get_sources]
                        mode: shadow
                        stage: test
                  - name: no-trace
                    builtin: no_trace
            """);
        IReadOnlyList<MatcherConfig> read = Good().Matchers.Matchers;
        Assert.Equal(["registry", "integrity", "no-trace", "tests-not-run", "inner", "no-trace"], read.Select(m => m.Name));
        Assert.Equal([HerdAct.Retry, HerdAct.Retry, HerdAct.Report, HerdAct.Report, HerdAct.Alert, HerdAct.Report], read.Select(m => m.Action));
        Assert.Equal(["ERROR: Job failed: one", "ERROR: Job failed: two"], read[0].Messages);
        Assert.Equal(["data_integrity_failure"], read[1].FailureReasons);
        Assert.Equal((3, "The registry did not answer"), (read[0].RetryLimit, read[0].Description));
        Assert.Equal([TimeSpan.FromMinutes(5)], read[0].RetryDelays);
        Assert.Equal(["failed"], read[2].JobStatus);
        Assert.Empty(read[3].JobStatus);
        MatcherConfig inner = read[4];
        Assert.Equal([TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10)], inner.RetryDelays);
        Assert.Equal(
            (0, "lab", @"^(?:https://gitlab\.example/a\.b/|https://gitlab\.example/c/)", 1_000_000L, "prepare get_sources", true, "test", new ConfigPlace("matchers.yaml", 21, 13)),
            (inner.RetryLimit, inner.Class, inner.WebUrl, inner.MaximumArtifactSize, string.Join(' ', inner.Sections), inner.IsShadow, inner.Stage, inner.Place));
        Assert.Null(read[5].Class);
    }

    [Theory]
    [InlineData("{name: a, messages: ['(unclosed']}", "matchers[0].messages: '(unclosed' is no regular expression: ")]
    [InlineData("{name: a, messages: ['(?=ahead)']}", "matchers[0].messages: '(?=ahead)' needs what a matcher of bounded time cannot do: ")]
    [InlineData("{name: a, messages: ['(a)\\1']}", "matchers[0].messages: '(a)\\1' needs what a matcher of bounded time cannot do: ")]
    [InlineData("{name: a, messages: ['']}", "matchers[0].messages: '' must have 1 to 2000 characters")]
    [InlineData("{name: a, messages: [b], job_name: '['}", "matchers[0].job_name: '[' is no regular expression: ")]
    [InlineData("{name: a, job_name: test}", "matchers[0]: would retry every failed job: give it messages, failure_reason or builtin")]
    [InlineData("{name: a, messages: [b], action: rerun}", "matchers[0].action: is 'rerun', not one of retry, report, alert")]
    [InlineData("{name: a, messages: [b], job_status: [fail]}", "matchers[0].job_status: 'fail' is no status of a job; did you mean 'failed'?")]
    [InlineData("{name: a, messages: [b], retry_delays: []}", "matchers[0].retry_delays: must hold at least one duration")]
    [InlineData("{name: a, messages: [b], retry_limit: many}", "matchers[0].retry_limit: must be a whole number from 0 to 100, not 'many'")]
    [InlineData("{name: a, mesages: [b], builtin: no_trace}", "matchers[0].mesages: is unknown; did you mean 'messages'?")]
    [InlineData("{name: a, builtin: no_traces}", "matchers[0].builtin: is 'no_traces', not one of no_trace, missed_tests")]
    [InlineData("text", "matchers[0]: must be a mapping with name, ")]
    [InlineData("{matchers: [{name: a, messages: ['(']}]}", "matchers[0].matchers[0].messages: '(' is no regular expression: ")]
    public void What_cannot_work_is_refused(string matcher, string error)
    {
        Put("matchers.yaml", $"matchers: [{matcher}]");
        Assert.StartsWith(error, Assert.Single(Errors()).Split(": ", 2)[1]);
    }

    [Fact]
    public void A_matcher_without_a_name_is_known_by_its_line()
    {
        Put("matchers.yaml", "matchers:\n  - messages: [a]\n");
        Assert.Equal("line-2", Assert.Single(Good().Matchers.Matchers).Name);
    }
}
