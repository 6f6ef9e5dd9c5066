namespace Cki.Adapters;

/// <summary>
/// One invocation's time and its ends. Handlers stop at <see cref="Work"/>; those that do not are left behind a little later; giving records back
/// and telemetry end at <see cref="Housekeeping"/>; what is left then is for the answer.
/// </summary>
public sealed class InvocationScope : IDisposable
{
    /// <summary>A tenth of the time is kept back, 3 s at most: ten visibility changes, a flush and the answer take far less.</summary>
    private const int KeptBackShare = 10;
    private static readonly TimeSpan s_keptBackMax = TimeSpan.FromSeconds(3);

    /// <summary>Timers take no more; Lambda gives 15 minutes at most.</summary>
    private static readonly TimeSpan s_limitMax = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource _work;
    private readonly CancellationTokenSource _grace;
    private readonly CancellationTokenSource _housekeeping;
    private readonly List<Task> _leftBehind = [];
    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly DateTimeOffset _workEnds;

    public InvocationScope(Invocation invocation, TimeProvider clock)
    {
        Invocation = invocation;
        _clock = clock;
        TimeSpan all = Bounded(invocation.Deadline - clock.GetUtcNow());
        TimeSpan keptBack = all / KeptBackShare < s_keptBackMax ? all / KeptBackShare : s_keptBackMax;
        WorkTime = all - keptBack;
        _workEnds = clock.GetUtcNow() + WorkTime;
        _work = new CancellationTokenSource(WorkTime, clock);
        _grace = new CancellationTokenSource(all - (keptBack * 2 / 3), clock);
        _housekeeping = new CancellationTokenSource(all - (keptBack / 3), clock);
    }

    public Invocation Invocation { get; }

    /// <summary>Cancelled when the handlers' time is over.</summary>
    public CancellationToken Work => _work.Token;

    /// <summary>Cancelled when everything but the answer must have ended.</summary>
    public CancellationToken Housekeeping => _housekeeping.Token;

    /// <summary>All the time that handlers had at the beginning.</summary>
    public TimeSpan WorkTime { get; }

    /// <summary>What is left of it; never negative.</summary>
    public TimeSpan WorkLeft => _workEnds - _clock.GetUtcNow() is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <summary>True while work that ignored its token still runs: the process must end, or it would run on in another's invocation.</summary>
    public bool IsHaunted
    {
        get
        {
            lock (_gate)
                return _leftBehind.Exists(work => !work.IsCompleted);
        }
    }

    /// <summary>Waits for work as long as there is time for it. What goes on beyond that is remembered, and throws here as cancelled.</summary>
    public async Task WithinAsync(Task work)
    {
        try
        {
            await work.WaitAsync(_grace.Token);
        }
        finally
        {
            if (!work.IsCompleted)
            {
                lock (_gate)
                    _leftBehind.Add(work);
            }
        }
    }

    public void Dispose()
    {
        _work.Dispose();
        _grace.Dispose();
        _housekeeping.Dispose();
    }

    private static TimeSpan Bounded(TimeSpan limit) => limit < TimeSpan.Zero ? TimeSpan.Zero : limit < s_limitMax ? limit : s_limitMax;
}
