using Microsoft.Extensions.Logging;

namespace Cki.Watch;

/// <summary>One unreadable record never stops the line: it moves to <c>aside/{key}</c>, an operator is told, the rest goes on.</summary>
internal sealed class SetAside(SuitePorts ports, ILogger log)
{
    private readonly Post _post = ports.PostFrom("watch");

    public async Task MoveAsync(string key, string why, CancellationToken cancellationToken)
    {
        WatchLog.SetAside(log, key, why);
        if (await ports.Store.GetAsync(key, cancellationToken) is not { } stored)
            return;
        await ports.Store.PutAsync($"aside/{key}", stored.Body, new PutCondition.Always(), cancellationToken);
        await TellAsync(key, $"{why}\nIt was moved to aside/{key}. Mend it and put it back, or delete it.", cancellationToken);
        await ports.Store.DeleteAsync(key, cancellationToken);
    }

    public Task TellAsync(string key, string text, CancellationToken cancellationToken) =>
        _post.SendAsync(new NoticeRaised($"unreadable-{key}", $"{key} cannot be read", text) { Fades = true }, cancellationToken);
}
