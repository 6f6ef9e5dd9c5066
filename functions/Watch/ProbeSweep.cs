namespace Cki.Watch;

/// <summary>Takes the probe's old records away, whoever wrote them: nobody reads them any more.</summary>
internal sealed class ProbeSweep(SuitePorts ports)
{
    /// <summary>At most, per kind of record; a probe leaves four.</summary>
    private const int AtOnceMax = 500;

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = ports.Clock.GetUtcNow();
        // As often as it is pushed to; a tick comes each minute.
        if (now - ProbeTree.SlotOf(now) >= TimeSpan.FromMinutes(1))
            return;
        foreach (string prefix in new[] { ProbeTree.RunsPrefix, ProbeTree.PipelinesPrefix })
        {
            // In order of time: the oldest come first.
            IReadOnlyList<string> keys = await ports.Store.ListAsync(prefix, null, AtOnceMax, cancellationToken);
            foreach (string key in keys.Where(k => ProbeTree.PushedAt(k) is { } pushed && now - pushed > ProbeTree.KeptFor))
                await ports.Store.DeleteAsync(key, cancellationToken);
        }
    }
}
