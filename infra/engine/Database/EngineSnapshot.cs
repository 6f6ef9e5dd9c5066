using Microsoft.Data.Sqlite;

namespace Cki.Engine;

/// <summary>What a database holds.</summary>
/// <param name="Flows">Executions that have not ended.</param>
public sealed record EngineContents(long Objects, long Messages, long Flows);

/// <summary>Copies of a database, whole and of one moment, while others write to it.</summary>
public static class EngineSnapshot
{
    /// <summary>
    /// Writes one to <paramref name="copy"/>, which must not exist; it is on the disk when this returns. Everything acknowledged before the call is in it.
    /// Throws <see cref="EngineUnavailableException"/> naming the file.
    /// </summary>
    public static void Take(string path, string copy)
    {
        try
        {
            using SqliteConnection from = Open(path, SqliteOpenMode.ReadWrite);
            using (SqliteCommand vacuum = from.CreateCommand())
            {
                // One read transaction: a copy of one moment, without the pages that deleted rows left behind.
                vacuum.CommandText = "VACUUM INTO $1";
                vacuum.CommandTimeout = 0;
                vacuum.Parameters.Add(new SqliteParameter("$1", copy));
                vacuum.ExecuteNonQuery();
            }
            using var written = new FileStream(copy, FileMode.Open, FileAccess.ReadWrite);
            written.Flush(flushToDisk: true);
        }
        catch (SqliteException e)
        {
            throw new EngineUnavailableException($"Cannot copy the engine's database {path} to {copy}: {e.Message}", e);
        }
    }

    /// <summary>Reads the whole file. Throws <see cref="EngineUnavailableException"/> where it is damaged, no engine database, or one of another version.</summary>
    public static EngineContents Check(string path)
    {
        try
        {
            using SqliteConnection file = Open(path, SqliteOpenMode.ReadOnly);
            using var statements = new Statements(file);
            long version = statements.Number("PRAGMA user_version") ?? 0;
            if (version != EngineSchema.Version)
                throw new EngineUnavailableException($"{path} is not an engine database of version {EngineSchema.Version} (its version is {version})");
            if (statements.Text("PRAGMA integrity_check(1)") is var said && said != "ok")
                throw new EngineUnavailableException($"{path} is damaged: {said}");
            return new EngineContents(
                statements.Number("SELECT count(*) FROM object")!.Value,
                statements.Number("SELECT count(*) FROM message")!.Value,
                statements.Number("SELECT count(*) FROM execution WHERE stopped IS NULL")!.Value);
        }
        catch (SqliteException e)
        {
            throw new EngineUnavailableException($"Cannot read {path} as an engine's database: {e.Message}", e);
        }
    }

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, Mode = mode }.ConnectionString);
        connection.Open();
        return connection;
    }
}
