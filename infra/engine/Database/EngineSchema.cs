namespace Cki.Engine;

/// <summary>The engine's tables. Times are unix milliseconds (UTC).</summary>
internal static class EngineSchema
{
    /// <summary>Kept in PRAGMA user_version; a file of another version is refused, never guessed at.</summary>
    public const int Version = 1;

    public const string Create = """
        CREATE TABLE counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO counter(name, value) VALUES ('version', 0);

        -- due is delay and visibility at once; receipt is set while somebody holds the message.
        CREATE TABLE message(
            id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, grp TEXT NOT NULL, due INTEGER NOT NULL,
            receives INTEGER NOT NULL, receipt INTEGER, sent INTEGER NOT NULL, body TEXT NOT NULL, attributes TEXT NOT NULL) STRICT;
        CREATE INDEX message_lane ON message(queue, grp, due, id);

        -- One row per group that has messages; the ready lane with the lowest served comes next.
        CREATE TABLE lane(
            queue TEXT NOT NULL, grp TEXT NOT NULL, served INTEGER NOT NULL, due INTEGER NOT NULL,
            PRIMARY KEY(queue, grp)) STRICT, WITHOUT ROWID;
        CREATE INDEX lane_served ON lane(queue, served, due, grp);

        CREATE TABLE object(id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, body BLOB NOT NULL) STRICT;

        -- A running execution keeps its definition, as on AWS.
        CREATE TABLE machine(sha256 TEXT PRIMARY KEY, definition TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE execution(
            id INTEGER PRIMARY KEY AUTOINCREMENT, flow TEXT NOT NULL, name TEXT NOT NULL, machine_sha TEXT NOT NULL, status TEXT NOT NULL,
            state TEXT NOT NULL, state_input TEXT NOT NULL, seq INTEGER NOT NULL, retried TEXT NOT NULL, phase TEXT NOT NULL,
            phase_due INTEGER, due INTEGER, token TEXT UNIQUE, entered INTEGER NOT NULL, started INTEGER NOT NULL, deadline INTEGER,
            input TEXT NOT NULL, output TEXT, error TEXT, cause TEXT, stopped INTEGER,
            UNIQUE(flow, name)) STRICT;
        CREATE INDEX execution_due ON execution(due) WHERE due IS NOT NULL;
        CREATE INDEX execution_stopped ON execution(stopped) WHERE stopped IS NOT NULL;
        CREATE TABLE transition(
            execution INTEGER NOT NULL, n INTEGER NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, at INTEGER NOT NULL, detail TEXT,
            PRIMARY KEY(execution, n)) STRICT, WITHOUT ROWID;
        """;
}
