using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Cki.Tests.Doubles;

/// <summary>Strongly consistent, with true compare-and-swap; versions come from one counter, so that there is no ABA after a delete.</summary>
public sealed class MemoryStore : IObjectStore
{
    private readonly SortedDictionary<string, StoredObject> _objects = new(StringComparer.Ordinal);
    private long _version;

    /// <summary>(operation, key), operation is get, put, list or delete. Throw here: it never happened.</summary>
    public Action<string, string>? Before { get; set; }

    /// <summary>Throw here: it happened, the answer was lost.</summary>
    public Action<string, string>? After { get; set; }

    public IReadOnlyList<string> Keys => [.. _objects.Keys];

    public Task<StoredObject?> GetAsync(string key, CancellationToken cancellationToken) =>
        Do("get", key, () => _objects.GetValueOrDefault(key));

    public Task<PutOutcome> PutAsync(string key, ReadOnlyMemory<byte> body, PutCondition condition, CancellationToken cancellationToken) =>
        Do("put", key, () => Put(key, body, condition));

    public Task<IReadOnlyList<string>> ListAsync(string prefix, string? after, int most, CancellationToken cancellationToken) =>
        Do<IReadOnlyList<string>>("list", prefix, () =>
        [
            .. _objects.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal))
                .Where(k => after is null || string.CompareOrdinal(k, after) > 0).Take(most),
        ]);

    public Task DeleteAsync(string key, CancellationToken cancellationToken) => Do("delete", key, () => _objects.Remove(key));

    /// <summary>For arranging and asserting, past the hooks.</summary>
    public void Set<T>(string key, T value, JsonTypeInfo<T> type) => Put(key, JsonSerializer.SerializeToUtf8Bytes(value, type), new PutCondition.Always());

    public void SetText(string key, string text) => Put(key, Encoding.UTF8.GetBytes(text), new PutCondition.Always());

    public T? Peek<T>(string key, JsonTypeInfo<T> type)
        where T : class =>
        _objects.TryGetValue(key, out StoredObject? found) ? JsonSerializer.Deserialize(found.Body.Span, type) : null;

    public IReadOnlyList<string> Under(string prefix) => [.. _objects.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal))];

    private PutOutcome Put(string key, ReadOnlyMemory<byte> body, PutCondition condition)
    {
        string? current = _objects.GetValueOrDefault(key)?.Version;
        bool holds = condition switch
        {
            PutCondition.Always => true,
            PutCondition.IfAbsent => current is null,
            PutCondition.IfUnchanged unchanged => current == unchanged.Version,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        if (!holds)
            return new PutOutcome.Lost();
        string version = (++_version).ToString(CultureInfo.InvariantCulture);
        _objects[key] = new StoredObject(key, body.ToArray(), version);
        return new PutOutcome.Stored(version);
    }

    private Task<T> Do<T>(string operation, string key, Func<T> act)
    {
        try
        {
            Before?.Invoke(operation, key);
            T result = act();
            After?.Invoke(operation, key);
            return Task.FromResult(result);
        }
        catch (Exception e)
        {
            return Task.FromException<T>(e);
        }
    }
}
