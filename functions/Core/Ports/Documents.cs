using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Cki;

/// <summary>A typed object with the version it was read or written at.</summary>
public sealed record Document<T>(T Value, string Version);

/// <summary>
/// Typed JSON objects on an <see cref="IObjectStore"/>, with the conditional-write rule: every body carries a write id, and after a
/// lost answer or a lost condition the object is re-read; our write id means that we won. Otherwise one loses to oneself. Where the
/// condition still holds nobody won, and the write is tried again: after silence once.
/// </summary>
public sealed class Documents(IObjectStore store, Dice dice, TimeProvider clock)
{
    /// <summary>Tries of one compare-and-swap before <see cref="StoreContendedException"/>.</summary>
    public const int CasTriesMax = 5;

    private const string WriteId = "writeId";
    private static readonly TimeSpan CasPause = TimeSpan.FromMilliseconds(40);

    /// <summary>Null when absent. Throws <see cref="UnreadableDocumentException"/> when the body is not a T.</summary>
    public async Task<Document<T>?> GetAsync<T>(string key, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        StoredObject? stored = await store.GetAsync(key, cancellationToken);
        return stored is null ? null : new Document<T>(Read(stored, type), stored.Version);
    }

    /// <summary>True when this call created the object (even where the answer was lost on the way).</summary>
    public async Task<bool> CreateAsync<T>(string key, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        await WriteAsync(key, value, type, new PutCondition.IfAbsent(), cancellationToken) is not null;

    /// <summary>The new version, or null when the object is no longer at <paramref name="version"/>.</summary>
    public Task<string?> ReplaceAsync<T>(
        string key, T value, string version, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        WriteAsync(key, value, type, new PutCondition.IfUnchanged(version), cancellationToken);

    /// <summary>Unconditional write, for objects with a single writer.</summary>
    public async Task PutAsync<T>(string key, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        await WriteAsync(key, value, type, new PutCondition.Always(), cancellationToken);

    /// <summary>
    /// Compare-and-swap: <paramref name="change"/> gets the value as it stands (null when absent) and returns what it should be; returning
    /// null (or the same reference) leaves it. It may run up to <see cref="CasTriesMax"/> times and must have no side effects.
    /// Returns the value as it then stands. Throws <see cref="StoreContendedException"/> when others kept winning.
    /// </summary>
    public async Task<T?> UpdateAsync<T>(
        string key, JsonTypeInfo<T> type, Func<T?, T?> change, CancellationToken cancellationToken)
        where T : class
    {
        for (int tries = 1; tries <= CasTriesMax; tries++)
        {
            Document<T>? current = await GetAsync(key, type, cancellationToken);
            T? wanted = change(current?.Value);
            if (wanted is null || ReferenceEquals(wanted, current?.Value))
                return current?.Value;
            PutCondition condition = current is null ? new PutCondition.IfAbsent() : new PutCondition.IfUnchanged(current.Version);
            if (await WriteAsync(key, wanted, type, condition, cancellationToken) is not null)
                return wanted;
            await Task.Delay(dice.Jitter("store.cas", CasPause * tries, 0.5), clock, cancellationToken);
        }
        throw new StoreContendedException($"{key}: another writer won {CasTriesMax} times in a row");
    }

    public Task DeleteAsync(string key, CancellationToken cancellationToken) => store.DeleteAsync(key, cancellationToken);

    /// <summary>All keys under a prefix, in order, up to <paramref name="most"/>.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync(string prefix, int most, CancellationToken cancellationToken)
    {
        var keys = new List<string>();
        string? after = null;
        while (keys.Count < most)
        {
            int page = Math.Min(1000, most - keys.Count);
            IReadOnlyList<string> found = await store.ListAsync(prefix, after, page, cancellationToken);
            keys.AddRange(found);
            if (found.Count < page)
                break;
            after = found[^1];
        }
        return keys;
    }

    private async Task<string?> WriteAsync<T>(
        string key, T value, JsonTypeInfo<T> type, PutCondition condition, CancellationToken cancellationToken)
    {
        string writeId = dice.Id("store.write-id");
        byte[] body = Body(value, type, writeId);
        bool isUnanswered = false;
        for (int tries = 1; tries <= CasTriesMax; tries++)
        {
            StoreUnavailableException? silence = null;
            try
            {
                if (await store.PutAsync(key, body, condition, cancellationToken) is PutOutcome.Stored done)
                    return done.Version;
            }
            catch (StoreUnavailableException e)
            {
                // The answer was lost, perhaps not the write: the re-read tells. A store that is really down throws there.
                silence = e;
            }
            StoredObject? stored = await store.GetAsync(key, cancellationToken);
            if (IsOurs(stored, writeId))
                return stored!.Version;
            if (!Holds(condition, stored))
                return silence is null && !isUnanswered ? null : throw Unknown(key, silence);
            if (silence is not null && isUnanswered)
                throw silence;
            // Nobody won: a connection gone stale, or S3's 409 for another write that came to nothing. The same write again can only win once.
            if (silence is null)
                await Task.Delay(dice.Jitter("store.cas", CasPause * tries, 0.5), clock, cancellationToken);
            isUnanswered |= silence is not null;
        }
        throw new StoreContendedException($"{key}: {CasTriesMax} writes in a row were refused though nobody else wrote");
    }

    /// <summary>Somebody else wrote after us or instead of us: the caller must look for itself.</summary>
    private static StoreUnavailableException Unknown(string key, StoreUnavailableException? silence) =>
        silence ?? new StoreUnavailableException($"Object {key}: a write was not answered, and another one stands there now");

    private static bool Holds(PutCondition condition, StoredObject? stored) => condition switch
    {
        PutCondition.IfAbsent => stored is null,
        PutCondition.IfUnchanged unchanged => stored?.Version == unchanged.Version,
        _ => true,
    };

    private static bool IsOurs(StoredObject? stored, string writeId)
    {
        if (stored is null)
            return false;
        try
        {
            return (string?)JsonNode.Parse(stored.Body.Span)?[WriteId] == writeId;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static byte[] Body<T>(T value, JsonTypeInfo<T> type, string writeId)
    {
        JsonObject body = JsonSerializer.SerializeToNode(value, type) as JsonObject
            ?? throw new ArgumentException($"{typeof(T).Name} does not serialise to a JSON object", nameof(value));
        body[WriteId] = writeId;
        return JsonSerializer.SerializeToUtf8Bytes(body, NodeJson.Default.JsonObject);
    }

    private static T Read<T>(StoredObject stored, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(stored.Body.Span, type)
                ?? throw new UnreadableDocumentException(stored.Key, "it is JSON null");
        }
        catch (JsonException e)
        {
            throw new UnreadableDocumentException(stored.Key, e.Message, e);
        }
    }
}

/// <summary>Others kept winning the compare-and-swap: give the work back and try later.</summary>
public sealed class StoreContendedException(string message) : Exception(message);

/// <summary>An object is there but cannot be read as what its key promises.</summary>
public sealed class UnreadableDocumentException(string key, string why, Exception? inner = null)
    : Exception($"Object {key} cannot be read: {why}", inner)
{
    public string Key { get; } = key;
}
