using Microsoft.Data.Sqlite;

namespace Cki.Engine;

/// <summary>Prepared statements of one connection, by their text. Parameters are <c>$1</c>, <c>$2</c>, ... in the order given.</summary>
internal sealed class Statements(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> commands = [];

    /// <summary>Rows changed.</summary>
    public int Run(string sql, params ReadOnlySpan<object?> values) => Bound(sql, values).ExecuteNonQuery();

    /// <summary>The first row, or default where there is none.</summary>
    public T? One<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        using SqliteDataReader reader = Bound(sql, values).ExecuteReader();
        return reader.Read() ? read(reader) : default;
    }

    public List<T> All<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        var rows = new List<T>();
        using SqliteDataReader reader = Bound(sql, values).ExecuteReader();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>The first column of the first row as a number; null where there is no row or it is NULL.</summary>
    public long? Number(string sql, params ReadOnlySpan<object?> values) =>
        One(sql, static row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0), values);

    public string? Text(string sql, params ReadOnlySpan<object?> values) =>
        One(sql, static row => row.IsDBNull(0) ? null : row.GetString(0), values);

    public void Dispose()
    {
        foreach (SqliteCommand command in commands.Values)
            command.Dispose();
        commands.Clear();
    }

    private SqliteCommand Bound(string sql, ReadOnlySpan<object?> values)
    {
        if (!commands.TryGetValue(sql, out SqliteCommand? command))
            commands[sql] = command = Prepared(sql, values.Length);
        for (int i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }

    private SqliteCommand Prepared(string sql, int parameters)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        for (int i = 1; i <= parameters; i++)
            command.Parameters.Add(new SqliteParameter { ParameterName = "$" + i });
        return command;
    }
}
