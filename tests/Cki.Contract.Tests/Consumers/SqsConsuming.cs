using System.Text;
using Amazon.SQS.Model;
using Cki.Adapters;
using Cki.Contract.Tests.Ports;
using Xunit;

namespace Cki.Contract.Tests.Consumers;

/// <summary>Another team's SQS queue, by moto.</summary>
[Collection(OnMoto.Name)]
public sealed class SqsConsuming(Moto moto) : IDisposable
{
    private static readonly DateTimeOffset s_noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private readonly AwsSession _session = moto.Server.Session();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _session.Dispose();

    private static OutgoingDelivery Delivery(byte[] body) =>
        new("d-1", "gitlab", "gitlab.com.cki-project.kernel-ark.push", s_noon, new Dictionary<string, string>(), body) { IsAgain = true };

    private SqsConsumer Adapter(string queue) => new(new ConsumerConfig.Sqs("team", ["#"], new Uri(queue)), _session);

    [Fact]
    public async Task A_delivery_arrives_as_it_came_with_its_routing_key()
    {
        string queue = (await _session.Sqs.CreateQueueAsync("another-team", Stop)).QueueUrl;
        string body = "{\"x\":\"ä 😀\"}";

        Assert.Equal(new ChannelOutcome.Sent("d-1"), await Adapter(queue).SendAsync(Delivery(Encoding.UTF8.GetBytes(body)), Stop));

        Message message = Assert.Single((await _session.Sqs.ReceiveMessageAsync(new ReceiveMessageRequest { QueueUrl = queue, MessageAttributeNames = ["All"] }, Stop)).Messages);
        Assert.Equal(body, message.Body);
        Assert.Equal(
            ["delivery=d-1", "duplicate=true", "message-type=gitlab", "received-at=2026-11-22T12:00:00.000Z", "routing-key=gitlab.com.cki-project.kernel-ark.push"],
            message.MessageAttributes.Select(a => $"{a.Key}={a.Value.StringValue}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_queue_that_is_not_there_may_be_made_yet()
    {
        string queue = $"{moto.Server.Address}123456789012/not-there";
        string why = Assert.IsType<ChannelOutcome.Unavailable>(await Adapter(queue).SendAsync(Delivery("{}"u8.ToArray()), Stop)).Reason;
        Assert.StartsWith($"consumer team at {queue}: ", why);
    }

    [Fact]
    public async Task What_no_SQS_message_can_be_is_refused_for_good()
    {
        string queue = (await _session.Sqs.CreateQueueAsync("another-team-2", Stop)).QueueUrl;
        foreach (byte[] body in new byte[][] { [], [0xff, 0xfe], new byte[SqsConsumer.BodyBytesMax + 1] })
            Assert.True(Assert.IsType<ChannelOutcome.Refused>(await Adapter(queue).SendAsync(Delivery(body), Stop)).Permanent);
    }
}
