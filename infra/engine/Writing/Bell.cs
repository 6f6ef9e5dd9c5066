namespace Cki.Engine;

/// <summary>Rings after a commit for every queue (and for the flows) that got something to do, so that nobody has to poll.</summary>
public sealed class Bell
{
    /// <summary>The name under which the flows' clock listens.</summary>
    internal const string Flows = "*flows*";

    private readonly Dictionary<string, List<Signal>> listeners = [];

    internal Signal Listen(string name)
    {
        var signal = new Signal();
        lock (listeners)
        {
            if (!listeners.TryGetValue(name, out List<Signal>? signals))
                listeners[name] = signals = [];
            signals.Add(signal);
        }
        return signal;
    }

    internal void Ring(IEnumerable<string> names)
    {
        lock (listeners)
        {
            foreach (string name in names)
            {
                if (listeners.TryGetValue(name, out List<Signal>? signals))
                    signals.ForEach(signal => signal.Set());
            }
        }
    }
}

/// <summary>Wakes one waiter; a set before the wait is remembered, several sets count once.</summary>
internal sealed class Signal
{
    private readonly Lock gate = new();
    private TaskCompletionSource? waiter;
    private bool isSet;

    public void Set()
    {
        TaskCompletionSource? woken;
        lock (gate)
        {
            woken = waiter;
            waiter = null;
            isSet = woken is null;
        }
        woken?.TrySetResult();
    }

    public Task WaitAsync()
    {
        lock (gate)
        {
            if (isSet)
            {
                isSet = false;
                return Task.CompletedTask;
            }
            waiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return waiter.Task;
        }
    }
}
