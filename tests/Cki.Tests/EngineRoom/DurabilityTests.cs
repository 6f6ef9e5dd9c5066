using Cki.Engine;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Cki.Tests.EngineRooms;

public sealed class DurabilityTests : IDisposable
{
    private readonly EngineFixture engine = new();

    public void Dispose() => engine.Dispose();

    [Fact]
    public void Every_commit_waits_for_the_disk() => Assert.Equal(new EnginePragmas("wal", 2), engine.Database.Pragmas);

    [Fact]
    public void A_simulated_world_does_not()
    {
        using var simulated = EngineDatabase.Open(":memory:", Durability.Simulated);
        Assert.Equal(0, simulated.Pragmas.Synchronous);
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_for_the_next_process()
    {
        await engine.SendAsync("a");
        await engine.Store.PutAsync("k", "v"u8.ToArray(), new PutCondition.IfAbsent(), EngineFixture.Stop);

        // The first process is neither closed nor asked: it is simply not there any more.
        using var database = EngineDatabase.Open(engine.Path);
        using var writer = new ThreadWriter(database, engine.Clock);
        var queues = new EngineQueues(database, writer, engine.Clock, QueueNames.All);
        Assert.Equal("a", Assert.Single(await queues.ReceiveAsync("herd", 10, EngineFixture.Visibility)).Message.Body);
        Assert.Equal("v"u8.ToArray(), (await new EngineStore(database, writer).GetAsync("k", EngineFixture.Stop))!.Body.ToArray());
    }

    [Fact]
    public async Task Writes_that_gather_share_a_transaction_and_are_all_there()
    {
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(n => engine.SendAsync("m" + n, "g" + n % 7)));
        Assert.Equal(1000, Assert.Single(engine.Queues.Standings()).Ready);
        Assert.Equal("ok", engine.Database.QuickCheck());
    }

    [Fact]
    public void Another_program_s_file_is_refused_by_name()
    {
        string path = engine.Path + ".other";
        using (var other = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            other.Open();
            using SqliteCommand command = other.CreateCommand();
            command.CommandText = "CREATE TABLE t(x); PRAGMA user_version=7;";
            command.ExecuteNonQuery();
        }
        var refused = Assert.Throws<EngineUnavailableException>(() => EngineDatabase.Open(path));
        Assert.Equal(
            $"Cannot open the engine's database {path}: it is not an engine database of version 1 (its version is 7)", refused.Message);
    }

    [Fact]
    public async Task A_full_disk_fails_its_callers_and_loses_nothing_before()
    {
        await engine.SendAsync("before");
        engine.Database.Limit(pages: 1);
        await Assert.ThrowsAsync<QueueUnavailableException>(() => engine.SendAsync(new string('x', 200_000)));
        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => engine.Store.PutAsync("k", new byte[200_000], new PutCondition.Always(), EngineFixture.Stop));
        engine.Database.Limit(pages: 1_000_000);
        await engine.SendAsync("after");
        Assert.Equal(["before", "after"], await engine.BodiesAsync());
        Assert.Null(await engine.Store.GetAsync("k", EngineFixture.Stop));
    }

    [Fact]
    public async Task One_caller_s_mistake_is_that_caller_s_alone()
    {
        Task bad = engine.Writer.WriteAsync<int>(_ => throw new InvalidOperationException("mine"));
        Task good = engine.SendAsync("good");
        Assert.Equal("mine", (await Assert.ThrowsAsync<InvalidOperationException>(() => bad)).Message);
        await good;
        Assert.Equal(["good"], await engine.BodiesAsync());
    }

    [Fact]
    public async Task More_than_the_writer_takes_is_refused_as_busy()
    {
        using var gate = new ManualResetEventSlim();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task stuck = engine.Writer.WriteAsync(_ => { begun.TrySetResult(); gate.Wait(TimeSpan.FromSeconds(30)); return 0; }, WriteOrigin.Engine);
        // A writer that only begins later would make room in the middle.
        await begun.Task;
        var sends = new List<Task>();
        for (int n = 0; n < EngineWriter.WaitingMax + EngineWriter.BatchMax + 1; n++)
            sends.Add(engine.SendAsync("m" + n));
        QueueUnavailableException refused = await Assert.ThrowsAsync<QueueUnavailableException>(() => sends[^1]);
        Assert.IsType<EngineBusyException>(refused.InnerException);
        gate.Set();
        await stuck;
        int failed = 0;
        foreach (Task send in sends)
            failed += await Record.ExceptionAsync(() => send) is null ? 0 : 1;
        Assert.Equal(sends.Count - failed, Assert.Single(engine.Queues.Standings()).Ready);
    }

    [Fact]
    public async Task A_closed_engine_refuses()
    {
        engine.Writer.Dispose();
        await Assert.ThrowsAsync<QueueUnavailableException>(() => engine.SendAsync("late"));
    }
}
