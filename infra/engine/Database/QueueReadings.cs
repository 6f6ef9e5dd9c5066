namespace Cki.Engine;

/// <summary>How a queue stands. In flight: held by a receiver. Delayed: sent with delay, or given back with a pause.</summary>
/// <param name="OldestSent">When the oldest message was first sent; null where the queue is empty.</param>
public sealed record QueueStanding(string Queue, long Ready, long Delayed, long InFlight, DateTimeOffset? OldestSent);

/// <summary>Looking at queues without taking anything from them.</summary>
internal sealed class QueueReadings(EngineDatabase database)
{
    private const string Columns = "id, queue, grp, body, receives, sent, attributes";

    /// <summary>All queues that hold something, by name.</summary>
    public IReadOnlyList<QueueStanding> Standings(DateTimeOffset now) =>
        database.Read(sql => sql.All(
            """
            SELECT queue, sum(due <= $1), sum(due > $1 AND receipt IS NULL), sum(due > $1 AND receipt IS NOT NULL), min(sent)
            FROM message GROUP BY queue ORDER BY queue
            """,
            row => new QueueStanding(
                row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4))),
            now.ToUnixTimeMilliseconds()));

    /// <summary>Messages of a queue by id, after <paramref name="afterId"/>.</summary>
    public IReadOnlyList<ReceivedMessage> List(string queue, long afterId, int most) =>
        database.Read(sql => sql.All(
            $"SELECT {Columns} FROM message WHERE queue = $1 AND id > $2 ORDER BY id LIMIT $3", QueueTable.Message, queue, afterId, most));

    public ReceivedMessage? Peek(string queue, long id) =>
        database.Read(sql => sql.One($"SELECT {Columns} FROM message WHERE queue = $1 AND id = $2", QueueTable.Message, queue, id));

    /// <summary>When the next message of a queue is or was due; null where it is empty.</summary>
    public DateTimeOffset? NextDue(string queue) =>
        database.Read(sql => sql.Number("SELECT min(due) FROM lane WHERE queue = $1", queue)) is { } due
            ? DateTimeOffset.FromUnixTimeMilliseconds(due)
            : null;
}
