using System.Text;
using Cki.Adapters;
using Xunit;

namespace Cki.Tests.AwsRooms;

public sealed class StoreCalling
{
    /// <summary>MD5 of "text": the SDK compares.</summary>
    private const string ETag = "\"1cb251ec0d568de6a929b520c4aed8d1\"";
    private static readonly PutCondition s_absent = new PutCondition.IfAbsent();
    private static readonly PutCondition s_unchanged = new PutCondition.IfUnchanged(ETag);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Conditions_travel_as_headers_and_the_version_is_the_ETag()
    {
        await using StandIn aws = await StandIn.StartAsync(new Told(200, "", ETag));
        Assert.Equal(new PutOutcome.Stored(ETag), await PutAsync(aws, s_absent));
        await PutAsync(aws, s_unchanged);
        await PutAsync(aws, new PutCondition.Always());
        Assert.Equal(["/state/runs/a"], aws.Asked.Select(a => a.Path).Distinct());
        Assert.Equal(["*", "", ""], aws.Asked.Select(a => a.Headers.GetValueOrDefault("If-None-Match", "")));
        Assert.Equal(["", ETag, ""], aws.Asked.Select(a => a.Headers.GetValueOrDefault("If-Match", "")));
        Assert.All(aws.Asked, a => Assert.Equal("body", a.Body));
    }

    [Theory]
    [InlineData(412, "PreconditionFailed")]
    [InlineData(409, "ConditionalRequestConflict")]
    public async Task A_refused_condition_is_lost_and_not_repeated(int status, string code)
    {
        await using StandIn aws = await StandIn.StartAsync(new Told(status, Error(code)));
        Assert.Equal(new PutOutcome.Lost(), await PutAsync(aws, s_absent));
        Assert.Equal(new PutOutcome.Lost(), await PutAsync(aws, s_unchanged));
        Assert.Equal(2, aws.Asked.Count);
    }

    [Fact]
    public async Task What_was_deleted_is_not_unchanged()
    {
        await using StandIn aws = await StandIn.StartAsync(new Told(404, Error("NoSuchKey")));
        Assert.Equal(new PutOutcome.Lost(), await PutAsync(aws, s_unchanged));
        Assert.Equal("Object runs/a: 404 NoSuchKey: not today", await WhyAsync(() => PutAsync(aws, s_absent)));
    }

    [Theory]
    [InlineData(500, "InternalError")]
    [InlineData(503, "SlowDown")]
    [InlineData(null, "")]
    public async Task A_conditional_write_is_tried_once(int? status, string code)
    {
        await using StandIn aws = await StandIn.StartAsync(new Told(status, Error(code)));
        await WhyAsync(() => PutAsync(aws, s_absent));
        Assert.Single(aws.Asked);
    }

    [Fact]
    public async Task A_conditional_write_is_not_repeated_on_a_connection_that_was_used_before()
    {
        // HTTP handlers repeat requests on pooled connections that turn out to be closed: never one whose body has begun.
        await using StandIn aws = await StandIn.StartAsync(new Told(200, "", ETag), new Told(null));
        var store = Store(aws);
        await store.PutAsync("runs/a", Encoding.UTF8.GetBytes("body"), s_absent, Stop);
        await WhyAsync(() => store.PutAsync("runs/a", Encoding.UTF8.GetBytes("body"), s_absent, Stop));
        Assert.Equal(2, aws.Asked.Count);
    }

    [Fact]
    public async Task A_plain_write_is_repeated_only_after_an_answer()
    {
        await using StandIn aws = await StandIn.StartAsync(new Told(503, Error("SlowDown")), new Told(200, "", ETag), new Told(null));
        Assert.Equal(new PutOutcome.Stored(ETag), await PutAsync(aws, new PutCondition.Always()));
        await WhyAsync(() => PutAsync(aws, new PutCondition.Always()));
        Assert.Equal(3, aws.Asked.Count);
    }

    [Fact]
    public async Task A_read_is_repeated_after_trouble()
    {
        await using StandIn aws = await StandIn.StartAsync(new Told(503, Error("SlowDown")), new Told(null), new Told(200, "text", ETag));
        StoredObject? found = await Store(aws).GetAsync("runs/a", Stop);
        Assert.Equal(("text", ETag), (Encoding.UTF8.GetString(found!.Body.Span), found.Version));
    }

    [Fact]
    public async Task Only_a_missing_key_reads_as_nothing()
    {
        await using StandIn aws = await StandIn.StartAsync(
            new Told(404, Error("NoSuchKey")), new Told(404, Error("NoSuchBucket")), new Told(403, Error("AccessDenied")));
        Assert.Null(await Store(aws).GetAsync("runs/a", Stop));
        Assert.Equal("Object runs/a: 404 NoSuchBucket: not today", await WhyAsync(() => Store(aws).GetAsync("runs/a", Stop)));
        Assert.Equal("Object runs/a: 403 AccessDenied: not today", await WhyAsync(() => Store(aws).GetAsync("runs/a", Stop)));
    }

    [Fact]
    public async Task A_short_page_is_not_the_end_of_a_list()
    {
        await using StandIn aws = await StandIn.StartAsync(Page(["due/1", "due/2"], next: "token"), Page([], next: "token2"), Page(["due/3"]));
        Assert.Equal(["due/1", "due/2", "due/3"], await Store(aws).ListAsync("due/", "due/0", 10, Stop));
        Assert.Contains("start-after=due%2F0", aws.Asked[0].Path);
        Assert.Contains("max-keys=10", aws.Asked[0].Path);
        Assert.Contains("continuation-token=token2", aws.Asked[2].Path);
    }

    private static Told Page(string[] keys, string? next = null) => new(200, $"""
        <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>state</Name><IsTruncated>{(next is null ? "false" : "true")}</IsTruncated>{string.Concat(keys.Select(k => $"<Contents><Key>{k}</Key></Contents>"))}{(next is null ? "" : $"<NextContinuationToken>{next}</NextContinuationToken>")}</ListBucketResult>
        """);

    private static string Error(string code) => $"<Error><Code>{code}</Code><Message>not today</Message></Error>";

    private static S3Store Store(StandIn aws) => new(aws.Session(), new StoreBuckets(() => "state", () => "archive"));

    private static Task<PutOutcome> PutAsync(StandIn aws, PutCondition condition) =>
        Store(aws).PutAsync("runs/a", Encoding.UTF8.GetBytes("body"), condition, Stop);

    private static async Task<string> WhyAsync(Func<Task> use) => (await Assert.ThrowsAsync<StoreUnavailableException>(use)).Message;
}
