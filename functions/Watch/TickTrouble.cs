namespace Cki.Watch;

/// <summary>Tells operators that ticks exhaust their receives, and that they do not any more.</summary>
internal sealed class TickTrouble(SuitePorts ports)
{
    private readonly Post _post = ports.PostFrom("watch");

    public Task TellAsync(CancellationToken cancellationToken) => _post.SendAsync(WatchNotices.FailingTicks, cancellationToken);

    /// <summary>A notice that is still on its way stands when the next tick looks.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        string key = NoticeState.KeyOf(WatchNotices.FailingTicks.Key);
        if (await ports.Documents.GetAsync(key, DocumentJson.Default.NoticeState, cancellationToken) is { Value.EndedAt: null })
            await _post.SendAsync(WatchNotices.WorkingTicks, cancellationToken);
    }
}
