namespace Cki.Engine;

/// <summary>
/// The production skin: one thread that sleeps until something is to be written. SQLite blocks while it syncs; on a pool thread that
/// would starve the stages. This is the only thread of the engine's own.
/// </summary>
public sealed class ThreadWriter : EngineWriter, IDisposable
{
    private readonly Queue<WaitingWrite> waiting = new();
#pragma warning disable RS0030 // The writer thread is the one exempt place of simulation.md's rule 10; RolledWriter stands in under a virtual clock.
    private readonly Thread thread;
#pragma warning restore RS0030
    private bool isClosed;

    public ThreadWriter(EngineDatabase database, TimeProvider clock)
        : base(database, clock)
    {
#pragma warning disable RS0030 // As above.
        thread = new Thread(Work) { IsBackground = true, Name = "engine-writer" };
        thread.Start();
#pragma warning restore RS0030
    }

    /// <summary>Writes what is waiting, then ends the thread. Later writes are refused.</summary>
    public void Dispose()
    {
        lock (waiting)
        {
            isClosed = true;
            Monitor.Pulse(waiting);
        }
#pragma warning disable RS0030 // As above: the database is closed after this, so the last batch must be through.
        thread.Join();
#pragma warning restore RS0030
    }

    private protected override void Enqueue(WaitingWrite write, WriteOrigin origin)
    {
        lock (waiting)
        {
            if (isClosed)
                throw new EngineUnavailableException("The engine has been closed");
            if (origin == WriteOrigin.Caller && waiting.Count >= WaitingMax)
                throw Busy();
            waiting.Enqueue(write);
            if (waiting.Count == 1)
                Monitor.Pulse(waiting);
        }
    }

    private void Work()
    {
        while (Next() is { Count: > 0 } batch)
            Apply(batch);
    }

    /// <summary>Empty when the writer is closed and nothing is left.</summary>
    private List<WaitingWrite> Next()
    {
        var batch = new List<WaitingWrite>();
        lock (waiting)
        {
            while (waiting.Count == 0 && !isClosed)
                Monitor.Wait(waiting);
            while (batch.Count < BatchMax && waiting.TryDequeue(out WaitingWrite? write))
                batch.Add(write);
        }
        return batch;
    }
}
