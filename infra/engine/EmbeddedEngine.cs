using Microsoft.Data.Sqlite;

namespace Cki.Engine;

/// <summary>
/// The single-machine engine: queues, store and flows on one SQLite file. It may be abandoned at any moment; opened again from the same
/// file, it goes on with everything that was acknowledged.
/// </summary>
public sealed class EmbeddedEngine : IDisposable
{
    private readonly EngineDatabase database;
    private readonly EngineWriter writer;
    private readonly bool isOwner;

    private EmbeddedEngine(EngineDatabase database, EngineWriter writer, bool isOwner, Setting setting)
    {
        this.database = database;
        this.writer = writer;
        this.isOwner = isOwner;
        Options = setting.Options;
        Clock = setting.Clock;
        Dice = setting.Dice;
        writer.TroubleOver = TellOver;
        Queues = new EngineQueues(database, writer, Clock, Options.Queues.Select(queue => queue.Name));
        Store = new EngineStore(database, writer);
        Flows = new EngineFlows(database, writer, Queues, new FlowShelf(Options.Flows, Options.FlowEnded) { Moved = Options.FlowMoved }, Dice);
    }

    public EngineQueues Queues { get; }

    public EngineStore Store { get; }

    public EngineFlows Flows { get; }

    /// <summary>What SQLite says of itself: <c>synchronous</c> is 2 (FULL) unless simulated.</summary>
    public EnginePragmas Pragmas => database.Pragmas;

    /// <summary>Null: the database takes what is written.</summary>
    public EngineTrouble? Trouble => writer.Trouble;

    internal EngineOptions Options { get; }

    internal TimeProvider Clock { get; }

    internal Dice Dice { get; }

    internal Bell Bell => writer.Bell;

    /// <summary>Opens the file at <paramref name="path"/> durably, with a writer thread; disposing closes both.</summary>
    /// <remarks>Throws <see cref="EngineUnavailableException"/> where the file cannot be used, <see cref="ArgumentException"/> for wrong options.</remarks>
    public static EmbeddedEngine Open(string path, EngineOptions options, TimeProvider clock, Dice dice)
    {
        options.Validate();
        var opened = EngineDatabase.Open(path);
        return Open(opened, new ThreadWriter(opened, clock), isOwner: true, new Setting(options, clock, dice));
    }

    /// <summary>On a database and writer of the caller's, for the simulation: nothing of them is disposed here.</summary>
    public static EmbeddedEngine Open(EngineDatabase database, EngineWriter writer, EngineOptions options, TimeProvider clock, Dice dice)
    {
        options.Validate();
        return Open(database, writer, isOwner: false, new Setting(options, clock, dice));
    }

    /// <summary>Writes what is waiting and closes the file. Drain the dispatcher first.</summary>
    public void Dispose()
    {
        if (!isOwner)
            return;
        (writer as IDisposable)?.Dispose();
        database.Dispose();
    }

    /// <summary>Where this message is refused in turn, that trouble will be told of.</summary>
    private void TellOver(EngineTrouble trouble, DateTimeOffset until)
    {
        if (Options.TroubleOver?.Invoke(trouble, until) is { } message)
            _ = Queues.SendAsync(message, CancellationToken.None);
    }

    private static EmbeddedEngine Open(EngineDatabase database, EngineWriter writer, bool isOwner, Setting setting)
    {
        var engine = new EmbeddedEngine(database, writer, isOwner, setting);
        try
        {
            // Before anything else is written: the predecessor's hands are empty now.
            if (setting.Options.ReleaseInFlightOnOpen)
                database.InTransaction(() => engine.Queues.Table.ReleaseAll(setting.Clock.GetUtcNow()));
            return engine;
        }
        catch (SqliteException e)
        {
            engine.Dispose();
            throw new EngineUnavailableException($"Cannot write to the engine's database: {engine.database.Words(e)}", e);
        }
    }

    private sealed record Setting(EngineOptions Options, TimeProvider Clock, Dice Dice);
}
