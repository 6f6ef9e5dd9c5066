using System.Text.Json;
using System.Text.Json.Serialization;
using Cki.Adapters;
using Cki.Engine;

namespace Cki.Tool;

/// <summary><c>backup/taken.json</c> in a backup: what it is a copy of.</summary>
/// <param name="Of">As an operator names the installation.</param>
/// <param name="WithArchive">Deliveries are in it.</param>
internal sealed record BackupNote(string Of, DateTimeOffset At, string By, bool WithArchive, int V = 1)
{
    public const string Key = "backup/taken.json";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BackupNote))]
internal sealed partial class BackupJson : JsonSerializerContext;

/// <summary>
/// A backup: one file, a database of the embedded engine, whichever engine it was taken from. What was in a stack can so be restored on one machine, and
/// the other way round; queues and running flows are in it only where they lay in such a database.
/// </summary>
internal static class BackupFile
{
    public static EmbeddedEngine Open(string file) =>
        EmbeddedEngine.Open(file, new EngineOptions { ReleaseInFlightOnOpen = false }, TimeProvider.System, new SystemDice());

    public static Documents DocumentsOf(IObjectStore store) => new(store, new SystemDice(), TimeProvider.System);

    /// <summary>Throws <see cref="BadInputException"/> where it is none.</summary>
    public static EngineContents Check(string file)
    {
        if (!File.Exists(file))
            throw new BadInputException($"{file}: there is no such file");
        try
        {
            return EngineSnapshot.Check(file);
        }
        catch (EngineUnavailableException e)
        {
            throw new BadInputException(e.Message);
        }
    }

    /// <summary>Makes the file in a name of its own first: a backup that was broken off leaves none.</summary>
    public static async Task<EngineContents> MakeAsync(string file, bool force, Func<string, Task> write)
    {
        if (File.Exists(file) && !force)
            throw new BadInputException($"{file} is there already; --force replaces it");
        string part = file + ".part";
        Discard(part);
        try
        {
            await write(part);
            EngineContents contents = EngineSnapshot.Check(part);
            File.Move(part, file, overwrite: true);
            return contents;
        }
        finally
        {
            Discard(part);
        }
    }

    private static void Discard(string part)
    {
        foreach (string suffix in new[] { "", "-wal", "-shm" })
            File.Delete(part + suffix);
    }
}

/// <summary>Copies objects from one store to another, several at once.</summary>
internal static class ObjectCopy
{
    private const int AtOnce = 32;
    private const int KeysAtOnce = 1000;

    /// <param name="wants">Which keys; others are left.</param>
    /// <returns>How many were copied.</returns>
    public static async Task<int> RunAsync(IObjectStore from, IObjectStore to, Func<string, bool> wants, CancellationToken cancellationToken)
    {
        int copied = 0;
        string? after = null;
        while (true)
        {
            IReadOnlyList<string> keys = await from.ListAsync("", after, KeysAtOnce, cancellationToken);
            foreach (string[] some in keys.Where(wants).Chunk(AtOnce))
                copied += (await Task.WhenAll(some.Select(key => OneAsync(from, to, key, cancellationToken)))).Count(isCopied => isCopied);
            if (keys.Count < KeysAtOnce)
                return copied;
            after = keys[^1];
        }
    }

    private static async Task<bool> OneAsync(IObjectStore from, IObjectStore to, string key, CancellationToken cancellationToken)
    {
        // Deleted since it was listed: then it is not in the copy either.
        if (await from.GetAsync(key, cancellationToken) is not { } found)
            return false;
        await to.PutAsync(key, found.Body, new PutCondition.Always(), cancellationToken);
        return true;
    }
}
