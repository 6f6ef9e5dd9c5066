using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Cki.Reporting;

/// <summary>One page or JSON object of the board.</summary>
public sealed record BoardObject(string Key, byte[] Body)
{
    /// <summary>Done right behind its write, before the next one. Null: nothing.</summary>
    public Func<CancellationToken, Task>? Then { get; init; }
}

/// <summary>A JSON object of the board and the pages made of nothing else.</summary>
public sealed record BoardDocument<T>(string Key, JsonTypeInfo<T> Type, IReadOnlyList<string> Pages, Func<T, IReadOnlyList<BoardObject>> Render);

/// <summary>Renders objects; gets them as they stood before anything else was read. May run several times.</summary>
public delegate Task<IReadOnlyList<BoardObject>> RenderBoard(IReadOnlyDictionary<string, StoredObject?> before, CancellationToken cancellationToken);

/// <summary>
/// Writes rendered objects so that an older rendering never replaces a newer one: versions are read first, the facts after them, and each write
/// holds only if nobody wrote in between. What has not changed is not written. Objects are written in the order given.
/// </summary>
public sealed class BoardStore(SuitePorts ports)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

    /// <param name="keys">What is rewritten; objects beside these are new ones.</param>
    /// <exception cref="StoreContendedException">Others kept writing.</exception>
    public async Task RewriteAsync(IReadOnlyList<string> keys, RenderBoard render, CancellationToken cancellationToken)
    {
        for (int tries = 1; tries <= Documents.CasTriesMax; tries++)
        {
            var before = new Dictionary<string, StoredObject?>(StringComparer.Ordinal);
            foreach (string key in keys)
                before[key] = await ports.Store.GetAsync(key, cancellationToken);
            if (await PutAllAsync(await render(before, cancellationToken), before, cancellationToken))
                return;
            await Task.Delay(ports.Dice.Jitter("board.cas", Pause * tries, 0.5), ports.Clock, cancellationToken);
        }
        throw new StoreContendedException($"{keys[0]}: another writer won {Documents.CasTriesMax} times in a row");
    }

    /// <summary>The document as it then stands; its pages follow it.</summary>
    /// <param name="change">Gets it as it stands: null where it is absent or cannot be read, and all is to be found out anew.</param>
    public async Task<T> FoldAsync<T>(BoardDocument<T> document, Func<T?, CancellationToken, Task<T>> change, CancellationToken cancellationToken)
        where T : class
    {
        T? folded = null;
        await RewriteAsync([document.Key, .. document.Pages], async (before, ct) =>
        {
            folded = await change(Read(before[document.Key], document.Type), ct);
            return [new BoardObject(document.Key, JsonSerializer.SerializeToUtf8Bytes(folded, document.Type)), .. document.Render(folded)];
        }, cancellationToken);
        return folded!;
    }

    /// <summary>Null where absent, or written by something else.</summary>
    public static T? Read<T>(StoredObject? stored, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return stored is null ? null : JsonSerializer.Deserialize(stored.Body.Span, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<bool> PutAllAsync(
        IReadOnlyList<BoardObject> objects, Dictionary<string, StoredObject?> before, CancellationToken cancellationToken)
    {
        bool isWhole = true;
        foreach (BoardObject page in objects)
        {
            StoredObject? old = before.GetValueOrDefault(page.Key);
            if (old is not null && old.Body.Span.SequenceEqual(page.Body))
                continue;
            PutCondition condition = old is null ? new PutCondition.IfAbsent() : new PutCondition.IfUnchanged(old.Version);
            isWhole &= await ports.Store.PutAsync(page.Key, page.Body, condition, cancellationToken) is PutOutcome.Stored;
            if (page.Then is { } then)
                await then(cancellationToken);
        }
        return isWhole;
    }
}
