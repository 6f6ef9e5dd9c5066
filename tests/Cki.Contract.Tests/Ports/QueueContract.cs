using Amazon.Runtime;
using Amazon.SQS.Model;
using Cki.Adapters;
using Cki.Engine;
using Cki.Peers;
using Xunit;

namespace Cki.Contract.Tests.Ports;

/// <summary>A message in a receiver's hands.</summary>
/// <param name="Delete">It is done.</param>
/// <param name="Release">Others may have it at once.</param>
public sealed record Taken(ReceivedMessage Message, Func<Task> Delete, Func<Task> Release);

/// <summary>What every queue promises.</summary>
public abstract class QueueContract
{
    private static readonly OutgoingMessage s_message = new("herd", """{"id":"1"}""", "gitlab.com/cki/kernel");

    protected abstract IMessageQueue Queue { get; }

    /// <summary>What is ready now, at most ten.</summary>
    protected abstract Task<IReadOnlyList<Taken>> ReceiveAsync();

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_arrives_with_all_that_was_sent()
    {
        var attributes = new Dictionary<string, string> { ["hop"] = "2", ["due"] = "due/202611221930/run/\"1\"" };
        DateTimeOffset before = DateTimeOffset.UtcNow;
        await Queue.SendAsync(s_message with { Body = "{\"x\":\"ä 😀\\u0000\"}", Attributes = attributes }, Stop);
        ReceivedMessage received = (await OneAsync()).Message;
        Assert.Equal(
            ("herd", "{\"x\":\"ä 😀\\u0000\"}", "gitlab.com/cki/kernel", 1), (received.Queue, received.Body, received.Group, received.ReceiveCount));
        Assert.Equal(attributes, received.Attributes);
        Assert.InRange(received.FirstSent, before.AddSeconds(-1), DateTimeOffset.UtcNow.AddSeconds(1));
    }

    [Fact]
    public async Task A_message_is_with_one_receiver_until_it_is_released_and_then_counts_again()
    {
        await Queue.SendAsync(s_message, Stop);
        Taken first = await OneAsync();
        Assert.Empty(await ReceiveAsync());
        await first.Release();
        Taken second = await OneAsync();
        Assert.Equal((first.Message.Id, 1), (second.Message.Id, first.Message.ReceiveCount));
        // local-aws-sqs counts the look that found nothing as well.
        Assert.InRange(second.Message.ReceiveCount, 2, 3);
        await second.Delete();
        Assert.Empty(await ReceiveAsync());
    }

    [Fact]
    public async Task A_delayed_message_waits_at_least_its_delay()
    {
        long sent = TimeProvider.System.GetTimestamp();
        await Queue.SendAsync(s_message with { Delay = TimeSpan.FromSeconds(1.2) }, Stop);
        Assert.Empty(await ReceiveAsync());
        await OneAsync();
        Assert.InRange(TimeProvider.System.GetElapsedTime(sent), TimeSpan.FromSeconds(1.1), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Everything_sent_at_once_arrives()
    {
        string[] bodies = [.. Enumerable.Range(0, 40).Select(n => $$"""{"n":{{n}}}""")];
        await Task.WhenAll(bodies.Select((body, n) => Queue.SendAsync(new OutgoingMessage("herd", body, $"tree {n % 3}"), Stop)));
        var arrived = new SortedSet<string>(StringComparer.Ordinal);
        while (arrived.Count < bodies.Length)
        {
            Taken next = await OneAsync();
            arrived.Add(next.Message.Body);
            await next.Delete();
        }
        Assert.Equal(bodies.Order(StringComparer.Ordinal), arrived);
        Assert.Empty(await ReceiveAsync());
    }

    [Fact]
    public async Task The_largest_body_passes()
    {
        string body = new('x', MessageBounds.BodyBytesMax - 2);
        await Queue.SendAsync(s_message with { Body = $"\"{body}\"" }, Stop);
        Assert.Equal(MessageBounds.BodyBytesMax, (await OneAsync()).Message.Body.Length);
    }

    [Fact]
    public async Task What_can_never_be_sent_is_refused_with_its_reason()
    {
        Assert.Equal("Cannot send to herd: a message group is required", await RefusalAsync(s_message with { Group = "" }));
        Assert.Equal(
            "Cannot send to herd: a body of 262145 bytes is over 262144", await RefusalAsync(s_message with { Body = new string('x', MessageBounds.BodyBytesMax + 1) }));
        Assert.Equal(
            "Cannot send to herd: a delay of 00:15:01 is not within 0 to 00:15:00", await RefusalAsync(s_message with { Delay = TimeSpan.FromSeconds(901) }));
        Assert.Equal(
            "Cannot send to herd: 11 attributes are more than 10",
            await RefusalAsync(s_message with { Attributes = Enumerable.Range(0, 11).ToDictionary(n => "a" + n, _ => "x") }));
        Assert.Empty(await ReceiveAsync());
    }

    private async Task<string> RefusalAsync(OutgoingMessage message) =>
        (await Assert.ThrowsAsync<ArgumentException>(() => Queue.SendAsync(message, Stop))).Message.Replace(" (Parameter 'message')", "");

    private readonly Queue<Taken> ready = new();

    /// <summary>The next one, at most 20 s from now.</summary>
    private async Task<Taken> OneAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (ready.Count == 0)
        {
            foreach (Taken taken in await ReceiveAsync())
                ready.Enqueue(taken);
            if (ready.Count == 0)
                await Task.Delay(50, limit.Token);
        }
        return ready.Dequeue();
    }
}

public sealed class QueueOnEngine : QueueContract, IDisposable
{
    private readonly EngineOnFile file = new();

    protected override IMessageQueue Queue => file.Engine.Queues;

    protected override async Task<IReadOnlyList<Taken>> ReceiveAsync() =>
    [
        .. (await file.Engine.Queues.ReceiveAsync("herd", 10, TimeSpan.FromMinutes(5))).Select(held => new Taken(
            held.Message, () => file.Engine.Queues.DeleteAsync(held), () => file.Engine.Queues.ChangeVisibilityAsync(held, TimeSpan.Zero))),
    ];

    public void Dispose() => file.Dispose();
}

/// <summary>Receiving is Lambda's on AWS; here it is done with the bare SDK.</summary>
public abstract class QueueOnSqs : QueueContract, IAsyncLifetime
{
    private readonly AwsSession session;
    private string url = "";

    private protected QueueOnSqs(PeerProcess peer) => session = peer.Session();

    protected override IMessageQueue Queue => new SqsQueue(session, _ => url);

    public async ValueTask InitializeAsync() =>
        url = (await session.Sqs.CreateQueueAsync(
            new CreateQueueRequest { QueueName = $"herd-{Guid.NewGuid():n}", Attributes = new() { ["VisibilityTimeout"] = "300" } }, Stop)).QueueUrl;

    public ValueTask DisposeAsync()
    {
        session.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_queue_that_is_not_there_is_unavailable() =>
        await Assert.ThrowsAsync<QueueUnavailableException>(() =>
            new SqsQueue(session, _ => url + "-not").SendAsync(new OutgoingMessage("herd", "{}", "g"), Stop));

    protected override async Task<IReadOnlyList<Taken>> ReceiveAsync()
    {
        var request = new ReceiveMessageRequest
        {
            QueueUrl = url, MaxNumberOfMessages = 10, MessageAttributeNames = ["All"], MessageSystemAttributeNames = ["All"],
#pragma warning disable CS0618 // local-aws-sqs knows only the older name.
            AttributeNames = ["All"],
#pragma warning restore CS0618
        };
        try
        {
            return [.. ((await session.Sqs.ReceiveMessageAsync(request, Stop)).Messages ?? []).Select(Read)];
        }
        catch (AmazonUnmarshallingException)
        {
            // local-aws-sqs says "nothing" with an empty body, SQS with {}.
            return [];
        }
    }

    private Taken Read(Message held) => new(
        new ReceivedMessage(
            held.MessageId, "herd", held.Body, held.Attributes["MessageGroupId"], int.Parse(held.Attributes["ApproximateReceiveCount"]),
            DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(held.Attributes["SentTimestamp"])))
        {
            Attributes = (held.MessageAttributes ?? []).ToDictionary(a => a.Key, a => a.Value.StringValue),
        },
        () => session.Sqs.DeleteMessageAsync(url, held.ReceiptHandle, Stop),
        () => session.Sqs.ChangeMessageVisibilityAsync(url, held.ReceiptHandle, 0, Stop));
}

[Collection(OnMoto.Name)]
public sealed class QueueOnMoto(Moto moto) : QueueOnSqs(moto.Server);

public sealed class QueueOnLocalSqs(LocalSqs peer) : QueueOnSqs(peer.Server), IClassFixture<LocalSqs>;
