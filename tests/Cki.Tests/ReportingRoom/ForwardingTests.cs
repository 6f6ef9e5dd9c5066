using System.Text;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

public sealed class ForwardingTests
{
    private static readonly ChannelOutcome s_away = new ChannelOutcome.Unavailable("connection refused");

    private static ReportingWorld World(TimeSpan pace = default) => new(ReportingWorld.Config() with
    {
        Consumers =
        [
            new ConsumerConfig.Webhook("chat", ["#"], new Uri("https://a.example/"), "k") { Pace = pace },
            new ConsumerConfig.Webhook("dashboard", ["#"], new Uri("https://b.example/"), "k"),
        ],
    });

    private static void Deliver(ReportingWorld world, int count = 1)
    {
        for (int i = 0; i < count; i++)
        {
            var archived = new ArchivedDelivery(
                $"d-{i}", "gitlab", A.Noon, new Dictionary<string, string> { ["x-gitlab-event"] = "Push Hook" }, Convert.ToBase64String("{}"u8), "push");
            world.Memory.Store.Set(archived.Key, archived, DocumentJson.Default.ArchivedDelivery);
            foreach (string consumer in new[] { "chat", "dashboard" })
                world.Send(new ForwardDelivery(consumer, archived.Delivery, "gitlab.example.kernel.linux.push", archived.Key));
        }
    }

    private static IEnumerable<string> Of(ReportingWorld world, string consumer) => world.Handed.Where(h => h.Consumer == consumer).Select(h => h.Delivery.Id).Order(StringComparer.Ordinal);

    [Fact]
    public async Task A_delivery_is_handed_on_as_it_came()
    {
        ReportingWorld world = World();
        Deliver(world);
        await world.RunAsync();

        OutgoingDelivery handed = world.Handed.Single(h => h.Consumer == "chat").Delivery;
        Assert.Equal(("d-0", "gitlab", "gitlab.example.kernel.linux.push", A.Noon, "{}", false),
            (handed.Id, handed.Type, handed.RoutingKey, handed.ReceivedAt, Encoding.UTF8.GetString(handed.Body.Span), handed.IsAgain));
        Assert.Equal(["x-gitlab-event"], handed.Headers.Keys);
    }

    [Fact]
    public async Task A_consumer_away_for_an_hour_delays_no_other_and_misses_nothing()
    {
        ReportingWorld world = World();
        world.ConsumerAnswer = name => name == "chat" && world.Memory.Clock.GetUtcNow() < A.Noon.AddHours(1) ? s_away : new ChannelOutcome.Sent("x");
        Deliver(world, 20);
        await world.RunAsync(TimeSpan.FromHours(6));

        Assert.Equal(Of(world, "dashboard"), Of(world, "chat"));
        Assert.Equal(20, Of(world, "chat").Count());
        Assert.All(world.Handed.Where(h => h.Consumer == "dashboard"), h => Assert.Equal(A.Noon, h.At));
        Assert.DoesNotContain(world.Memory.Store.Under(DueMarker.Prefix), k => k.Contains("/forward/"));
        Assert.Equal(
            ["consumer chat does not take deliveries", "consumer chat takes deliveries again"],
            world.Taken.Where(t => t.Report.Subject.Contains("consumer")).Select(t => t.Report.Subject[t.Report.Subject.IndexOf("consumer", StringComparison.Ordinal)..]));
    }

    [Fact]
    public async Task While_the_circuit_is_open_the_consumer_is_left_alone()
    {
        ReportingWorld world = World();
        int tries = 0;
        world.ConsumerAnswer = name =>
        {
            if (name != "chat")
                return new ChannelOutcome.Sent("x");
            tries++;
            return s_away;
        };
        Deliver(world, 100);
        await world.RunAsync(TimeSpan.FromMinutes(30), messagesMax: 20_000);
        Assert.InRange(tries, 3, 60);
    }

    [Fact]
    public async Task Deliveries_keep_the_consumer_s_pace()
    {
        ReportingWorld world = World(TimeSpan.FromSeconds(30));
        Deliver(world, 10);
        await world.RunAsync(TimeSpan.FromHours(2), messagesMax: 20_000);
        DateTimeOffset[] at = [.. world.Handed.Where(h => h.Consumer == "chat").Select(h => h.At).Order()];
        Assert.Equal(10, at.Length);
        Assert.All(at.Zip(at.Skip(1)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_paused_consumer_gets_nothing_until_it_is_resumed_and_then_everything()
    {
        ReportingWorld world = World();
        var held = new Switch("forward@chat", "maintenance", "op", A.Noon, A.Noon.AddHours(5));
        world.Memory.Store.Set(held.Key, held, DocumentJson.Default.Switch);
        Deliver(world, 3);
        await world.RunAsync(TimeSpan.FromHours(4));
        Assert.Equal(["d-0", "d-1", "d-2"], Of(world, "dashboard"));
        Assert.Empty(Of(world, "chat"));
        Assert.Empty(world.Failures);

        await world.RunAsync(TimeSpan.FromHours(3));
        Assert.Equal(["d-0", "d-1", "d-2"], Of(world, "chat"));
    }

    [Fact]
    public async Task Observing_does_not_hold_what_others_are_sent()
    {
        ReportingWorld world = World();
        var observe = new Switch(Switch.Observe, "new", "op", A.Noon, null);
        world.Memory.Store.Set(observe.Key, observe, DocumentJson.Default.Switch);
        Deliver(world);
        await world.RunAsync();
        Assert.Equal(2, world.Handed.Count);
    }

    [Fact]
    public async Task A_consumer_that_is_no_longer_configured_is_no_failure()
    {
        ReportingWorld world = World();
        Deliver(world);
        world.Memory.Config.Current = ReportingWorld.Config();
        await world.RunAsync();
        Assert.Empty(world.Handed);
        Assert.Empty(world.Failures);
    }
}
