using Cki.Adapters;
using Cki.Tests.Doubles;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.AwsRooms;

/// <summary>What the doctor asks AWS, against answers as AWS documents them.</summary>
public sealed class StackLooking
{
    private const string Settings = """
        {"AccountLimit":{"TotalCodeSize":80530636800,"CodeSizeUnzipped":262144000,"CodeSizeZipped":52428800,"ConcurrentExecutions":1000,"UnreservedConcurrentExecutions":850},"AccountUsage":{"TotalCodeSize":94873321,"FunctionCount":9}}
        """;

    private const string Stacks = """
        <DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>
          <StackName>dev</StackName><StackStatus>UPDATE_ROLLBACK_COMPLETE</StackStatus><StackStatusReason>HerdQueue failed</StackStatusReason>
          <Parameters><member><ParameterKey>Release</ParameterKey><ParameterValue>1</ParameterValue></member></Parameters>
          <DriftInformation><StackDriftStatus>DRIFTED</StackDriftStatus><LastCheckTimestamp>2026-11-20T08:09:10.123Z</LastCheckTimestamp></DriftInformation>
        </member></Stacks></DescribeStacksResult><ResponseMetadata><RequestId>b9b4b068</RequestId></ResponseMetadata></DescribeStacksResponse>
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_accounts_settings_are_asked_for_by_a_signed_GET()
    {
        await using StandIn aws = await StandIn.StartAsync(new Told(200, Settings));
        Assert.Equal(new LambdaAccount(1000, 850, 94_873_321, 80_530_636_800), await LambdaAccount.ReadAsync(aws.Session(new FakeTimeProvider(A.Noon)), Stop));
        Asked asked = Assert.Single(aws.Asked);
        Assert.Equal(("GET", "/2016-08-19/account-settings/", ""), (asked.Method, asked.Path, asked.Body));
        Assert.StartsWith(
            $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{A.Noon:yyyyMMdd}/eu-central-1/lambda/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=",
            asked.Headers["Authorization"]);
    }

    [Theory]
    [InlineData(403, """{"Message":"User: arn:aws:iam::1:user/jane is not authorized"}""", "GetAccountSettings: 403 User: arn:aws:iam::1:user/jane is not authorized")]
    [InlineData(200, "<html>", "GetAccountSettings: the answer names no limits")]
    [InlineData(404, "", "GetAccountSettings: 404")]
    public async Task Settings_that_are_refused_or_none_are_trouble(int status, string body, string told)
    {
        await using StandIn aws = await StandIn.StartAsync(new Told(status, body));
        Assert.Equal(told, (await Assert.ThrowsAsync<AwsUnavailableException>(() => LambdaAccount.ReadAsync(aws.Session(), Stop))).Message);
    }

    [Fact]
    public async Task A_stack_is_described_by_a_posted_form()
    {
        await using StandIn aws = await StandIn.StartAsync(new Told(200, Stacks));
        StackSight? sight = await new StackSights(aws.Session()).FindAsync("dev", Stop);
        Assert.Equal(new StackSight("UPDATE_ROLLBACK_COMPLETE", "HerdQueue failed", "DRIFTED", new DateTimeOffset(2026, 11, 20, 8, 9, 10, 123, TimeSpan.Zero)), sight);
        Assert.Equal("Action=DescribeStacks&Version=2010-05-15&StackName=dev", Assert.Single(aws.Asked).Body);
    }

    [Fact]
    public async Task A_stack_that_is_not_there_is_null_and_one_that_may_not_be_seen_is_trouble()
    {
        await using StandIn aws = await StandIn.StartAsync(
            new Told(400, "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id dev does not exist</Message></Error></ErrorResponse>"),
            new Told(403, "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized</Message></Error></ErrorResponse>"),
            new Told(200, "no XML"));
        var sights = new StackSights(aws.Session());
        Assert.Null(await sights.FindAsync("dev", Stop));
        Assert.Equal("DescribeStacks: 403 AccessDenied: not authorized", (await Assert.ThrowsAsync<AwsUnavailableException>(() => sights.FindAsync("dev", Stop))).Message);
        Assert.Equal("DescribeStacks: 200 no XML", (await Assert.ThrowsAsync<AwsUnavailableException>(() => sights.FindAsync("dev", Stop))).Message);
    }

    [Fact]
    public async Task What_drifted_is_read_page_by_page_and_never_its_values()
    {
        await using StandIn aws = await StandIn.StartAsync(
            Drifts("<NextToken>more</NextToken>", "WatchQueue", "DELETED"), Drifts("", "HerdQueue", "MODIFIED", "/VisibilityTimeout", "/RedrivePolicy/maxReceiveCount"));
        IReadOnlyList<DriftedResource> drifted = await new StackSights(aws.Session()).DriftedAsync("dev", Stop);
        Assert.Equal(
            ["HerdQueue AWS::SQS::Queue MODIFIED /RedrivePolicy/maxReceiveCount /VisibilityTimeout", "WatchQueue AWS::SQS::Queue DELETED "],
            drifted.Select(d => $"{d.Id} {d.Type} {d.Status} {string.Join(' ', d.Paths)}"));
        Assert.Equal(
            [
                "Action=DescribeStackResourceDrifts&Version=2010-05-15&StackName=dev&StackResourceDriftStatusFilters.member.1=MODIFIED&StackResourceDriftStatusFilters.member.2=DELETED",
                "Action=DescribeStackResourceDrifts&Version=2010-05-15&StackName=dev&StackResourceDriftStatusFilters.member.1=MODIFIED&StackResourceDriftStatusFilters.member.2=DELETED&NextToken=more",
            ],
            aws.Asked.Select(a => a.Body));
    }

    [Fact]
    public async Task Throttling_is_repeated_and_then_trouble()
    {
        await using StandIn aws = await StandIn.StartAsync(new Told(400, "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>"), new Told(200, Stacks));
        Assert.NotNull(await new StackSights(aws.Session()).FindAsync("dev", Stop));
        Assert.Equal(2, aws.Asked.Count);
    }

    private static Told Drifts(string next, string id, string status, params string[] paths) => new(200, $"""
        <DescribeStackResourceDriftsResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStackResourceDriftsResult><StackResourceDrifts><member>
          <LogicalResourceId>{id}</LogicalResourceId><PhysicalResourceId>https://sqs/{id}</PhysicalResourceId><ResourceType>AWS::SQS::Queue</ResourceType>
          <StackResourceDriftStatus>{status}</StackResourceDriftStatus>
          <PropertyDifferences>{string.Concat(paths.Select(p => $"<member><PropertyPath>{p}</PropertyPath><ExpectedValue>10</ExpectedValue><ActualValue>3</ActualValue><DifferenceType>NOT_EQUAL</DifferenceType></member>"))}</PropertyDifferences>
        </member></StackResourceDrifts>{next}</DescribeStackResourceDriftsResult></DescribeStackResourceDriftsResponse>
        """);
}
