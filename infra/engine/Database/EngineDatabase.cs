using Microsoft.Data.Sqlite;

namespace Cki.Engine;

/// <summary>How hard the database holds on to what it was told.</summary>
public enum Durability
{
    /// <summary>WAL with <c>synchronous=FULL</c>: every commit is on the disk before it is acknowledged. The default.</summary>
    Full,

    /// <summary>Simulation: <c>synchronous=OFF</c>, one connection, exclusive. A crash of the machine may lose it; a simulated one does not.</summary>
    Simulated,
}

/// <summary>What SQLite says it is doing, read back from it. synchronous: 0 OFF, 1 NORMAL, 2 FULL.</summary>
public sealed record EnginePragmas(string JournalMode, int Synchronous);

/// <summary>
/// The engine's one file, synchronous: no await happens inside a transaction. Writes happen on one connection and only from an
/// <see cref="EngineWriter"/>; reads use a second connection and see what is committed.
/// </summary>
public sealed class EngineDatabase : IDisposable
{
    private readonly SqliteConnection writing;
    private readonly SqliteConnection? reading;
    private readonly Lock readLock = new();
    private readonly Lock writeLock;
    private readonly Statements readStatements;
    private readonly string path;

    private EngineDatabase(string path, SqliteConnection writing, SqliteConnection? reading)
    {
        this.path = path;
        this.writing = writing;
        this.reading = reading;
        // With one connection for both, a read must not look into an open transaction.
        writeLock = reading is null ? readLock : new Lock();
        Writes = new Statements(writing);
        readStatements = reading is null ? Writes : new Statements(reading);
    }

    internal Statements Writes { get; }

    /// <summary>Names of queues (and <see cref="Bell.Flows"/>) that got something to do in the open transaction.</summary>
    internal SortedSet<string> Touched { get; } = new(StringComparer.Ordinal);

    /// <param name="path">The file; created where absent. <c>:memory:</c> is possible with <see cref="Durability.Simulated"/> only.</param>
    /// <param name="durability">Default <see cref="Durability.Full"/>.</param>
    /// <remarks>Throws <see cref="EngineUnavailableException"/> naming the file where it cannot be opened or is of another version.</remarks>
    public static EngineDatabase Open(string path, Durability durability = Durability.Full)
    {
        SqliteConnection? writer = null;
        SqliteConnection? reader = null;
        try
        {
            writer = Connect(path, durability);
            EnsureSchema(writer, path);
            reader = durability == Durability.Full ? Connect(path, durability) : null;
            return new EngineDatabase(path, writer, reader);
        }
        catch (Exception e) when (e is SqliteException or EngineUnavailableException)
        {
            reader?.Dispose();
            writer?.Dispose();
            throw new EngineUnavailableException($"Cannot open the engine's database {path}: {(e is SqliteException refusal ? Words(refusal, path) : e.Message)}", e);
        }
    }

    public EnginePragmas Pragmas => Read(statements => new EnginePragmas(
        statements.Text("PRAGMA journal_mode")!, (int)statements.Number("PRAGMA synchronous")!.Value));

    /// <summary>Runs SQLite's own check of the file; "ok" when it finds nothing.</summary>
    public string QuickCheck() => Read(statements => statements.Text("PRAGMA quick_check(1)")!);

    /// <summary>Lets the file grow to so many pages of 4 KiB and no further: a disk that is full.</summary>
    internal void Limit(long pages) => Writes.Number($"PRAGMA max_page_count={pages}");

    /// <summary>Reads what is committed. Throws <see cref="EngineUnavailableException"/> when the file cannot be read.</summary>
    internal T Read<T>(Func<Statements, T> read)
    {
        try
        {
            lock (readLock)
                return read(readStatements);
        }
        catch (SqliteException e)
        {
            throw new EngineUnavailableException($"Cannot read the engine's database: {e.Message}", e);
        }
    }

    /// <summary>One number for versions and receipts alike: it never repeats, so nothing deleted and made again looks unchanged.</summary>
    internal long NextNumber() =>
        Writes.Number("UPDATE counter SET value = value + 1 WHERE name = 'version' RETURNING value")!.Value;

    /// <summary>Runs <paramref name="work"/> and commits it; a <see cref="SqliteException"/> undoes all of it and is thrown on.</summary>
    internal void InTransaction(Action work)
    {
        using Lock.Scope only = writeLock.EnterScope();
        Touched.Clear();
        Writes.Run("BEGIN IMMEDIATE");
        try
        {
            work();
            Writes.Run("COMMIT");
        }
        catch (SqliteException)
        {
            Rollback();
            throw;
        }
    }

    /// <summary>What SQLite refused with, for an operator: a full disk is his to mend.</summary>
    internal string Words(SqliteException refusal) => Words(refusal, path);

    internal void Mark() => Writes.Run("SAVEPOINT one_write");

    internal void Keep() => Writes.Run("RELEASE one_write");

    internal void Undo()
    {
        Writes.Run("ROLLBACK TO one_write");
        Writes.Run("RELEASE one_write");
    }

    private static string Words(SqliteException refusal, string path) => refusal.SqliteErrorCode == SQLitePCL.raw.SQLITE_FULL
        ? $"the disk that holds {Path.GetDirectoryName(Path.GetFullPath(path))} is full. Make room there: work goes on by itself, and nothing that was accepted is lost ({refusal.Message})"
        : refusal.Message;

    private void Rollback()
    {
        // SQLite may have rolled back by itself, for example on a full disk.
        if (SQLitePCL.raw.sqlite3_get_autocommit(writing.Handle) == 0)
            Writes.Run("ROLLBACK");
    }

    public void Dispose()
    {
        Writes.Dispose();
        readStatements.Dispose();
        reading?.Dispose();
        writing.Dispose();
    }

    private static SqliteConnection Connect(string path, Durability durability)
    {
        // Pooling would keep the file open, and its pragmas with it, after Dispose.
        var settings = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false };
        var connection = new SqliteConnection(settings.ConnectionString);
        connection.Open();
        Set(connection, durability == Durability.Full
            ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            : "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF;");
        return connection;
    }

    private static void EnsureSchema(SqliteConnection connection, string path)
    {
        using var statements = new Statements(connection);
        long version = statements.Number("PRAGMA user_version") ?? 0;
        if (version == EngineSchema.Version)
            return;
        if (version != 0 || statements.Number("SELECT count(*) FROM sqlite_master") != 0)
            throw new EngineUnavailableException(
                $"it is not an engine database of version {EngineSchema.Version} (its version is {version})");
        Set(connection, $"BEGIN IMMEDIATE; {EngineSchema.Create} PRAGMA user_version={EngineSchema.Version}; COMMIT;");
    }

    private static void Set(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
