using Cki.Engine;
using Xunit;

namespace Cki.Tests.EngineRooms;

public sealed class FairnessTests : IDisposable
{
    private readonly EngineFixture engine = new();

    public void Dispose() => engine.Dispose();

    [Fact]
    public async Task Ten_thousand_messages_of_one_group_do_not_delay_the_single_one_of_another()
    {
        await SendManyAsync("busy", 10_000);
        await engine.BodiesAsync(most: 100);
        await engine.SendAsync("alone", "quiet");
        Assert.Contains("alone", await engine.BodiesAsync(most: 2));
    }

    [Fact]
    public async Task Groups_are_served_in_turn()
    {
        await SendManyAsync("a", 3);
        await SendManyAsync("b", 3);
        Assert.Equal(["a0", "b0", "a1", "b1", "a2", "b2"], await engine.BodiesAsync());
    }

    [Fact]
    public async Task A_group_that_comes_back_is_owed_nothing()
    {
        await engine.SendAsync("early", "a", delay: TimeSpan.FromMinutes(10));
        await SendManyAsync("b", 200);
        await engine.BodiesAsync(most: 100);
        engine.Clock.Advance(TimeSpan.FromMinutes(10));
        await SendManyAsync("a", 50);

        IReadOnlyList<string> next = await engine.BodiesAsync(most: 20);

        // Both are ready now; a's long absence buys it one place, not a hundred.
        Assert.Equal(10, next.Count(body => body.StartsWith('b')));
    }

    [Fact]
    public async Task A_stream_of_new_groups_does_not_starve_an_old_one()
    {
        await SendManyAsync("z", 2);
        await engine.BodiesAsync(most: 1);
        var served = new List<string>();
        for (int n = 0; n < 5; n++)
        {
            await engine.SendAsync("new" + n, "a" + n);
            engine.Clock.Advance(TimeSpan.FromSeconds(1));
            served.AddRange(await engine.BodiesAsync(most: 1));
        }
        Assert.Contains("z1", served);
    }

    [Fact]
    public async Task Within_a_group_the_oldest_comes_first()
    {
        for (int n = 0; n < 5; n++)
        {
            await engine.SendAsync("m" + n);
            engine.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }
        Assert.Equal(["m0", "m1", "m2", "m3", "m4"], await engine.BodiesAsync());
    }

    private Task SendManyAsync(string group, int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Chunk(500).Select(chunk => SendAllAsync(group, chunk)));

    private async Task SendAllAsync(string group, int[] numbers)
    {
        foreach (int[] some in numbers.Chunk(50))
            await Task.WhenAll(some.Select(n => engine.SendAsync(group + n, group)));
    }
}
