using Cki.Engine;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.EngineRooms;

/// <summary>Dice that count: every roll differs, every run is the same.</summary>
internal sealed class CountingDice : Dice
{
    private ulong rolled;

    public override ulong Roll(string site) => Interlocked.Increment(ref rolled) * 0x9E3779B97F4A7C15;
}

/// <summary>A real database file in a directory of its own, a writer thread, and a clock that only the test moves.</summary>
internal sealed class EngineFixture : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("cki-engine-");

    public EngineFixture()
    {
        Database = EngineDatabase.Open(Path);
        Writer = new ThreadWriter(Database, Clock);
        Queues = new EngineQueues(Database, Writer, Clock, QueueNames.All);
        Store = new EngineStore(Database, Writer);
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    public string Path => System.IO.Path.Combine(directory.FullName, "engine.db");

    public EngineDatabase Database { get; }

    public ThreadWriter Writer { get; }

    public EngineQueues Queues { get; }

    public EngineStore Store { get; }

    /// <summary>The test run's own end, so that a hanging test can be stopped.</summary>
    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static readonly TimeSpan Visibility = TimeSpan.FromMinutes(5);

    public Task SendAsync(string body, string group = "g", string queue = "herd", TimeSpan delay = default) =>
        Queues.SendAsync(new OutgoingMessage(queue, body, group) { Delay = delay }, Stop);

    public async Task<IReadOnlyList<string>> BodiesAsync(int most = 10, string queue = "herd") =>
        [.. (await Queues.ReceiveAsync(queue, most, Visibility)).Select(reception => reception.Message.Body)];

    public async Task<Reception> ReceiveOneAsync(string queue = "herd") =>
        Assert.Single(await Queues.ReceiveAsync(queue, 1, Visibility));

    public void Dispose()
    {
        Writer.Dispose();
        Database.Dispose();
        directory.Delete(recursive: true);
    }
}
