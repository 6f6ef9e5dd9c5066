namespace Cki.Engine;

/// <summary>
/// Queues on the engine's database: <see cref="IMessageQueue"/> for stages, receiving for the dispatcher, dead letters for operators.
/// Sends are refused like SQS would: unknown queue, body over 256 KiB, more than 10 attributes, a delay over 15 minutes.
/// </summary>
public sealed class EngineQueues : IMessageQueue
{
    private readonly EngineWriter writer;
    private readonly TimeProvider clock;
    private readonly QueueTable table;
    private readonly QueueReadings readings;
    private readonly HashSet<string> names;

    /// <param name="queues">Names that may be sent to; each also has its dead-letter queue.</param>
    public EngineQueues(EngineDatabase database, EngineWriter writer, TimeProvider clock, IEnumerable<string> queues)
    {
        this.writer = writer;
        this.clock = clock;
        table = new QueueTable(database);
        readings = new QueueReadings(database);
        names = [.. queues];
    }

    internal QueueTable Table => table;

    /// <summary>Where messages of a queue go after too many receives: <c>herd-dead</c>.</summary>
    public static string DeadQueueOf(string queue) => queue + "-dead";

    /// <summary>Whether stages and flows may send there.</summary>
    public bool Knows(string queue) => names.Contains(queue);

    /// <remarks>Throws <see cref="ArgumentException"/> for a message that no retry makes sendable.</remarks>
    public async Task SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Refusal(message) is { } refusal)
            throw new ArgumentException($"Cannot send to {message.Queue}: {refusal}", nameof(message));
        await GuardedAsync(message.Queue, () => writer.WriteAsync(now => table.Send(message, now)));
    }

    /// <summary>Sends unless the message's group still has one in the queue, held or not. Returns whether it was sent.</summary>
    public Task<bool> SendIfNoneAsync(OutgoingMessage message)
    {
        if (Refusal(message) is { } refusal)
            throw new ArgumentException($"Cannot send to {message.Queue}: {refusal}", nameof(message));
        return GuardedAsync(message.Queue, () => writer.WriteAsync(now =>
        {
            if (table.Any(message.Queue, message.Group))
                return false;
            table.Send(message, now);
            return true;
        }));
    }

    /// <summary>Takes up to <paramref name="most"/> ready messages, group by group in turn, hiding them for <paramref name="visibility"/>.</summary>
    public Task<IReadOnlyList<Reception>> ReceiveAsync(string queue, int most, TimeSpan visibility, int receivesMax = 10) =>
        GuardedAsync(queue, () => writer.WriteAsync(now => table.Receive(queue, most, visibility, receivesMax, now), WriteOrigin.Engine));

    /// <summary>False where the receipt had expired and another took the message.</summary>
    public Task<bool> DeleteAsync(Reception reception) =>
        HeldAsync(reception, (id, _) => table.Delete(id, reception.Receipt));

    /// <inheritdoc cref="QueueTable.ChangeVisibility"/>
    public Task<bool> ChangeVisibilityAsync(Reception reception, TimeSpan visibility) =>
        HeldAsync(reception, (id, now) => table.ChangeVisibility(id, reception.Receipt, visibility, now));

    /// <inheritdoc cref="QueueTable.GiveBack"/>
    public Task<bool> GiveBackAsync(Reception reception, TimeSpan pause) =>
        HeldAsync(reception, (id, now) => table.GiveBack(id, reception.Receipt, pause, now));

    /// <summary>Drops one message that nobody holds, for example a dead letter.</summary>
    public Task<bool> DropAsync(string queue, string id) =>
        GuardedAsync(queue, () => writer.WriteAsync(now => table.Drop(Number(id), queue, now)));

    /// <summary>Moves one message that nobody holds, keeping body, group, attributes and first-sent time; its receive count starts anew.</summary>
    public Task<bool> MoveAsync(string from, string id, string to)
    {
        if (!Knows(to))
            throw new ArgumentException($"Cannot move message {id} of {from}: there is no queue {to}", nameof(to));
        return GuardedAsync(from, () => writer.WriteAsync(now => table.Move(Number(id), from, to, now)));
    }

    /// <summary>Messages by id, strictly after <paramref name="afterId"/>; nothing is taken.</summary>
    public IReadOnlyList<ReceivedMessage> List(string queue, string? afterId = null, int most = 100) =>
        readings.List(queue, afterId is null ? 0 : Number(afterId), most);

    public ReceivedMessage? Peek(string queue, string id) => readings.Peek(queue, Number(id));

    /// <summary>Every queue that holds something, by name.</summary>
    public IReadOnlyList<QueueStanding> Standings() => readings.Standings(clock.GetUtcNow());

    internal DateTimeOffset? NextDue(string queue) => readings.NextDue(queue);

    /// <summary>Why a message can never be sent; null when it can.</summary>
    internal string? Refusal(OutgoingMessage message) =>
        Knows(message.Queue) ? MessageBounds.Refusal(message) : "there is no such queue";

    private static long Number(string id) => long.TryParse(id, out long number) ? number : -1;

    private Task<bool> HeldAsync(Reception reception, Func<long, DateTimeOffset, bool> change) =>
        GuardedAsync(reception.Message.Queue, () => writer.WriteAsync(now => change(Number(reception.Message.Id), now), WriteOrigin.Engine));

    private static async Task<T> GuardedAsync<T>(string queue, Func<Task<T>> write)
    {
        try
        {
            return await write();
        }
        catch (EngineUnavailableException e)
        {
            throw new QueueUnavailableException($"Queue {queue}: {e.Message}", e);
        }
    }
}
