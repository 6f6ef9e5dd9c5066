using Microsoft.Data.Sqlite;

namespace Cki.Engine;

/// <summary>A message in somebody's hands. The receipt is good until the message is received again, deleted or given back.</summary>
public sealed record Reception(ReceivedMessage Message, long Receipt);

/// <summary>
/// Messages and their lanes (one per group). Every method runs inside the writer's transaction. The ready lane with the lowest
/// <c>served</c> comes next; a new lane starts at the lowest of the ready ones, so that it waits for nobody's backlog and nobody waits for its.
/// </summary>
internal sealed class QueueTable(EngineDatabase database)
{
    /// <summary>Dead letters moved by one receive; a longer row of them is continued by the next.</summary>
    private const int DeadPerReceiveMax = 128;

    private readonly Statements sql = database.Writes;

    /// <summary>Returns the message's id.</summary>
    public long Send(OutgoingMessage message, DateTimeOffset now)
    {
        long sent = now.ToUnixTimeMilliseconds();
        long due = sent + (long)Math.Ceiling(message.Delay.TotalMilliseconds);
        long id = sql.Number(
            """
            INSERT INTO message(queue, grp, due, receives, sent, body, attributes) VALUES ($1, $2, $3, 0, $4, $5, $6) RETURNING id
            """,
            message.Queue, message.Group, due, sent, message.Body, EngineJson.Attributes(message.Attributes))!.Value;
        Join(message.Queue, message.Group, due, sent);
        return id;
    }

    public bool Any(string queue, string group) =>
        sql.Number("SELECT 1 FROM lane WHERE queue = $1 AND grp = $2", queue, group) is not null;

    /// <summary>Up to <paramref name="most"/> ready messages, hidden from others for <paramref name="visibility"/>. Messages already received
    /// <paramref name="receivesMax"/> times become dead letters instead.</summary>
    public IReadOnlyList<Reception> Receive(string queue, int most, TimeSpan visibility, int receivesMax, DateTimeOffset now)
    {
        var received = new List<Reception>();
        long at = now.ToUnixTimeMilliseconds();
        int dead = 0;
        while (received.Count < most && dead < DeadPerReceiveMax && NextLane(queue, at) is { } lane)
        {
            (long id, int receives) = sql.One(
                "SELECT id, receives FROM message WHERE queue = $1 AND grp = $2 AND due <= $3 ORDER BY due, id LIMIT 1",
                row => (row.GetInt64(0), row.GetInt32(1)), queue, lane.Group, at);
            if (receives >= receivesMax)
            {
                Bury(id, queue, lane.Group, at);
                dead++;
                continue;
            }
            received.Add(Take(id, at + (long)visibility.TotalMilliseconds));
            Settle(queue, lane.Group, lane.ServedNext);
        }
        return received;
    }

    /// <summary>False where the receipt is no longer good: another receiver has the message, and this one's delete means nothing.</summary>
    public bool Delete(long id, long receipt)
    {
        (string Queue, string Group)? lane = sql.One(
            "DELETE FROM message WHERE id = $1 AND receipt = $2 RETURNING queue, grp", Lane, id, receipt);
        return Settle(lane);
    }

    /// <summary>Hides a held message for <paramref name="visibility"/> from now; the receipt stays good.</summary>
    public bool ChangeVisibility(long id, long receipt, TimeSpan visibility, DateTimeOffset now) =>
        Settle(sql.One(
            "UPDATE message SET due = $3 WHERE id = $1 AND receipt = $2 RETURNING queue, grp",
            Lane, id, receipt, (now + visibility).ToUnixTimeMilliseconds()));

    /// <summary>Gives a held message back; it is ready again after <paramref name="pause"/>.</summary>
    public bool GiveBack(long id, long receipt, TimeSpan pause, DateTimeOffset now) =>
        Settle(sql.One(
            "UPDATE message SET due = $3, receipt = NULL WHERE id = $1 AND receipt = $2 RETURNING queue, grp",
            Lane, id, receipt, (now + pause).ToUnixTimeMilliseconds()));

    /// <summary>Everything held becomes ready at once: for the only process of a file, when it starts after its predecessor's death.</summary>
    public int ReleaseAll(DateTimeOffset now)
    {
        long at = now.ToUnixTimeMilliseconds();
        List<(string Queue, string Group)?> lanes = sql.All(
            "UPDATE message SET due = min(due, $1), receipt = NULL WHERE receipt IS NOT NULL RETURNING queue, grp", Lane, at);
        foreach ((string Queue, string Group)? lane in lanes.Distinct().OrderBy(lane => lane))
            Settle(lane);
        return lanes.Count;
    }

    /// <summary>Moves a message that nobody holds to another queue, ready at once, with its receives forgotten and all else kept.</summary>
    public bool Move(long id, string from, string to, DateTimeOffset now)
    {
        long at = now.ToUnixTimeMilliseconds();
        string? group = sql.Text(
            "UPDATE message SET queue = $3, due = $4, receives = 0, receipt = NULL WHERE id = $1 AND queue = $2 AND (receipt IS NULL OR due <= $4) RETURNING grp",
            id, from, to, at);
        if (group is null)
            return false;
        Settle(from, group);
        Join(to, group, at, at);
        return true;
    }

    /// <summary>Drops a message that nobody holds.</summary>
    public bool Drop(long id, string queue, DateTimeOffset now) =>
        Settle(sql.One(
            "DELETE FROM message WHERE id = $1 AND queue = $2 AND (receipt IS NULL OR due <= $3) RETURNING queue, grp",
            Lane, id, queue, now.ToUnixTimeMilliseconds()));

    internal static ReceivedMessage Message(SqliteDataReader row) =>
        new(row.GetInt64(0).ToString(), row.GetString(1), row.GetString(3), row.GetString(2), row.GetInt32(4),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)))
        {
            Attributes = EngineJson.Attributes(row.GetString(6)),
        };

    private static (string, string)? Lane(SqliteDataReader row) => (row.GetString(0), row.GetString(1));

    /// <summary>The next lane, and what its <c>served</c> becomes: never below the others that are ready, however long it was away.</summary>
    private (string Group, long ServedNext)? NextLane(string queue, long at)
    {
        List<(string Group, long Served)> ready = sql.All(
            "SELECT grp, served FROM lane WHERE queue = $1 AND due <= $2 ORDER BY served, due, grp LIMIT 2",
            row => (row.GetString(0), row.GetInt64(1)), queue, at);
        if (ready.Count == 0)
            return null;
        long next = ready[0].Served + 1;
        return (ready[0].Group, ready.Count == 2 ? Math.Max(next, ready[1].Served) : next);
    }

    private Reception Take(long id, long hiddenUntil)
    {
        long receipt = database.NextNumber();
        ReceivedMessage message = sql.One(
            """
            UPDATE message SET due = $2, receives = receives + 1, receipt = $3 WHERE id = $1
            RETURNING id, queue, grp, body, receives, sent, attributes
            """,
            Message, id, hiddenUntil, receipt)!;
        return new Reception(message, receipt);
    }

    private void Bury(long id, string queue, string group, long at)
    {
        string dead = EngineQueues.DeadQueueOf(queue);
        sql.Run("UPDATE message SET queue = $2, due = $3, receipt = NULL WHERE id = $1", id, dead, at);
        Settle(queue, group);
        Join(dead, group, at, at);
    }

    /// <summary>A message arrived in a lane.</summary>
    private void Join(string queue, string group, long due, long at)
    {
        sql.Run(
            """
            INSERT INTO lane(queue, grp, due, served)
            VALUES ($1, $2, $3, coalesce((SELECT served FROM lane WHERE queue = $1 AND due <= $4 ORDER BY served LIMIT 1), 0))
            ON CONFLICT(queue, grp) DO UPDATE SET due = min(due, excluded.due)
            """,
            queue, group, due, at);
        database.Touched.Add(queue);
    }

    private bool Settle((string Queue, string Group)? lane)
    {
        if (lane is not { } changed)
            return false;
        Settle(changed.Queue, changed.Group);
        database.Touched.Add(changed.Queue);
        return true;
    }

    /// <summary>A lane is due with its first message; an idle one is dropped.</summary>
    private void Settle(string queue, string group, long? served = null)
    {
        long? due = sql.Number("SELECT due FROM message WHERE queue = $1 AND grp = $2 ORDER BY due LIMIT 1", queue, group);
        if (due is null)
            sql.Run("DELETE FROM lane WHERE queue = $1 AND grp = $2", queue, group);
        else
            sql.Run("UPDATE lane SET due = $3, served = coalesce($4, served) WHERE queue = $1 AND grp = $2", queue, group, due, served);
    }
}
