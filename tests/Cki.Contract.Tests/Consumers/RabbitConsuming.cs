using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Cki.Adapters;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Xunit;

namespace Cki.Contract.Tests.Consumers;

/// <summary>The AMQP consumer against a broker that we did not write, and a consumer as CKI's are: a queue bound to a topic exchange by routing keys.</summary>
public sealed class RabbitConsuming(RabbitServer server) : IClassFixture<RabbitServer>
{
    private static readonly DateTimeOffset s_noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private AmqpConsumer Adapter(string exchange, int? port = null, string password = "guest") => new(
        new ConsumerConfig.Amqp("cki", ["#"], new Uri($"amqp://127.0.0.1:{port ?? server.Port}/"), exchange, "user", "password"),
        new FixedSecrets(new Dictionary<string, string> { ["user"] = "guest", ["password"] = password }), TimeProvider.System);

    private static OutgoingDelivery Delivery(string id, string key = "gitlab.com.cki-project.kernel-ark.push", byte[]? body = null) => new(
        id, "gitlab", key, s_noon, new Dictionary<string, string> { ["content-type"] = "application/json", ["x-gitlab-event"] = "Push Hook", ["user-agent"] = "GitLab" },
        body ?? Encoding.UTF8.GetBytes($$"""{"object_kind":"push","id":"{{id}}"}"""));

    [Fact]
    public async Task A_consumer_gets_what_its_routing_keys_ask_for_as_it_came()
    {
        await using Listener pushes = await Listener.OnAsync(server, "webhooks", "gitlab.com.cki-project.*.push");
        await using Listener all = await Listener.OnAsync(server, "webhooks", "#");
        byte[] body = [.. "{\"x\":\""u8, 0xc3, 0xa9, 0x00, .. "\"}"u8];

        Assert.Equal(new ChannelOutcome.Sent("d-1"), await Adapter("webhooks").SendAsync(Delivery("d-1", body: body) with { IsAgain = true }, Stop));
        Assert.Equal(new ChannelOutcome.Sent("d-2"), await Adapter("webhooks").SendAsync(Delivery("d-2", "gitlab.com.cki-project.kernel-ark.build"), Stop));

        Assert.Equal(["d-1", "d-2"], await all.IdsAsync(2));
        Seen push = Assert.Single(await pushes.AllAsync(1));
        Assert.Equal(body, push.Body);
        Assert.Equal(("gitlab.com.cki-project.kernel-ark.push", "application/json", DeliveryModes.Persistent), (push.RoutingKey, push.ContentType, push.Mode));
        // The last one is RabbitMQ.Client's own, by which it finds the confirmation.
        Assert.Equal(
            ["message-date=2026-11-22T12:00:00.000000+00:00", "message-duplicate=true", "message-type=gitlab", "message-x-gitlab-event=Push Hook", "x-dotnet-pub-seq-no=1"],
            push.Headers.Select(h => $"{h.Key}={h.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_delivery_whose_confirmation_is_lost_is_sent_again_under_the_same_id()
    {
        await using Listener all = await Listener.OnAsync(server, "lossy", "#");
        using var proxy = new CuttingProxy(server.Port, "\"id\":\"d-lost\"");

        ChannelOutcome first = await Adapter("lossy", proxy.Port).SendAsync(Delivery("d-lost"), Stop);

        Assert.Equal(1, proxy.Cuts);
        Assert.StartsWith($"consumer cki at 127.0.0.1:{proxy.Port} exchange lossy: ", Assert.IsType<ChannelOutcome.Unavailable>(first).Reason);
        Assert.IsType<ChannelOutcome.Sent>(await Adapter("lossy").SendAsync(Delivery("d-lost"), Stop));
        Assert.Equal(["d-lost", "d-lost"], await all.IdsAsync(2));
    }

    [Fact]
    public async Task A_broker_that_is_away_or_an_exchange_that_is_missing_is_told_with_its_name()
    {
        int nobody = RabbitServer.FreePort();
        ChannelOutcome away = await Adapter("webhooks", nobody).SendAsync(Delivery("d"), Stop);
        Assert.StartsWith($"consumer cki at 127.0.0.1:{nobody} exchange webhooks: ", Assert.IsType<ChannelOutcome.Unavailable>(away).Reason);
        var missing = Assert.IsType<ChannelOutcome.Refused>(await Adapter("nowhere").SendAsync(Delivery("d"), Stop));
        Assert.False(missing.Permanent);
        Assert.Contains("NOT_FOUND - no exchange 'nowhere' in vhost '/'", missing.Reason);
    }

    [Fact]
    public async Task A_wrong_password_is_no_success_and_is_not_shown()
    {
        ChannelOutcome outcome = await Adapter("webhooks", password: "canary-password").SendAsync(Delivery("d"), Stop);
        Assert.DoesNotContain("canary-password", Assert.IsType<ChannelOutcome.Unavailable>(outcome).Reason);
    }

    [Fact]
    public async Task Our_bindings_choose_what_the_broker_s_choose()
    {
        string[] bindings = ["#", "*", "a.#", "#.push", "a.*.push", "*.*.*", "a.#.#.push", "#.b.#", "*.#", "a", "a.b.push"];
        string[] keys = ["a", "b", "a.b", "a.push", "a.b.push", "a.b.c.push", "b.push", "push", "x.b.y", "a.b.c.d.e"];
        await using IConnection connection = await Listener.ConnectAsync(server);
        await using IChannel channel = await connection.CreateChannelAsync(cancellationToken: Stop);
        await channel.ExchangeDeclareAsync("topics", ExchangeType.Topic, cancellationToken: Stop);
        foreach (string binding in bindings)
        {
            await channel.QueueDeclareAsync($"q {binding}", exclusive: true, cancellationToken: Stop);
            await channel.QueueBindAsync($"q {binding}", "topics", binding, cancellationToken: Stop);
        }
        foreach (string key in keys)
            Assert.IsType<ChannelOutcome.Sent>(await Adapter("topics").SendAsync(Delivery(key, key), Stop));
        foreach (string binding in bindings)
        {
            var got = new List<string>();
            while (await channel.BasicGetAsync($"q {binding}", autoAck: true, Stop) is { } message)
                got.Add(message.RoutingKey);
            Assert.Equal((binding, string.Join(' ', keys.Where(k => RoutingKeys.IsMatch(binding, k)))), (binding, string.Join(' ', got)));
        }
    }

    private sealed record Seen(string Id, string RoutingKey, string? ContentType, DeliveryModes Mode, IReadOnlyDictionary<string, string> Headers, byte[] Body);

    private sealed class FixedSecrets(IReadOnlyDictionary<string, string> values) : ISecrets
    {
        public Task<string?> GetAsync(string name, CancellationToken cancellationToken) => Task.FromResult(values.GetValueOrDefault(name));
    }

    /// <summary>As CKI's consumers: a queue of its own, bound by routing keys, each message acknowledged.</summary>
    private sealed class Listener : IAsyncDisposable
    {
        private readonly IConnection _connection;
        private readonly ConcurrentQueue<Seen> _seen = new();
        private readonly SemaphoreSlim _one = new(0);

        private Listener(IConnection connection) => _connection = connection;

        public static Task<IConnection> ConnectAsync(RabbitServer server) =>
            new ConnectionFactory { Uri = server.Address, UserName = "guest", Password = "guest" }.CreateConnectionAsync(Stop);

        public static async Task<Listener> OnAsync(RabbitServer server, string exchange, string routingKey)
        {
            var listener = new Listener(await ConnectAsync(server));
            IChannel channel = await listener._connection.CreateChannelAsync(cancellationToken: Stop);
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Topic, durable: true, cancellationToken: Stop);
            string queue = (await channel.QueueDeclareAsync(cancellationToken: Stop)).QueueName;
            await channel.QueueBindAsync(queue, exchange, routingKey, cancellationToken: Stop);
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += async (_, message) =>
            {
                listener.Take(message);
                await channel.BasicAckAsync(message.DeliveryTag, multiple: false);
            };
            await channel.BasicConsumeAsync(queue, autoAck: false, consumer, Stop);
            return listener;
        }

        public async Task<IReadOnlyList<Seen>> AllAsync(int count)
        {
            for (int n = 0; n < count; n++)
                Assert.True(await _one.WaitAsync(TimeSpan.FromSeconds(20), Stop), $"{n} of {count} came");
            // One more than wanted would be here by now: the broker delivers within milliseconds.
            Assert.False(await _one.WaitAsync(TimeSpan.FromMilliseconds(200), Stop));
            return [.. _seen];
        }

        public async Task<IReadOnlyList<string>> IdsAsync(int count) => [.. (await AllAsync(count)).Select(s => s.Id)];

        public async ValueTask DisposeAsync()
        {
            await _connection.DisposeAsync();
            _one.Dispose();
        }

        private void Take(BasicDeliverEventArgs message)
        {
            var headers = (message.BasicProperties.Headers ?? new Dictionary<string, object?>())
                .ToDictionary(h => h.Key, h => h.Value is byte[] text ? Encoding.UTF8.GetString(text) : Convert.ToString(h.Value, CultureInfo.InvariantCulture) ?? "");
            _seen.Enqueue(new Seen(
                message.BasicProperties.MessageId ?? "", message.RoutingKey, message.BasicProperties.ContentType, message.BasicProperties.DeliveryMode, headers, message.Body.ToArray()));
            _one.Release();
        }
    }
}
