namespace Cki.Tool;

/// <summary>What became of a replay.</summary>
/// <param name="Stopped">Why it ended before its end; null: it is whole.</param>
internal sealed record ReplayResult(int Taken, IReadOnlyList<string> Refused, string? Stopped);

/// <summary>Sends archived deliveries to a target, one after the other, at a pace. Deliveries keep their ids: what they cause twice happens once.</summary>
/// <param name="perSecond">Most deliveries a second.</param>
internal sealed class ReplayRun(IReplayTarget target, ReplayProgress progress, double perSecond, TimeProvider clock)
{
    private const int TriesMax = 6;
    private const int RefusedKept = 1000;
    private static readonly TimeSpan s_pauseMost = TimeSpan.FromMinutes(1);

    public async Task<ReplayResult> RunAsync(IAsyncEnumerable<ArchivedDelivery> deliveries, CancellationToken cancellationToken)
    {
        int taken = 0;
        var refused = new List<string>();
        TimeSpan pace = TimeSpan.FromSeconds(1 / perSecond);
        DateTimeOffset next = clock.GetUtcNow();
        await foreach (ArchivedDelivery delivery in deliveries.WithCancellation(cancellationToken))
        {
            if (next - clock.GetUtcNow() is var wait && wait > TimeSpan.Zero)
                await Task.Delay(wait, clock, cancellationToken);
            next = clock.GetUtcNow() + pace;
            switch (await SendAsync(delivery, cancellationToken))
            {
                case ReplayAnswer.Taken:
                    taken++;
                    break;
                case ReplayAnswer.Refused no when refused.Count < RefusedKept:
                    refused.Add($"{delivery.Key}: {no.Why}");
                    break;
                case ReplayAnswer.Refused:
                    return new ReplayResult(taken, refused, $"{RefusedKept} deliveries were refused: see why before it goes on");
                case ReplayAnswer.Away away:
                    return new ReplayResult(taken, refused, $"{TriesMax} tries: {away.Why}");
                case ReplayAnswer.Closed closed:
                    return new ReplayResult(taken, refused, closed.Why);
            }
            progress.Write(new ArchivePlace(delivery.ReceivedAt, delivery.Key));
        }
        progress.Remove();
        return new ReplayResult(taken, refused, null);
    }

    /// <summary>Tried again while the target is away, with pauses of 1 s doubling, or as long as it asks.</summary>
    private async Task<ReplayAnswer> SendAsync(ArchivedDelivery delivery, CancellationToken cancellationToken)
    {
        for (int tries = 1; ; tries++)
        {
            ReplayAnswer answer = await target.SendAsync(delivery, cancellationToken);
            if (answer is not ReplayAnswer.Away away || tries == TriesMax)
                return answer;
            TimeSpan pause = away.After ?? TimeSpan.FromSeconds(1 << (tries - 1));
            await Task.Delay(pause < s_pauseMost ? pause : s_pauseMost, clock, cancellationToken);
        }
    }
}
