using System.Text.Json.Nodes;
using Amazon.S3.Model;
using Amazon.SQS.Model;
using Cki.Adapters;
using Cki.Contract.Tests.Ports;
using Xunit;

namespace Cki.Contract.Tests.Consumers;

/// <summary>Checks of buckets and queues, by moto.</summary>
[Collection(OnMoto.Name)]
public sealed class AwsChecking(Moto moto) : IDisposable
{
    private readonly AwsSession _session = moto.Server.Session();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _session.Dispose();

    private Task<CheckSight> SeeAsync(CheckTarget target, QueueSight? own = null) =>
        CheckProbes.OnAws(_ => moto.Server.Session(), (_, _) => Task.FromResult(own ?? new QueueSight(0, null)))[target.Kind](new CheckConfig("x", target), null, Stop);

    [Fact]
    public async Task A_bucket_is_counted_over_its_pages()
    {
        await _session.S3.PutBucketAsync(new PutBucketRequest { BucketName = "checked", BucketRegionName = _session.Region }, Stop);
        for (int n = 0; n < 1003; n++)
            await _session.S3.PutObjectAsync(new PutObjectRequest { BucketName = "checked", Key = $"kernels/{n:0000}", ContentBody = "12345" }, Stop);
        await _session.S3.PutObjectAsync(new PutObjectRequest { BucketName = "checked", Key = "other", ContentBody = "1" }, Stop);
        var all = new CheckTarget.S3("checked", "", null, null, null);
        Assert.Equal((CheckStatus.Up, "1004 objects, 5016 bytes", 5016.0), Seen(await SeeAsync(all)));
        Assert.Equal((CheckStatus.Up, "1003 objects, 5015 bytes", 5015.0), Seen(await SeeAsync(all with { Prefix = "kernels/", BytesMost = 5015, ObjectsMost = 1003 })));
        Assert.Equal((CheckStatus.Degraded, "1004 objects, 5016 bytes, more than it should hold", 5016.0), Seen(await SeeAsync(all with { ObjectsMost = 1003 })));
        CheckSight gone = await SeeAsync(all with { Bucket = "no-such-bucket-here" });
        Assert.Equal(CheckStatus.Down, gone.Status);
        Assert.StartsWith("404 NoSuchBucket: ", gone.Said);
    }

    [Fact]
    public async Task A_queue_is_counted_and_one_that_is_not_there_is_down()
    {
        string queue = (await _session.Sqs.CreateQueueAsync("checked-queue", Stop)).QueueUrl;
        for (int n = 0; n < 3; n++)
            await _session.Sqs.SendMessageAsync(new SendMessageRequest(queue, "x"), Stop);
        var target = new CheckTarget.Sqs(null, new Uri(queue), 3, null);
        Assert.Equal((CheckStatus.Up, "3 messages wait", 3.0), Seen(await SeeAsync(target)));
        Assert.Equal((CheckStatus.Degraded, "3 messages wait, more than it should be", 3.0), Seen(await SeeAsync(target with { DepthMost = 2 })));
        Assert.Equal(CheckStatus.Down, (await SeeAsync(target with { QueueUrl = new Uri(queue + "-gone") })).Status);
    }

    [Fact]
    public async Task An_own_queue_is_asked_of_its_engine() =>
        Assert.Equal(
            (CheckStatus.Degraded, "7 messages wait, the oldest for 2 h 0 min, more than it should be", 7.0),
            Seen(await SeeAsync(new CheckTarget.Sqs("herd", null, null, TimeSpan.FromHours(1)), new QueueSight(7, TimeSpan.FromHours(2)))));

    /// <summary>By CloudWatch's JSON protocol; moto takes numbers by it and gives them back.</summary>
    [Fact]
    public async Task CloudWatch_tells_how_long_the_oldest_message_waits()
    {
        var cloudWatch = new SignedJson(_session, JsonService.CloudWatch);
        JsonObject Number(string metric, double value) => new()
        {
            ["MetricName"] = metric, ["Value"] = value, ["Timestamp"] = TimeProvider.System.GetUtcNow().AddMinutes(-2).ToUnixTimeSeconds(),
            ["Dimensions"] = new JsonArray(new JsonObject { ["Name"] = "QueueName", ["Value"] = "counted" }),
        };
        Assert.IsType<JsonAnswer.Good>(await cloudWatch.CallAsync("PutMetricData", new JsonObject
        {
            ["Namespace"] = "AWS/SQS",
            ["MetricData"] = new JsonArray(Number("ApproximateNumberOfMessagesVisible", 12), Number("ApproximateAgeOfOldestMessage", 600)),
        }, Stop));
        Assert.Equal(new QueueSight(12, TimeSpan.FromMinutes(10)), await new QueueNumbers(_session).ReadAsync("counted", Stop));
        Assert.Equal(new QueueSight(0, null), await new QueueNumbers(_session).ReadAsync("idle", Stop));
    }

    private static (CheckStatus, string, double?) Seen(CheckSight sight) => (sight.Status, sight.Said, sight.Value);
}
