namespace Cki.Engine;

/// <summary>The object store on the engine's database. Versions are decimal numbers from one counter.</summary>
public sealed class EngineStore(EngineDatabase database, EngineWriter writer) : IObjectStore
{
    private readonly ObjectTable table = new(database);

    public Task<StoredObject?> GetAsync(string key, CancellationToken cancellationToken) =>
        GuardedAsync(key, () => Task.FromResult(table.Get(key)), cancellationToken);

    public Task<PutOutcome> PutAsync(string key, ReadOnlyMemory<byte> body, PutCondition condition, CancellationToken cancellationToken)
    {
        byte[] copy = body.ToArray();
        return GuardedAsync(key, () => writer.WriteAsync(_ => table.Put(key, copy, condition)), cancellationToken);
    }

    public Task<IReadOnlyList<string>> ListAsync(string prefix, string? after, int most, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, 1000);
        return GuardedAsync(prefix, () => Task.FromResult(table.List(prefix, after, most)), cancellationToken);
    }

    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        GuardedAsync(key, () => writer.WriteAsync(_ => table.Delete(key)), cancellationToken);

    private static async Task<T> GuardedAsync<T>(string key, Func<Task<T>> act, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await act();
        }
        catch (EngineUnavailableException e)
        {
            throw new StoreUnavailableException($"Object {key}: {e.Message}", e);
        }
    }
}
