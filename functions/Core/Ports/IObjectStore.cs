namespace Cki;

/// <summary>One object as read. <paramref name="Version"/> is opaque (an ETag on S3) and changes with every write.</summary>
public sealed record StoredObject(string Key, ReadOnlyMemory<byte> Body, string Version);

/// <summary>What must hold for a put to take effect.</summary>
public abstract record PutCondition
{
    private PutCondition() { }

    public sealed record Always : PutCondition;

    /// <summary>If-None-Match: *</summary>
    public sealed record IfAbsent : PutCondition;

    /// <summary>If-Match with the version that was read.</summary>
    public sealed record IfUnchanged(string Version) : PutCondition;
}

/// <summary>How a put ended. Losing is an outcome, not an exception.</summary>
public abstract record PutOutcome
{
    private PutOutcome() { }

    public sealed record Stored(string Version) : PutOutcome;

    /// <summary>The condition did not hold: somebody else wrote or deleted.</summary>
    public sealed record Lost : PutOutcome;
}

/// <summary>Small JSON objects with compare-and-swap: S3 conditional writes, or the embedded engine. Strongly consistent.</summary>
/// <remarks>Raw port: a lost answer surfaces as <see cref="StoreUnavailableException"/>. Stages use <see cref="Documents"/>, which re-reads
/// and recognises its own write id.</remarks>
public interface IObjectStore
{
    Task<StoredObject?> GetAsync(string key, CancellationToken cancellationToken);

    Task<PutOutcome> PutAsync(string key, ReadOnlyMemory<byte> body, PutCondition condition, CancellationToken cancellationToken);

    /// <summary>Keys starting with <paramref name="prefix"/>, in ordinal order, strictly after <paramref name="after"/> (null: from the first),
    /// at most <paramref name="most"/> (1 to 1,000).</summary>
    Task<IReadOnlyList<string>> ListAsync(string prefix, string? after, int most, CancellationToken cancellationToken);

    /// <summary>Deleting what is not there is no error.</summary>
    Task DeleteAsync(string key, CancellationToken cancellationToken);
}

/// <summary>The store refused or did not answer; a write may or may not have taken effect.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
