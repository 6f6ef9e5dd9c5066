using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Cki.Benchmarks;

/// <summary>What the disk and SQLite can do at best for one writer: a 10 KB row a commit, WAL, synchronous=FULL.</summary>
internal static class RawCommits
{
    public static double PerSecond(string directory, int bytes, TimeSpan length)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(directory, "raw.db")};Pooling=False");
        connection.Open();
        Execute(connection, "PRAGMA journal_mode=WAL");
        Execute(connection, "PRAGMA synchronous=FULL");
        Execute(connection, "CREATE TABLE raw(id INTEGER PRIMARY KEY, body BLOB) STRICT");
        using SqliteCommand insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO raw(body) VALUES ($body)";
        insert.Parameters.AddWithValue("$body", new byte[bytes]);
        long count = 0;
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < length)
        {
            using SqliteTransaction transaction = connection.BeginTransaction();
            insert.Transaction = transaction;
            insert.ExecuteNonQuery();
            transaction.Commit();
            count++;
        }
        return count / watch.Elapsed.TotalSeconds;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
