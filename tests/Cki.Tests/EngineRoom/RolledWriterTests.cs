using Cki.Engine;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.EngineRooms;

public sealed class RolledWriterTests : IDisposable
{
    private readonly FakeTimeProvider clock = new();
    private readonly EngineDatabase database = EngineDatabase.Open(":memory:", Durability.Simulated);
    private readonly EngineQueues queues;

    public RolledWriterTests() =>
        queues = new EngineQueues(database, new RolledWriter(database, clock, new CountingDice()), clock, QueueNames.All);

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task Nothing_is_answered_or_seen_before_its_commit()
    {
        Task first = queues.SendAsync(new OutgoingMessage("herd", "a", "g"), EngineFixture.Stop);
        Task second = queues.SendAsync(new OutgoingMessage("herd", "b", "g"), EngineFixture.Stop);
        Assert.False(first.IsCompleted);
        Assert.Empty(queues.Standings());

        clock.Advance(TimeSpan.FromMilliseconds(5));

        await Task.WhenAll(first, second);
        Assert.Equal(2, Assert.Single(queues.Standings()).Ready);
    }

    [Fact]
    public async Task More_than_one_batch_takes_more_than_one_delay()
    {
        Task[] sends = [.. Enumerable.Range(0, EngineWriter.BatchMax + 1).Select(n => queues.SendAsync(new OutgoingMessage("herd", "m", "g"), EngineFixture.Stop))];
        clock.Advance(TimeSpan.FromMilliseconds(5));
        await sends[0];
        Assert.Equal(EngineWriter.BatchMax, Assert.Single(queues.Standings()).Ready);
        clock.Advance(TimeSpan.FromMilliseconds(5));
        await Task.WhenAll(sends);
    }
}
