using System.Text;
using System.Text.Json.Nodes;

namespace Cki.Simulation.Tests;

/// <summary>A store in which single calls can be broken.</summary>
public abstract class BrokenStore(IObjectStore sound) : IObjectStore
{
    public virtual Task<StoredObject?> GetAsync(string key, CancellationToken cancellationToken) => sound.GetAsync(key, cancellationToken);

    public virtual Task<PutOutcome> PutAsync(string key, ReadOnlyMemory<byte> body, PutCondition condition, CancellationToken cancellationToken) =>
        sound.PutAsync(key, body, condition, cancellationToken);

    public virtual Task<IReadOnlyList<string>> ListAsync(string prefix, string? after, int most, CancellationToken cancellationToken) =>
        sound.ListAsync(prefix, after, most, cancellationToken);

    public Task DeleteAsync(string key, CancellationToken cancellationToken) => sound.DeleteAsync(key, cancellationToken);
}

/// <summary>Whoever loses a compare-and-swap is told that he won.</summary>
public sealed class LostIsStored(IObjectStore sound) : BrokenStore(sound)
{
    public override async Task<PutOutcome> PutAsync(string key, ReadOnlyMemory<byte> body, PutCondition condition, CancellationToken cancellationToken) =>
        await base.PutAsync(key, body, condition, cancellationToken) is PutOutcome.Stored stored ? stored : new PutOutcome.Stored("0");
}

/// <summary>Objects under a prefix are written, but nobody finds them again.</summary>
public sealed class HiddenKeys(IObjectStore sound, string prefix) : BrokenStore(sound)
{
    public override async Task<StoredObject?> GetAsync(string key, CancellationToken cancellationToken) =>
        key.StartsWith(prefix, StringComparison.Ordinal) ? null : await base.GetAsync(key, cancellationToken);

    public override Task<PutOutcome> PutAsync(string key, ReadOnlyMemory<byte> body, PutCondition condition, CancellationToken cancellationToken) =>
        base.PutAsync(key, body, key.StartsWith(prefix, StringComparison.Ordinal) ? new PutCondition.Always() : condition, cancellationToken);
}

/// <summary>Objects under a prefix are said to be written and are not.</summary>
public sealed class SwallowedKeys(IObjectStore sound, string prefix) : BrokenStore(sound)
{
    public override Task<PutOutcome> PutAsync(string key, ReadOnlyMemory<byte> body, PutCondition condition, CancellationToken cancellationToken) =>
        key.StartsWith(prefix, StringComparison.Ordinal)
            ? Task.FromResult<PutOutcome>(new PutOutcome.Stored("0"))
            : base.PutAsync(key, body, condition, cancellationToken);
}

/// <summary>One field, wherever it stands in the objects of a suffix, is lost when they are read.</summary>
public sealed class HiddenField(IObjectStore sound, string suffix, string field) : BrokenStore(sound)
{
    public override async Task<StoredObject?> GetAsync(string key, CancellationToken cancellationToken)
    {
        StoredObject? stored = await base.GetAsync(key, cancellationToken);
        if (stored is null || !key.EndsWith(suffix, StringComparison.Ordinal))
            return stored;
        JsonNode body = JsonNode.Parse(stored.Body.Span)!;
        Strip(body);
        return stored with { Body = Encoding.UTF8.GetBytes(body.ToJsonString()) };
    }

    private void Strip(JsonNode? node)
    {
        if (node is JsonArray items)
        {
            foreach (JsonNode? item in items)
                Strip(item);
        }
        if (node is not JsonObject fields)
            return;
        fields.Remove(field);
        foreach (KeyValuePair<string, JsonNode?> member in fields)
            Strip(member.Value);
    }
}
