namespace Cki.Simulation.Tests;

/// <summary>The interleaving is ours only while there is one thread to run it.</summary>
internal static class OnePoolThread
{
    public static void Assert()
    {
        ThreadPool.GetMaxThreads(out int workers, out _);
        if (workers != 1)
            throw new InvalidOperationException($"The pool may have {workers} threads; System.Threading.ThreadPool.MaxThreads must be 1");
        if (SynchronizationContext.Current is { } context)
            throw new InvalidOperationException($"A simulation must not run under a {context.GetType().Name}");
        if (!Thread.CurrentThread.IsThreadPoolThread)
            throw new InvalidOperationException("A simulation runs on the pool's thread: await something first");
    }
}
