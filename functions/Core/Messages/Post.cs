namespace Cki;

/// <summary>Wraps messages of one stage into envelopes and sends them.</summary>
/// <param name="source">CloudEvents source of the stage, e.g. <c>/cki/commit-detection</c>.</param>
public sealed class Post(IMessageQueue queue, Dice dice, TimeProvider clock, string source)
{
    /// <summary>Longest delay a queue takes (SQS).</summary>
    public static readonly TimeSpan DelayMax = TimeSpan.FromMinutes(15);

    /// <summary>Name of the attribute that carries the key of the due marker that watches over this work.</summary>
    public const string DueAttribute = "due";

    /// <summary>Name of the attribute that counts how often a message was put off (<em>later</em>), at most 8.</summary>
    public const string HopAttribute = "hop";

    /// <summary>The envelope's JSON text, for due markers and for sending.</summary>
    public string Envelope<T>(T message)
        where T : class, IStageMessage<T> =>
        (CloudEvent.Of(message, dice.Id("post.event-id"), source, clock.GetUtcNow()) with { CorrelationId = Trail.Current?.Correlation }).ToJson();

    /// <param name="due">Key of the due marker that watches over this work; null for none.</param>
    public Task SendAsync<T>(T message, CancellationToken cancellationToken, string? due = null)
        where T : class, IStageMessage<T> =>
        queue.SendAsync(
            new OutgoingMessage(T.QueueName, Envelope(message), message.GetGroup())
            {
                Attributes = due is null ? OutgoingMessage.NoAttributes : new Dictionary<string, string> { [DueAttribute] = due },
            },
            cancellationToken);

    /// <summary>A marker that will send <paramref name="message"/> at <paramref name="at"/> unless its work is done before.</summary>
    public DueMarker Marker<T>(string kind, string id, DateTimeOffset at, T message)
        where T : class, IStageMessage<T> =>
        new(kind, id, at, T.QueueName, message.GetGroup(), Envelope(message));

    /// <summary><em>Later</em>: the same body again after a delay. False when it was put off <paramref name="hopsMax"/> times already.</summary>
    public async Task<bool> LaterAsync(ReceivedMessage message, TimeSpan delay, CancellationToken cancellationToken, int hopsMax = 8)
    {
        int hops = message.Attributes.TryGetValue(HopAttribute, out string? text) && int.TryParse(text, out int n) ? n : 0;
        if (hops >= hopsMax)
            return false;
        var attributes = new Dictionary<string, string>(message.Attributes) { [HopAttribute] = (hops + 1).ToString() };
        await queue.SendAsync(
            new OutgoingMessage(message.Queue, message.Body, message.Group) { Delay = delay < DelayMax ? delay : DelayMax, Attributes = attributes },
            cancellationToken);
        SuiteMetrics.MessageDelayed.Add(1, new KeyValuePair<string, object?>("queue", message.Queue));
        return true;
    }
}
