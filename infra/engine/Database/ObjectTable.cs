using System.Diagnostics;

namespace Cki.Engine;

/// <summary>Objects with compare-and-swap. Versions come from one counter, so an object deleted and made again is never "unchanged".</summary>
internal sealed class ObjectTable(EngineDatabase database)
{
    public PutOutcome Put(string key, byte[] body, PutCondition condition)
    {
        long version = database.NextNumber();
        Statements sql = database.Writes;
        int rows = condition switch
        {
            PutCondition.Always => sql.Run(
                "INSERT INTO object(key, version, body) VALUES ($1, $2, $3) ON CONFLICT(key) DO UPDATE SET version = $2, body = $3",
                key, version, body),
            PutCondition.IfAbsent => sql.Run(
                "INSERT INTO object(key, version, body) VALUES ($1, $2, $3) ON CONFLICT(key) DO NOTHING", key, version, body),
            // A version that is not one of ours names no object that was ever here.
            PutCondition.IfUnchanged unchanged => long.TryParse(unchanged.Version, out long read)
                ? sql.Run("UPDATE object SET version = $2, body = $3 WHERE key = $1 AND version = $4", key, version, body, read)
                : 0,
            _ => throw new UnreachableException(),
        };
        return rows == 1 ? new PutOutcome.Stored(version.ToString()) : new PutOutcome.Lost();
    }

    public bool Delete(string key) => database.Writes.Run("DELETE FROM object WHERE key = $1", key) == 1;

    public StoredObject? Get(string key) =>
        database.Read(sql => sql.One(
            "SELECT body, version FROM object WHERE key = $1",
            row => new StoredObject(key, row.GetFieldValue<byte[]>(0), row.GetInt64(1).ToString()), key));

    /// <summary>In the order of the keys' UTF-8 bytes, as S3 lists them.</summary>
    public IReadOnlyList<string> List(string prefix, string? after, int most)
    {
        // The highest code point ends the range of all keys that start with the prefix.
        string end = prefix + "\U0010FFFF";
        return after is null || string.CompareOrdinal(after, prefix) < 0
            ? database.Read(sql => sql.All(
                "SELECT key FROM object WHERE key >= $1 AND key < $2 ORDER BY key LIMIT $3", row => row.GetString(0), prefix, end, most))
            : database.Read(sql => sql.All(
                "SELECT key FROM object WHERE key > $1 AND key < $2 ORDER BY key LIMIT $3", row => row.GetString(0), after, end, most));
    }
}
