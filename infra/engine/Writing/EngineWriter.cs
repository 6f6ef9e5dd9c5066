using Microsoft.Data.Sqlite;

namespace Cki.Engine;

/// <summary>Who waits at the writer's door.</summary>
internal enum WriteOrigin
{
    /// <summary>A port's caller: refused with <see cref="EngineBusyException"/> when too much is waiting.</summary>
    Caller,

    /// <summary>The engine's own bookkeeping, bounded by its concurrency: always taken, or finished work would be done again.</summary>
    Engine,
}

/// <summary>
/// All changes go through one writer: it takes what has gathered, applies it in one transaction (group commit) and only then answers.
/// The two skins differ in when they do so: <see cref="ThreadWriter"/> at once on its own thread, <see cref="RolledWriter"/> after a rolled delay.
/// </summary>
public abstract class EngineWriter(EngineDatabase database, TimeProvider clock)
{
    /// <summary>Writes of one transaction.</summary>
    public const int BatchMax = 128;

    /// <summary>Callers' writes that may wait; 16 batches, about half a second on a slow disk.</summary>
    public const int WaitingMax = 2048;

    /// <summary>
    /// Writes of one kind may pass while others are refused (a small one still fits onto a full disk): the trouble is over once nothing was refused for so long.
    /// </summary>
    public static readonly TimeSpan TroubleIsOverAfter = TimeSpan.FromSeconds(30);

    private volatile EngineTrouble? trouble;
    private DateTimeOffset refusedAt;

    /// <summary>Null: the database takes what is written.</summary>
    public EngineTrouble? Trouble => trouble;

    /// <summary>Told once when trouble is over, by whoever writes: it must neither wait nor throw.</summary>
    internal Action<EngineTrouble, DateTimeOffset>? TroubleOver { get; set; }

    /// <summary>Rung after each commit.</summary>
    public Bell Bell { get; } = new();

    /// <summary>
    /// Applies <paramref name="write"/> inside a transaction and returns its result once that is committed. What it returns is an outcome;
    /// what it throws undoes this write alone. An error of the database undoes the batch: <see cref="EngineUnavailableException"/>.
    /// </summary>
    internal Task<T> WriteAsync<T>(Func<DateTimeOffset, T> write, WriteOrigin origin = WriteOrigin.Caller)
    {
        var waiting = new Waiting<T>(write);
        Enqueue(waiting, origin);
        return waiting.Task;
    }

    private protected abstract void Enqueue(WaitingWrite write, WriteOrigin origin);

    private protected static EngineBusyException Busy() =>
        new($"More than {WaitingMax} writes are waiting for the engine's disk");

    private protected void Apply(IReadOnlyList<WaitingWrite> batch)
    {
        DateTimeOffset now = clock.GetUtcNow();
        try
        {
            database.InTransaction(() =>
            {
                foreach (WaitingWrite write in batch)
                    ApplyOne(write, now);
            });
        }
        catch (SqliteException e)
        {
            string why = $"The engine's database refused: {database.Words(e)}";
            trouble = new EngineTrouble(trouble?.Since ?? now, why);
            refusedAt = now;
            foreach (WaitingWrite write in batch)
                write.Fail(new EngineUnavailableException(why, e));
            return;
        }
        if (trouble is { } over && now - refusedAt >= TroubleIsOverAfter)
        {
            trouble = null;
            TroubleOver?.Invoke(over, now);
        }
        Bell.Ring(database.Touched);
        foreach (WaitingWrite write in batch)
            write.Answer();
    }

    private void ApplyOne(WaitingWrite write, DateTimeOffset now)
    {
        database.Mark();
        try
        {
            write.Apply(now);
            database.Keep();
        }
#pragma warning disable CA1031 // One caller's mistake is that caller's alone: the batch's other writes go on.
        catch (Exception e) when (e is not SqliteException)
#pragma warning restore CA1031
        {
            database.Undo();
            write.Refuse(e);
        }
    }

    private sealed class Waiting<T>(Func<DateTimeOffset, T> write) : WaitingWrite
    {
        // Continuations run elsewhere: the writer never runs its callers' code.
        private readonly TaskCompletionSource<T> caller = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T result = default!;
        private Exception? refusal;

        public Task<T> Task => caller.Task;

        public override void Apply(DateTimeOffset now) => result = write(now);

        public override void Refuse(Exception error) => refusal = error;

        public override void Answer()
        {
            if (refusal is null)
                caller.TrySetResult(result);
            else
                caller.TrySetException(refusal);
        }

        public override void Fail(Exception error) => caller.TrySetException(error);
    }
}

/// <summary>The database refuses to write.</summary>
/// <param name="Why">For operators: what to do, where that is known.</param>
public sealed record EngineTrouble(DateTimeOffset Since, string Why);

/// <summary>One write on its way.</summary>
internal abstract class WaitingWrite
{
    public abstract void Apply(DateTimeOffset now);

    public abstract void Refuse(Exception error);

    public abstract void Answer();

    public abstract void Fail(Exception error);
}
