using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;

namespace Cki.Adapters;

/// <summary>
/// The configuration that operators pushed into the store. Looked for at the start of an invocation when the last look is a minute old; what was
/// good stays in force while the store is silent, and when the new one cannot be read.
/// </summary>
public sealed class StoredConfig(IObjectStore store, AwsCalls calls, TimeProvider clock, ILogger log) : IConfigSource
{
    public static readonly TimeSpan CachePeriod = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _one = new(1);
    private volatile SuiteConfig? _current;
    private DateTimeOffset _lookedAt;

    /// <summary>Throws <see cref="ConfigUnavailableException"/> before the first good look.</summary>
    public SuiteConfig Current => _current ?? throw new ConfigUnavailableException("The configuration was not read yet");

    /// <summary>Throws <see cref="ConfigUnavailableException"/> only where there is none to serve on with.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_current is { } last && clock.GetUtcNow() < _lookedAt + CachePeriod)
                return;
            await LookAsync(_current, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task LookAsync(SuiteConfig? last, CancellationToken cancellationToken)
    {
        try
        {
            _current = last is null
                ? await NewestAsync(null, cancellationToken)
                : await calls.OnceAsync(AwsCalls.RenewLimit, token => NewestAsync(last, token), cancellationToken);
            _lookedAt = clock.GetUtcNow();
        }
        catch (Exception e) when (e is ConfigUnavailableException or StoreUnavailableException or TimeoutException)
        {
            if (last is null)
                throw e as ConfigUnavailableException ?? new ConfigUnavailableException($"The configuration cannot be read: {e.Message}", e);
            _lookedAt = clock.GetUtcNow();
            AdaptersLog.ConfigKept(log, e, last.Hash);
        }
    }

    private async Task<SuiteConfig> NewestAsync(SuiteConfig? last, CancellationToken cancellationToken)
    {
        ConfigPointer pointer = await ReadAsync(ConfigPointer.Key, ConfigBundleJson.Default.ConfigPointer, cancellationToken)
            ?? throw new ConfigUnavailableException("No configuration was pushed yet: cki config push");
        if (last?.Hash == pointer.Hash)
            return last;
        string key = ConfigBundle.KeyOf(pointer.Hash);
        ConfigBundle bundle = await ReadAsync(key, ConfigBundleJson.Default.ConfigBundle, cancellationToken)
            ?? throw new ConfigUnavailableException($"{key} is not in the store: cki config push, or cki config rollback");
        return bundle.Read() switch
        {
            ConfigReading.Good good => good.Config,
            ConfigReading.Bad bad => throw new ConfigUnavailableException($"{key} has {bad.Errors.Count} error(s) for this release, first: {bad.Errors[0]}"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private async Task<T?> ReadAsync<T>(string key, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await store.GetAsync(key, cancellationToken) is { } found ? JsonSerializer.Deserialize(found.Body.Span, type) : null;
        }
        catch (JsonException e)
        {
            throw new ConfigUnavailableException($"{key} cannot be read: {e.Message}", e);
        }
    }
}

/// <summary>There is no configuration to work with: callers give the work back, the front door answers 503.</summary>
public sealed class ConfigUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
