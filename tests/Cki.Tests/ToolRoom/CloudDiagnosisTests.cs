using Cki.Adapters;
using Cki.Tests.Doubles;
using Cki.Tool;
using Xunit;

namespace Cki.Tests.ToolRooms;

/// <summary>Quotas of account and GitLab, and the stack against its template.</summary>
public sealed class CloudDiagnosisTests
{
    private static string[] Of(CloudFact cloud) => [.. CloudDiagnosis.Of(cloud, A.Noon).Select(f => $"{f.Severity} {f.Check}: {f.What}")];

    private static StackSight Sight => HealthyFacts.Cloud().Sight!;

    [Fact]
    public void An_account_with_room_and_a_stack_in_sync_are_no_finding() => Assert.Empty(Of(HealthyFacts.Cloud()));

    [Fact]
    public void Too_little_concurrency_is_told_with_the_request_that_raises_it()
    {
        Finding finding = Assert.Single(CloudDiagnosis.Of(HealthyFacts.Cloud() with { Account = new LambdaAccount(10, 10, 0, 0) }, A.Noon));
        Assert.Equal(
            Finding.Problem(
                "quotas", "Lambda runs 10 of the account's functions at once (10 in all), the suite needs 100: its queues will wait",
                "aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000"),
            finding);
        Assert.Single(Of(HealthyFacts.Cloud() with { Account = new LambdaAccount(1000, 99, 0, 0) }));
        Assert.Empty(Of(HealthyFacts.Cloud() with { Account = new LambdaAccount(1000, 100, 0, 0) }));
    }

    [Fact]
    public void Code_that_fills_the_account_is_told() =>
        Assert.Equal(
            ["Problem quotas: functions' code fills 81 % of the 75 GB that the account may keep: deployments will fail"],
            Of(HealthyFacts.Cloud() with { Account = new LambdaAccount(1000, 1000, 61L << 30, 75L << 30) }));

    [Theory]
    [InlineData("UPDATE_ROLLBACK_COMPLETE", "Problem stack: the last deployment ended as UPDATE_ROLLBACK_COMPLETE: HerdQueue failed: what runs is not the last release")]
    [InlineData("UPDATE_IN_PROGRESS", "Note stack: a deployment is under way: UPDATE_IN_PROGRESS")]
    [InlineData("CREATE_COMPLETE", null)]
    public void How_the_last_deployment_ended_is_told(string status, string? told) =>
        Assert.Equal(told is null ? [] : [told], Of(HealthyFacts.Cloud() with { Sight = Sight with { Status = status, Reason = "HerdQueue failed" } }));

    [Fact]
    public void Each_resource_that_is_not_as_its_template_says_is_told()
    {
        CloudFact cloud = HealthyFacts.Cloud() with
        {
            Sight = Sight with { Drift = "DRIFTED" },
            Drifted =
            [
                new DriftedResource("HerdQueue", "AWS::SQS::Queue", "MODIFIED", ["/a", "/b", "/c", "/d", "/e", "/f"]), new DriftedResource("WatchAgeAlarm", "AWS::CloudWatch::Alarm", "DELETED", []),
            ],
        };
        Assert.Equal(
            ["Problem drift: HerdQueue (AWS::SQS::Queue) was changed beside its template: /a, /b, /c, /d, /e and 1 more", "Problem drift: WatchAgeAlarm (AWS::CloudWatch::Alarm) was deleted"],
            Of(cloud));
        Assert.Equal(["Problem drift: the stack has drifted; of what cannot be told: AccessDenied"], Of(cloud with { Drifted = null, DriftTrouble = "AccessDenied" }));
    }

    [Theory]
    [InlineData("NOT_CHECKED", 1, "CannotTell drift: nobody has looked whether the stack is as its template says")]
    [InlineData(null, 1, "CannotTell drift: nobody has looked whether the stack is as its template says")]
    [InlineData("IN_SYNC", 8, "CannotTell drift: the last look for drift was on 2026-11-14")]
    public void A_look_for_drift_that_was_not_taken_of_late_is_the_operators_to_start(string? drift, int daysAgo, string told)
    {
        Finding finding = Assert.Single(CloudDiagnosis.Of(HealthyFacts.Cloud() with { Sight = Sight with { Drift = drift, DriftSeenAt = A.Noon.AddDays(-daysAgo) } }, A.Noon));
        Assert.Equal(told, $"{finding.Severity} {finding.Check}: {finding.What}");
        Assert.Equal("aws cloudformation detect-stack-drift --stack-name dev, then again (the doctor starts nothing itself)", finding.Fix);
    }

    [Fact]
    public void What_AWS_does_not_tell_is_a_finding()
    {
        Assert.Equal(
            ["CannotTell quotas: Lambda's quotas cannot be read: AccessDenied", "CannotTell stack: CloudFormation cannot be asked: AccessDenied"],
            Of(new CloudFact("dev") { AccountTrouble = "AccessDenied", StackTrouble = "AccessDenied" }));
        Assert.Equal(["CannotTell stack: CloudFormation knows no stack 'dev' in this account and region"], Of(HealthyFacts.Cloud() with { Sight = null }));
    }

    [Theory]
    [InlineData(400, null)]
    [InlineData(399, "Problem: gitlab.example: 399 of 2000 requests a minute are left until 12:00:20Z")]
    public void A_rate_limit_that_others_use_up_is_told(long remaining, string? told)
    {
        GitLabRate rate = HealthyFacts.Host().Self!.Rate! with { Remaining = remaining };
        Assert.Equal(told is null ? [] : [told], QuotaDiagnosis.Host(HealthyFacts.Host() with { Self = HealthyFacts.Host().Self! with { Rate = rate } }).Select(f => $"{f.Severity}: {f.What}"));
    }

    [Fact]
    public void A_GitLab_without_limits_is_noted_and_used_up_minutes_are_told()
    {
        Assert.Equal([Severity.Note], QuotaDiagnosis.Host(HealthyFacts.Host() with { Self = HealthyFacts.Host().Self! with { Rate = null } }).Select(f => f.Severity));
        Assert.Equal(
            ["gitlab.example/cki/pipelines: GitLab failed 3 of the newest jobs for want of compute minutes (build, test)"],
            QuotaDiagnosis.Project(HealthyFacts.Project() with { OutOfMinutes = ["build", "test", "build"] }).Select(f => f.What));
    }

    [Fact]
    public void A_queue_near_the_limit_of_SQS_and_one_whose_age_is_not_known_are_told()
    {
        string[] Said(QueueDepth queue) => [.. WorkDiagnosis.Of(HealthyFacts.Work() with { Queues = [queue] }, "--stack dev", A.Noon).Select(f => $"{f.Severity} {f.Check}: {f.What}")];
        Assert.Equal(["Problem quotas: herd: 100001 messages are in flight; SQS gives out no more than 120,000"], Said(new QueueDepth("herd", 0, 0, 100_001, null)));
        Assert.Equal(
            ["CannotTell queues: herd: 2 message(s) wait and nobody takes them; since when cannot be told: AccessDenied"],
            Said(new QueueDepth("herd", 2, 0, 0, null) { AgeTrouble = "AccessDenied" }));
        Assert.Empty(Said(new QueueDepth("herd", 2, 0, 1, null)));
    }
}
