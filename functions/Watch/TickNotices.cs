namespace Cki.Watch;

/// <summary>That Watch fails at its ticks, and that it no longer does: <c>watch/ticks.json</c> stands in between.</summary>
internal sealed class TickNotices(SuitePorts ports)
{
    private const string Key = "watch/ticks.json";

    private readonly Post _post = ports.PostFrom("watch");

    public async Task FailedAsync(CancellationToken cancellationToken)
    {
        await ports.Documents.PutAsync(Key, new Tick(ports.Clock.GetUtcNow()), MessageJson.Default.Tick, cancellationToken);
        await _post.SendAsync(WatchNotices.FailingTicks, cancellationToken);
    }

    /// <summary>After a tick that did all its work.</summary>
    public async Task DoneAsync(CancellationToken cancellationToken)
    {
        if (await ports.Store.GetAsync(Key, cancellationToken) is null)
            return;
        await _post.SendAsync(WatchNotices.FailingTicks with { Text = "A tick has done all its work again.", Recovered = true }, cancellationToken);
        await ports.Documents.DeleteAsync(Key, cancellationToken);
    }
}
