using System.Runtime.ExceptionServices;

namespace Cki.Watch;

/// <summary>One refusal of store or queue does not keep the rest of a sweep from being done: whoever stands last would wait for a minute without any.</summary>
internal static class Sweeping
{
    /// <summary>So many, and it is down rather than unlucky: the next tick tries again.</summary>
    private const int FailuresMax = 3;

    /// <summary>Throws the first failure once all is done, or after some more.</summary>
    public static async Task EachAsync<T>(IEnumerable<T> all, Func<T, Task> act, int failuresMax = FailuresMax)
    {
        Exception? first = null;
        int failures = 0;
        foreach (T one in all)
        {
            try
            {
                await act(one);
            }
            catch (Exception e) when (e is StoreUnavailableException or StoreContendedException or QueueUnavailableException)
            {
                first ??= e;
                if (++failures == failuresMax)
                    break;
            }
        }
        if (first is not null)
            ExceptionDispatchInfo.Throw(first);
    }
}
