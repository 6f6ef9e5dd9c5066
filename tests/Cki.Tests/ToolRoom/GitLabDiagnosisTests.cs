using Cki.Adapters;
using Cki.Tests.Doubles;
using Cki.Tool;
using Xunit;

namespace Cki.Tests.ToolRooms;

public class GitLabDiagnosisTests
{
    private static string[] Of(HostFact host) => [.. GitLabDiagnosis.Host(host, A.Noon).Select(f => f.What)];

    private static string[] Of(ProjectFact project, SuiteConfig? config = null) => [.. GitLabDiagnosis.Project(project, config ?? A.Config()).Select(f => $"{f.Severity}: {f.What}")];

    private static GitLabToken Token => HealthyFacts.Host().Token!;

    [Fact]
    public void A_token_that_reads_only_is_told() =>
        Assert.Equal(
            ["gitlab.example: the token 'bot' has scope read_api, not api: nothing can be started or retried"],
            Of(HealthyFacts.Host() with { Token = Token with { Scopes = ["read_api"] } }));

    [Theory]
    [InlineData(14, false)]
    [InlineData(13, true)]
    [InlineData(-3, true)]
    public void A_token_is_told_two_weeks_before_it_expires(int days, bool isTold)
    {
        DateOnly expires = DateOnly.FromDateTime(A.Noon.UtcDateTime).AddDays(days + 1);
        Assert.Equal(isTold, Of(HealthyFacts.Host() with { Token = Token with { ExpiresAt = expires } }).Length == 1);
    }

    [Fact]
    public void A_token_that_never_expires_is_no_finding() =>
        Assert.Empty(Of(HealthyFacts.Host() with { Token = Token with { ExpiresAt = null } }));

    [Fact]
    public void What_GitLab_does_not_tell_of_token_and_time_is_a_finding()
    {
        Assert.Equal(["gitlab.example tells nothing of the token"], Of(HealthyFacts.Host() with { Token = null }));
        Assert.Equal(["gitlab.example told no time: clocks cannot be compared"], Of(HealthyFacts.Host() with { Skew = null }));
    }

    [Fact]
    public void Artifacts_that_cannot_be_looked_at_are_a_finding() =>
        Assert.Equal(["CannotTell: gitlab.example/cki/pipelines: jobs cannot be listed: 502"], Of(HealthyFacts.Project() with { Artifacts = null, ArtifactsTrouble = "502" }));

    [Fact]
    public void A_revoked_token_and_a_wrong_bot_are_told()
    {
        Assert.Equal(["gitlab.example: the token 'bot' is not active"], Of(HealthyFacts.Host() with { Token = Token with { IsActive = false } }));
        Assert.Equal(
            ["gitlab.example: the token is of jane, but trees.yaml says bot_user: cki-bot"], Of(HealthyFacts.Host() with { Self = new GitLabSelf(8, "jane", null) }));
    }

    [Fact]
    public void A_GitLab_that_does_not_let_us_in_is_one_finding() =>
        Assert.Equal(["gitlab.example did not let us in: 401 invalid_token"], Of(new HostFact(A.Config().Hosts[0], null, "401 invalid_token")));

    [Theory]
    [InlineData(60, null)]
    [InlineData(-60, null)]
    [InlineData(61, "this machine's clock is 61 s behind that of gitlab.example")]
    [InlineData(-200, "this machine's clock is 200 s ahead of that of gitlab.example")]
    public void A_clock_is_told_when_it_is_more_than_a_minute_off(int seconds, string? told) =>
        Assert.Equal(told is null ? [] : [told], Of(HealthyFacts.Host() with { Skew = TimeSpan.FromSeconds(seconds) }));

    [Theory]
    [InlineData(20, "Problem: the bot is Reporter in gitlab.example/cki/pipelines: it may not start or retry anything")]
    [InlineData(null, "Problem: the bot is no member of gitlab.example/cki/pipelines")]
    public void The_bot_needs_the_developer_role(int? level, string told) =>
        Assert.Equal([told], Of(HealthyFacts.Project() with { Access = new GitLabProjectAccess(1, level, null, false) }));

    [Fact]
    public void A_project_that_is_only_read_needs_no_role() =>
        Assert.Empty(Of(HealthyFacts.Project() with { Refs = [], NeedsVariables = false, Access = new GitLabProjectAccess(1, null, null, false) }));

    [Fact]
    public void A_project_that_sets_statuses_needs_the_role_too() =>
        Assert.Equal(
            ["Problem: the bot is Guest in gitlab.example/cki/pipelines: it may not set commit statuses"],
            Of(HealthyFacts.Project() with { Refs = [], NeedsStatus = true, Access = new GitLabProjectAccess(1, 10, null, false) }));

    [Theory]
    [InlineData("maintainer", true)]
    [InlineData("no_one_allowed", true)]
    [InlineData("developer", false)]
    [InlineData(null, false)]
    public void Variables_may_need_a_higher_role(string? role, bool isTold) =>
        Assert.Equal(isTold, Of(HealthyFacts.Project() with { Access = new GitLabProjectAccess(1, 30, role, false) }).Length == 1);

    [Theory]
    [InlineData("main", 40, true)]
    [InlineData("ma*", 40, true)]
    [InlineData("*", 0, true)]
    [InlineData("m*i*n", 40, true)]
    [InlineData("main", 30, false)]
    [InlineData("release", 40, false)]
    [InlineData("m*x*n", 40, false)]
    public void A_protected_ref_on_which_the_bot_may_not_act_is_told(string pattern, int least, bool isTold) =>
        Assert.Equal(isTold, Of(HealthyFacts.Project() with { Protected = [new GitLabProtectedBranch(pattern, [least], [least])] }).Length == 1);

    [Fact]
    public void A_rule_for_the_bot_itself_opens_a_protected_ref() =>
        Assert.Empty(Of(HealthyFacts.Project() with { Protected = [new GitLabProtectedBranch("main", [40], [40]) { Users = [7] }] }));

    [Fact]
    public void Protected_branches_that_cannot_be_read_are_not_judged() =>
        Assert.StartsWith("CannotTell: ", Assert.Single(Of(HealthyFacts.Project() with { Protected = null })));

    [Fact]
    public void Artifacts_that_expire_before_the_longest_retry_are_told()
    {
        MatcherConfig slow = A.Matcher() with { Name = "lab", RetryDelays = [TimeSpan.FromMinutes(5), TimeSpan.FromHours(30)] };
        SuiteConfig config = A.Config() with { Matchers = new MatcherTree([A.Matcher(), slow]) };
        ProjectFact project = HealthyFacts.Project() with { Artifacts = [new GitLabArtifactLife("keep", null), new GitLabArtifactLife("build", TimeSpan.FromHours(24))] };
        Assert.Equal(["Problem: gitlab.example/cki/pipelines: artifacts of job 'build' expire after 24 hours, but matcher lab retries after up to 30 hours"], Of(project, config));
        Assert.Empty(Of(project with { Artifacts = [new GitLabArtifactLife("build", TimeSpan.FromHours(31))] }, config));
        Assert.Empty(Of(project, A.Config() with { Matchers = new MatcherTree([slow with { IsShadow = true }]) }));
    }

    [Fact]
    public void A_project_that_is_gone_archived_or_silent_is_told()
    {
        Assert.Equal(["Problem: gitlab.example/cki/pipelines does not exist, or the bot may not see it"], Of(HealthyFacts.Project() with { Access = null }));
        Assert.Equal(["CannotTell: gitlab.example/cki/pipelines cannot be read: 502"], Of(HealthyFacts.Project() with { Access = null, Trouble = "502" }));
        Assert.Equal(
            ["Problem: gitlab.example/cki/pipelines is archived: nothing can be started in it"],
            Of(HealthyFacts.Project() with { Access = new GitLabProjectAccess(1, 30, null, true) }));
    }
}
