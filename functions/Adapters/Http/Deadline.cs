namespace Cki.Adapters;

/// <summary>A time limit under the given clock, joined with the caller's token. <see cref="IsOver"/> tells our limit from the caller's wish.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _limit;
    private readonly CancellationTokenSource _joined;
    private readonly CancellationToken _callers;

    public Deadline(TimeSpan limit, TimeProvider clock, CancellationToken callers)
    {
        _callers = callers;
        _limit = new CancellationTokenSource(limit, clock);
        _joined = CancellationTokenSource.CreateLinkedTokenSource(callers, _limit.Token);
    }

    public CancellationToken Token => _joined.Token;

    public bool IsOver => _limit.IsCancellationRequested && !_callers.IsCancellationRequested;

    public void Dispose()
    {
        _joined.Dispose();
        _limit.Dispose();
    }
}
