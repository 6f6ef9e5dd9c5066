using Cki.Adapters;
using Cki.Engine;

namespace Cki.Tool;

/// <summary>The database of an installation, for verbs that read and switch while <c>cki up</c> may be running on it.</summary>
internal sealed class OpenedStore : IAsyncDisposable
{
    private readonly EmbeddedEngine engine;

    private OpenedStore(EmbeddedEngine engine)
    {
        this.engine = engine;
        var dice = new SystemDice();
        Documents = new Documents(engine.Store, dice, TimeProvider.System);
        Post = new Post(engine.Queues, dice, TimeProvider.System, "/cki/tool");
    }

    public Documents Documents { get; }

    /// <summary>For envelopes and markers; what is sent through it wakes no dispatcher of another process before its next look.</summary>
    public Post Post { get; }

    /// <summary>Throws <see cref="BadInputException"/> where there is no installation.</summary>
    public static OpenedStore At(string directory)
    {
        string file = DataDirectory.DatabaseIn(directory);
        if (!File.Exists(file))
            throw new BadInputException($"--data {directory}: there is no database of cki up in it");
        // The owner's messages in flight stay its own.
        return new OpenedStore(EmbeddedEngine.Open(file, new EngineOptions { ReleaseInFlightOnOpen = false }, TimeProvider.System, new SystemDice()));
    }

    public ValueTask DisposeAsync()
    {
        engine.Dispose();
        return ValueTask.CompletedTask;
    }
}
