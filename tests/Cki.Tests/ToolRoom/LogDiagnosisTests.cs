using Cki.Adapters;
using Cki.Tool;
using Xunit;

namespace Cki.Tests.ToolRooms;

public sealed class LogDiagnosisTests
{
    private const long FourMegabytes = 4_194_304;

    private static Finding[] Of(params LogFact[] logs) => [.. LogDiagnosis.Of(HealthyFacts.Project() with { Logs = logs })];

    private static string[] Said(params LogFact[] logs) => [.. Of(logs).Select(f => $"{f.Severity} {f.Check}: {f.What}")];

    private static LogFact Log(string? end, long? bytes = 90_000) => new(new GitLabLog(4711, "build", bytes, "r1", null), end, end is null ? "502 Bad Gateway" : null);

    /// <summary>As GitLab Runner writes it, from 10 to today's.</summary>
    [Theory]
    [InlineData("  CC drivers/net/a.o\n\u001b[33;1mJob's log exceeded limit of 4194304 bytes.\nJob execution will continue but no more output will be collected.\u001b[0;m\n")]
    [InlineData("  CC drivers/net/a.o\n\u001b[31;1mJob's log exceeded limit of 4194304 bytes.\u001b[0;m\n")]
    public void A_log_that_its_runner_cut_is_told_with_the_setting_that_mends_it(string end)
    {
        Finding finding = Assert.Single(Of(Log(end, FourMegabytes + 150)));
        Assert.Equal(
            Finding.Problem(
                "log limit", "gitlab.example/cki/pipelines: the log of job 'build' (4711 on r1) was cut at 4 MB: what went wrong behind that is not seen",
                "raise output_limit (KB; 4096 where it is not set) in the runner's config.toml, e.g. [[runners]] output_limit = 65536, and restart it"),
            finding);
    }

    [Fact]
    public void A_raised_limit_that_still_cuts_is_told_with_its_own_number() =>
        Assert.Equal(
            ["Problem log limit: gitlab.example/cki/pipelines: the log of job 'build' (4711 on r1) was cut at 16 MB: what went wrong behind that is not seen"],
            Said(Log("Job's log exceeded limit of 16777216 bytes.\n", 16_777_300)));

    [Fact]
    public void The_same_words_in_the_middle_of_a_log_cut_nothing() =>
        Assert.Empty(Said(Log("$ grep exceeded old.log\nJob's log exceeded limit of 4194304 bytes.\na\nb\nc\nd\nJob succeeded\n")));

    [Fact]
    public void A_log_of_exactly_the_default_limit_is_told_though_it_does_not_say_so() =>
        Assert.Equal(
            ["Problem log limit: gitlab.example/cki/pipelines: the log of job 'build' (4711 on r1) has 4194400 bytes, which is where runners cut logs if nothing else is set"],
            Said(Log("no end mark", 4_194_400)));

    [Fact]
    public void A_log_that_comes_near_the_default_limit_is_noted_unless_a_longer_one_shows_another_limit()
    {
        LogFact near = Log("Job succeeded", 3_300_000), longer = Log("Job succeeded", 9_000_000);
        Assert.Equal(["Note log limit: gitlab.example/cki/pipelines: the log of job 'build' (4711 on r1) has 3.1 MB, and runners cut logs at 4 MB where nothing else is set"], Said(near));
        Assert.Empty(Said(near, longer));
    }

    [Fact]
    public void What_cannot_be_looked_at_is_a_finding()
    {
        Assert.Equal(["CannotTell log limit: gitlab.example/cki/pipelines: the log of job 'build' (4711 on r1) cannot be read: 502 Bad Gateway"], Said(Log(null)));
        Assert.StartsWith("Note log limit: gitlab.example/cki/pipelines: no job has finished yet", Assert.Single(Said()));
        Assert.Equal(
            [Severity.CannotTell], LogDiagnosis.Of(HealthyFacts.Project() with { Logs = null, LogsTrouble = "403" }).Select(f => f.Severity));
        Assert.Empty(LogDiagnosis.Of(HealthyFacts.Project() with { Logs = null, Refs = [] }));
    }
}
