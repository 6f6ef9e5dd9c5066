using System.Text;
using Cki.Engine;
using Xunit;

namespace Cki.Tests.EngineRooms;

public sealed class QueueTests : IDisposable
{
    private readonly EngineFixture engine = new();

    public void Dispose() => engine.Dispose();

    [Fact]
    public async Task A_message_is_received_with_all_that_was_sent()
    {
        var attributes = new Dictionary<string, string> { ["hop"] = "2", ["a"] = "\u00e4\"" };
        await engine.Queues.SendAsync(new OutgoingMessage("herd", "{\"x\":1}", "kernel") { Attributes = attributes }, EngineFixture.Stop);

        Reception received = await engine.ReceiveOneAsync();

        Assert.Equal(
            new ReceivedMessage("1", "herd", "{\"x\":1}", "kernel", 1, engine.Clock.GetUtcNow()),
            received.Message with { Attributes = OutgoingMessage.NoAttributes });
        Assert.Equal(attributes, received.Message.Attributes);
    }

    [Fact]
    public async Task A_held_message_is_not_received_by_another()
    {
        await engine.SendAsync("a");
        await engine.ReceiveOneAsync();
        engine.Clock.Advance(EngineFixture.Visibility - TimeSpan.FromMilliseconds(1));
        Assert.Empty(await engine.BodiesAsync());
    }

    [Fact]
    public async Task An_expired_message_is_received_again_and_counted()
    {
        await engine.SendAsync("a");
        await engine.ReceiveOneAsync();
        engine.Clock.Advance(EngineFixture.Visibility);
        Assert.Equal(2, (await engine.ReceiveOneAsync()).Message.ReceiveCount);
    }

    [Fact]
    public async Task A_receipt_deletes_its_message()
    {
        await engine.SendAsync("a");
        Assert.True(await engine.Queues.DeleteAsync(await engine.ReceiveOneAsync()));
        engine.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Empty(await engine.BodiesAsync());
        Assert.Empty(engine.Queues.Standings());
    }

    [Fact]
    public async Task An_expired_receipt_deletes_nothing_and_hides_nothing()
    {
        await engine.SendAsync("a");
        Reception first = await engine.ReceiveOneAsync();
        engine.Clock.Advance(EngineFixture.Visibility);
        Reception second = await engine.ReceiveOneAsync();

        Assert.False(await engine.Queues.DeleteAsync(first));
        Assert.False(await engine.Queues.ChangeVisibilityAsync(first, TimeSpan.Zero));
        Assert.False(await engine.Queues.GiveBackAsync(first, TimeSpan.Zero));
        Assert.Empty(await engine.BodiesAsync());
        Assert.True(await engine.Queues.DeleteAsync(second));
    }

    [Fact]
    public async Task A_receipt_of_the_same_millisecond_is_still_another_receipt()
    {
        await engine.SendAsync("a");
        Reception first = await engine.ReceiveOneAsync();
        await engine.Queues.ChangeVisibilityAsync(first, TimeSpan.Zero);
        Reception second = await engine.ReceiveOneAsync();
        Assert.False(await engine.Queues.DeleteAsync(first));
        Assert.True(await engine.Queues.DeleteAsync(second));
    }

    [Fact]
    public async Task A_receiver_that_asks_for_more_time_gets_it()
    {
        await engine.SendAsync("a");
        Reception held = await engine.ReceiveOneAsync();
        Assert.True(await engine.Queues.ChangeVisibilityAsync(held, TimeSpan.FromHours(2)));
        engine.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await engine.BodiesAsync());
        Assert.True(await engine.Queues.DeleteAsync(held));
    }

    [Fact]
    public async Task A_message_given_back_rests_for_its_pause()
    {
        await engine.SendAsync("a");
        await engine.Queues.GiveBackAsync(await engine.ReceiveOneAsync(), TimeSpan.FromSeconds(30));
        Assert.Equal([new QueueStanding("herd", 0, 1, 0, engine.Clock.GetUtcNow())], engine.Queues.Standings());
        engine.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Empty(await engine.BodiesAsync());
        engine.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["a"], await engine.BodiesAsync());
    }

    [Fact]
    public async Task A_delayed_message_waits_for_its_delay()
    {
        await engine.SendAsync("a", delay: TimeSpan.FromMinutes(15));
        engine.Clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromMilliseconds(1));
        Assert.Empty(await engine.BodiesAsync());
        engine.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["a"], await engine.BodiesAsync());
    }

    [Fact]
    public async Task A_message_received_ten_times_becomes_a_dead_letter_that_keeps_everything()
    {
        DateTimeOffset sent = engine.Clock.GetUtcNow();
        var attributes = new Dictionary<string, string> { ["rounds"] = "3" };
        await engine.Queues.SendAsync(new OutgoingMessage("herd", "poison", "kernel") { Attributes = attributes }, EngineFixture.Stop);
        for (int receive = 1; receive <= 10; receive++)
        {
            Assert.Equal(receive, (await engine.ReceiveOneAsync()).Message.ReceiveCount);
            engine.Clock.Advance(EngineFixture.Visibility);
        }

        Assert.Empty(await engine.BodiesAsync());

        ReceivedMessage dead = Assert.Single(engine.Queues.List("herd-dead"));
        Assert.Equal(
            new ReceivedMessage("1", "herd-dead", "poison", "kernel", 10, sent),
            dead with { Attributes = OutgoingMessage.NoAttributes });
        Assert.Equal(attributes, dead.Attributes);
        Assert.Equal([new QueueStanding("herd-dead", 1, 0, 0, sent)], engine.Queues.Standings());
    }

    [Fact]
    public async Task A_dead_letter_does_not_hold_up_the_living()
    {
        await engine.SendAsync("poison");
        for (int receive = 0; receive < 10; receive++)
        {
            await engine.ReceiveOneAsync();
            engine.Clock.Advance(EngineFixture.Visibility);
        }
        await engine.SendAsync("fine");
        Assert.Equal(["fine"], await engine.BodiesAsync(most: 1));
    }

    [Fact]
    public async Task A_returned_dead_letter_starts_counting_anew()
    {
        DateTimeOffset sent = engine.Clock.GetUtcNow();
        await engine.SendAsync("a");
        for (int receive = 0; receive < 10; receive++)
        {
            await engine.ReceiveOneAsync();
            engine.Clock.Advance(EngineFixture.Visibility);
        }
        await engine.BodiesAsync();
        Assert.True(await engine.Queues.MoveAsync("herd-dead", "1", "herd"));
        Assert.Equal(new ReceivedMessage("1", "herd", "a", "g", 1, sent), (await engine.ReceiveOneAsync()).Message);
        Assert.Empty(engine.Queues.List("herd-dead"));
    }

    [Fact]
    public async Task A_held_message_is_neither_moved_nor_dropped()
    {
        await engine.SendAsync("a");
        await engine.ReceiveOneAsync();
        Assert.False(await engine.Queues.MoveAsync("herd", "1", "watch"));
        Assert.False(await engine.Queues.DropAsync("herd", "1"));
        Assert.False(await engine.Queues.DropAsync("herd", "no number"));
        Assert.Equal("a", engine.Queues.Peek("herd", "1")?.Body);
    }

    [Fact]
    public async Task A_scheduled_message_does_not_pile_up()
    {
        var tick = new OutgoingMessage("watch", "tick", "schedule");
        Assert.True(await engine.Queues.SendIfNoneAsync(tick));
        Assert.False(await engine.Queues.SendIfNoneAsync(tick));
        Reception held = await engine.ReceiveOneAsync("watch");
        Assert.False(await engine.Queues.SendIfNoneAsync(tick));
        await engine.Queues.DeleteAsync(held);
        Assert.True(await engine.Queues.SendIfNoneAsync(tick));
    }

    [Fact]
    public async Task What_can_never_be_sent_is_refused_with_its_reason()
    {
        string large = new('x', MessageBounds.BodyBytesMax + 1);
        Assert.Equal("Cannot send to nowhere: there is no such queue", await RefusalAsync(new OutgoingMessage("nowhere", "", "g")));
        Assert.Equal("Cannot send to herd: a message group is required", await RefusalAsync(new OutgoingMessage("herd", "", "")));
        Assert.Equal("Cannot send to herd: a body of 262145 bytes is over 262144", await RefusalAsync(new OutgoingMessage("herd", large, "g")));
        Assert.Equal(
            "Cannot send to herd: a delay of 00:15:01 is not within 0 to 00:15:00",
            await RefusalAsync(new OutgoingMessage("herd", "", "g") { Delay = TimeSpan.FromSeconds(901) }));
        Assert.Equal(
            "Cannot send to herd: 11 attributes are more than 10",
            await RefusalAsync(new OutgoingMessage("herd", "", "g")
            {
                Attributes = Enumerable.Range(0, 11).ToDictionary(n => "a" + n, n => ""),
            }));
        await engine.SendAsync(new StringBuilder(large).Remove(0, 1).ToString());
    }

    private async Task<string> RefusalAsync(OutgoingMessage message)
    {
        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(() => engine.Queues.SendAsync(message, EngineFixture.Stop));
        return refused.Message.Replace(" (Parameter 'message')", "");
    }
}
