using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Cki.Engine;

/// <summary>Executions, their histories and the definitions they run by.</summary>
internal sealed class ExecutionTable(EngineDatabase database)
{
    private const string Columns =
        "id, flow, name, machine_sha, status, state, state_input, seq, retried, phase, phase_due, token, entered, started, deadline, input, output, error, cause, stopped";

    private readonly Statements sql = database.Writes;

    public void KeepMachine(string sha256, string definition) =>
        sql.Run("INSERT INTO machine(sha256, definition) VALUES ($1, $2) ON CONFLICT DO NOTHING", sha256, definition);

    public string? Machine(string sha256) => sql.Text("SELECT definition FROM machine WHERE sha256 = $1", sha256);

    public Execution? Find(string flow, string name) =>
        sql.One($"SELECT {Columns} FROM execution WHERE flow = $1 AND name = $2", Read, flow, name);

    public Execution? Find(long id) => sql.One($"SELECT {Columns} FROM execution WHERE id = $1", Read, id);

    public Execution? FindByToken(string token) => sql.One($"SELECT {Columns} FROM execution WHERE token = $1", Read, token);

    /// <summary>Running executions to which something happens by itself now, the longest due first.</summary>
    public IReadOnlyList<Execution> Due(DateTimeOffset now, int most) =>
        sql.All($"SELECT {Columns} FROM execution WHERE due <= $1 ORDER BY due, id LIMIT $2", Read, now.ToUnixTimeMilliseconds(), most);

    public Execution Insert(Execution execution)
    {
        long id = sql.Number(
            """
            INSERT INTO execution(flow, name, machine_sha, status, state, state_input, seq, retried, phase, entered, started, deadline, input)
            VALUES ($1, $2, $3, $4, '', 'null', 0, '[]', '', $5, $5, $6, $7) RETURNING id
            """,
            execution.Flow, execution.Name, execution.MachineSha, execution.Status.ToString(),
            execution.Started.ToUnixTimeMilliseconds(), execution.Deadline?.ToUnixTimeMilliseconds(), execution.Input)!.Value;
        return execution with { Id = id };
    }

    public void Save(Stepped stepped)
    {
        Execution execution = stepped.Execution;
        sql.Run(
            """
            UPDATE execution SET status = $2, state = $3, state_input = $4, seq = $5, retried = $6, phase = $7, phase_due = $8, due = $9,
                token = $10, entered = $11, output = $12, error = $13, cause = $14, stopped = $15 WHERE id = $1
            """,
            execution.Id, execution.Status.ToString(), execution.State, execution.StateInput, execution.Seq,
            JsonSerializer.Serialize([.. execution.Retried], EngineJson.Default.Int32Array), execution.Phase.GetType().Name,
            Up(execution.Phase.Due), Up(execution.Due), execution.Token, execution.Entered.ToUnixTimeMilliseconds(),
            execution.Output, execution.Error, execution.Cause, execution.Stopped?.ToUnixTimeMilliseconds());
        long n = sql.Number("SELECT max(n) FROM transition WHERE execution = $1", execution.Id) ?? 0;
        foreach (FlowTransition transition in stepped.Transitions)
        {
            sql.Run(
                "INSERT INTO transition(execution, n, kind, state, at, detail) VALUES ($1, $2, $3, $4, $5, $6)",
                execution.Id, ++n, transition.Kind.ToString(), transition.State, transition.At.ToUnixTimeMilliseconds(), transition.Detail);
        }
        database.Touched.Add(Bell.Flows);
    }

    /// <summary>Forgets up to <paramref name="most"/> executions that ended before <paramref name="before"/>.</summary>
    public void Forget(DateTimeOffset before, int most)
    {
        List<long> old = sql.All(
            "SELECT id FROM execution WHERE stopped < $1 ORDER BY stopped LIMIT $2", row => row.GetInt64(0), before.ToUnixTimeMilliseconds(), most);
        foreach (long id in old)
        {
            sql.Run("DELETE FROM transition WHERE execution = $1", id);
            sql.Run("DELETE FROM execution WHERE id = $1", id);
        }
    }

    public DateTimeOffset? NextDue() =>
        database.Read(read => read.Number("SELECT min(due) FROM execution WHERE due IS NOT NULL")) is { } due
            ? DateTimeOffset.FromUnixTimeMilliseconds(due)
            : null;

    public Execution? Look(string flow, string name) =>
        database.Read(read => read.One($"SELECT {Columns} FROM execution WHERE flow = $1 AND name = $2", Read, flow, name));

    public IReadOnlyList<FlowTransition> History(string flow, string name) =>
        database.Read(read => read.All(
            """
            SELECT kind, state, at, detail FROM transition
            WHERE execution = (SELECT id FROM execution WHERE flow = $1 AND name = $2) ORDER BY n
            """,
            row => new FlowTransition(
                Enum.Parse<FlowTransitionKind>(row.GetString(0)), row.GetString(1), Time(row, 2)!.Value, Text(row, 3)),
            flow, name));

    /// <summary>Executions by id, newest first.</summary>
    public IReadOnlyList<FlowExecution> Newest(string flow, FlowStatus? status, int most) =>
        database.Read(read => read.All(
            $"SELECT {Columns} FROM execution WHERE flow = $1 AND coalesce($2, status) = status ORDER BY id DESC LIMIT $3",
            row => Read(row).Described, flow, status?.ToString(), most));

    private static Execution Read(SqliteDataReader row) => new()
    {
        Id = row.GetInt64(0),
        Flow = row.GetString(1),
        Name = row.GetString(2),
        MachineSha = row.GetString(3),
        Status = Enum.Parse<FlowStatus>(row.GetString(4)),
        State = row.GetString(5),
        StateInput = row.GetString(6),
        Seq = row.GetInt32(7),
        Retried = [.. JsonSerializer.Deserialize(row.GetString(8), EngineJson.Default.Int32Array)!],
        Phase = ReadPhase(row.GetString(9), Time(row, 10)),
        Token = Text(row, 11),
        Entered = Time(row, 12)!.Value,
        Started = Time(row, 13)!.Value,
        Deadline = Time(row, 14),
        Input = row.GetString(15),
        Output = Text(row, 16),
        Error = Text(row, 17),
        Cause = Text(row, 18),
        Stopped = Time(row, 19),
    };

    private static Phase ReadPhase(string name, DateTimeOffset? due) => name switch
    {
        nameof(Phase.OnAnswer) => new Phase.OnAnswer(due),
        nameof(Phase.OnRetry) => new Phase.OnRetry(due!.Value),
        nameof(Phase.OnClock) => new Phase.OnClock(due!.Value),
        _ => new Phase.Ended(),
    };

    /// <summary>Rounded up: what is due must never be looked at a fraction of a millisecond early, again and again.</summary>
    private static long? Up(DateTimeOffset? time) =>
        time is null ? null : (time.Value - DateTimeOffset.UnixEpoch).Ticks is var ticks && ticks % TimeSpan.TicksPerMillisecond == 0
            ? ticks / TimeSpan.TicksPerMillisecond
            : (ticks / TimeSpan.TicksPerMillisecond) + 1;

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? Time(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));
}
