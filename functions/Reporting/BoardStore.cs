namespace Cki.Reporting;

/// <summary>One page or JSON object of the board.</summary>
public sealed record BoardObject(string Key, byte[] Body);

/// <summary>
/// Writes rendered objects so that an older rendering never replaces a newer one: versions are read first, the facts after them, and each write
/// holds only if nobody wrote in between. What has not changed is not written.
/// </summary>
public sealed class BoardStore(SuitePorts ports)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

    /// <param name="render">Reads the facts and renders the objects of <paramref name="keys"/>.</param>
    /// <exception cref="StoreContendedException">Others kept writing.</exception>
    public async Task RewriteAsync(
        IReadOnlyList<string> keys, Func<CancellationToken, Task<IReadOnlyList<BoardObject>>> render, CancellationToken cancellationToken)
    {
        for (int tries = 1; tries <= Documents.CasTriesMax; tries++)
        {
            var before = new Dictionary<string, StoredObject?>(StringComparer.Ordinal);
            foreach (string key in keys)
                before[key] = await ports.Store.GetAsync(key, cancellationToken);
            if (await PutAllAsync(await render(cancellationToken), before, cancellationToken))
                return;
            await Task.Delay(ports.Dice.Jitter("board.cas", Pause * tries, 0.5), ports.Clock, cancellationToken);
        }
        throw new StoreContendedException($"{keys[0]}: another writer won {Documents.CasTriesMax} times in a row");
    }

    private async Task<bool> PutAllAsync(
        IReadOnlyList<BoardObject> objects, Dictionary<string, StoredObject?> before, CancellationToken cancellationToken)
    {
        bool isWhole = true;
        foreach (BoardObject page in objects)
        {
            StoredObject? old = before[page.Key];
            if (old is not null && old.Body.Span.SequenceEqual(page.Body))
                continue;
            PutCondition condition = old is null ? new PutCondition.IfAbsent() : new PutCondition.IfUnchanged(old.Version);
            isWhole &= await ports.Store.PutAsync(page.Key, page.Body, condition, cancellationToken) is PutOutcome.Stored;
        }
        return isWhole;
    }
}
