namespace Cki.Engine;

/// <summary>
/// The simulation's skin: no thread; a batch is applied after a rolled delay (1 to 5 ms) by a timer of the virtual clock and answered only then.
/// A crash drops the timer, and with it what was not yet committed, as a kill does.
/// </summary>
public sealed class RolledWriter(EngineDatabase database, TimeProvider clock, Dice dice) : EngineWriter(database, clock)
{
    private readonly TimeProvider clock = clock;
    private readonly Queue<WaitingWrite> waiting = new();
    private readonly Lock gate = new();
    private ITimer? timer;
    private bool isArmed;

    private protected override void Enqueue(WaitingWrite write, WriteOrigin origin)
    {
        lock (gate)
        {
            if (origin == WriteOrigin.Caller && waiting.Count >= WaitingMax)
                throw Busy();
            waiting.Enqueue(write);
            Arm();
        }
    }

    private void Arm()
    {
        if (isArmed || waiting.Count == 0)
            return;
        isArmed = true;
        timer?.Dispose();
        TimeSpan pause = TimeSpan.FromMilliseconds(1 + 4 * dice.Fraction("engine.commit"));
        timer = clock.CreateTimer(_ => Flush(), null, pause, Timeout.InfiniteTimeSpan);
    }

    private void Flush()
    {
        lock (gate)
        {
            var batch = new List<WaitingWrite>();
            while (batch.Count < BatchMax && waiting.TryDequeue(out WaitingWrite? write))
                batch.Add(write);
            isArmed = false;
            if (batch.Count > 0)
                Apply(batch);
            Arm();
        }
    }
}
