namespace Cki.Tests.Doubles;

/// <summary>The process died at this port call.</summary>
public sealed class CrashException(string where) : Exception($"crash at {where}");

/// <summary>Kills the process at the n-th side effect (put, delete, send, start, signal), before it takes effect or after.</summary>
public sealed class Crash
{
    private readonly int _at;
    private int _step;

    /// <param name="at">Twice the side effect's number (from 0) for just before it, plus one for just after it; -1 for never.</param>
    public Crash(InMemoryPorts ports, int at)
    {
        _at = at;
        ports.Store.Before = ports.Store.After = (operation, key) => Step(operation is "put" or "delete", $"{operation} {key}");
        ports.Queue.Before = ports.Queue.After = m => Step(true, $"send {m.Queue}");
        ports.Flows.Before = ports.Flows.After = (operation, name) => Step(operation is not "describe", $"{operation} {name}");
    }

    public bool Happened { get; private set; }

    /// <summary>The restarted process meets no more crashes.</summary>
    public static void Stop(InMemoryPorts ports)
    {
        ports.Store.Before = ports.Store.After = null;
        ports.Queue.Before = ports.Queue.After = null;
        ports.Flows.Before = ports.Flows.After = null;
    }

    private void Step(bool isEffect, string where)
    {
        if (Happened || (isEffect && _step++ == _at))
        {
            Happened = true;
            throw new CrashException(where);
        }
    }
}
