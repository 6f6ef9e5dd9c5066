using System.Text.Json.Nodes;
using Cki.Adapters;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.AwsRooms;

public sealed class QueueSending
{
    private static readonly OutgoingMessage s_message = new("herd", """{"id":"1"}""", "gitlab.com/cki/kernel");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_carries_group_delay_in_whole_seconds_and_attributes()
    {
        await using StandIn aws = await StandIn.StartAsync(Taken);
        await Queue(aws).SendAsync(
            s_message with { Delay = TimeSpan.FromMilliseconds(1001), Attributes = new Dictionary<string, string> { ["hop"] = "2" } }, Stop);
        Asked asked = Assert.Single(aws.Asked);
        Assert.Equal("AmazonSQS.SendMessage", asked.Target);
        Assert.Equal(
            """{"DelaySeconds":2,"MessageAttributes":{"hop":{"DataType":"String","StringValue":"2"}},"MessageBody":"{\"id\":\"1\"}","MessageGroupId":"gitlab.com/cki/kernel","QueueUrl":"https://sqs.example/1/herd"}""",
            Sorted(asked.Body));
    }

    [Theory]
    [InlineData(500, "InternalError")]
    [InlineData(503, "ServiceUnavailable")]
    [InlineData(400, "ThrottlingException")]
    [InlineData(null, "")]
    public async Task A_send_that_failed_for_now_is_repeated(int? status, string error)
    {
        await using StandIn aws = await StandIn.StartAsync(new Told(status, Error(error)), Taken);
        await Queue(aws).SendAsync(s_message, Stop);
        Assert.Equal(2, aws.Asked.Count);
    }

    [Fact]
    public async Task After_three_tries_the_queue_is_unavailable_and_says_why()
    {
        await using StandIn aws = await StandIn.StartAsync(new Told(500, Error("InternalError")));
        var refused = await Assert.ThrowsAsync<QueueUnavailableException>(() => Queue(aws).SendAsync(s_message, Stop));
        Assert.Equal("Queue herd: 500 InternalError: not today", refused.Message);
        Assert.Equal(3, aws.Asked.Count);
    }

    [Fact]
    public async Task A_refusal_is_not_repeated()
    {
        await using StandIn aws = await StandIn.StartAsync(new Told(403, Error("AccessDenied")));
        var refused = await Assert.ThrowsAsync<QueueUnavailableException>(() => Queue(aws).SendAsync(s_message, Stop));
        Assert.Equal("Queue herd: 403 AccessDenied: not today", refused.Message);
        Assert.Single(aws.Asked);
    }

    [Fact]
    public async Task A_silent_queue_is_given_up_under_the_given_clock()
    {
        await using StandIn aws = await StandIn.StartAsync(new Told(0));
        var clock = new FakeTimeProvider();
        Task sending = Queue(aws, clock).SendAsync(s_message, Stop);
        for (int seconds = 0; !sending.IsCompleted; seconds++)
        {
            await Task.WhenAny(sending, Task.Delay(20, Stop));
            clock.Advance(TimeSpan.FromSeconds(1));
        }
        var refused = await Assert.ThrowsAsync<QueueUnavailableException>(() => sending);
        Assert.Equal("Queue herd: no answer within 5 s", refused.Message);
        Assert.InRange(aws.Asked.Count, 1, 3);
    }

    [Fact]
    public async Task A_callers_impatience_is_its_own()
    {
        await using StandIn aws = await StandIn.StartAsync(new Told(0));
        using var impatient = new CancellationTokenSource();
        Task sending = Queue(aws).SendAsync(s_message, impatient.Token);
        while (aws.Asked.Count == 0 && !sending.IsCompleted)
            await Task.Delay(10, Stop);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Single(aws.Asked);
    }

    [Fact]
    public async Task What_can_never_be_sent_never_leaves()
    {
        await using StandIn aws = await StandIn.StartAsync(Taken);
        var refused = await Assert.ThrowsAsync<ArgumentException>(
            () => Queue(aws).SendAsync(s_message with { Body = new string('x', MessageBounds.BodyBytesMax + 1) }, Stop));
        Assert.StartsWith("Cannot send to herd: a body of 262145 bytes is over 262144", refused.Message);
        Assert.Empty(aws.Asked);
    }

    [Fact]
    public void Groups_that_SQS_takes_travel_as_they_are() =>
        Assert.Equal("gitlab.com/cki-project/kernel_ark", SqsQueue.GroupId("gitlab.com/cki-project/kernel_ark"));

    [Fact]
    public void Other_groups_keep_what_is_readable_and_stay_apart()
    {
        string spaced = SqsQueue.GroupId("a tree"), joined = SqsQueue.GroupId("atree "), lengthy = SqsQueue.GroupId(new string('x', 129));
        Assert.Matches("^atree-[0-9a-f]{16}$", spaced);
        Assert.Matches("^atree-[0-9a-f]{16}$", joined);
        Assert.NotEqual(spaced, joined);
        Assert.Equal(spaced, SqsQueue.GroupId("a tree"));
        Assert.Equal(117, lengthy.Length);
    }

    private static Told Taken => new(200, """{"MessageId":"m"}""");

    private static string Error(string type) => $$"""{"__type":"com.amazonaws.sqs#{{type}}","message":"not today"}""";

    private static SqsQueue Queue(StandIn aws, TimeProvider? clock = null) => new(aws.Session(clock), name => $"https://sqs.example/1/{name}");

    private static string Sorted(string json) =>
        new JsonObject(JsonNode.Parse(json)!.AsObject().OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())))
            .ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
