using System.Net;

using Cki.Tests.Doubles;
using Cki.Tool;
using Xunit;

namespace Cki.Tests.ReplayRooms;

public sealed class ReplayTests : IDisposable
{
    private readonly ReplayWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task A_day_is_replayed_in_the_order_it_came_under_the_ids_it_had()
    {
        await _world.LiveAsync();

        ReplayResult result = await _world.ReplayAsync();

        Assert.Equal((5, null), (result.Taken, result.Stopped));
        Assert.Empty(result.Refused);
        Assert.Equal(["z-first", "y-second", "x-job", "w-emoji", "v-third"], _world.Seen);
        Assert.False(File.Exists(_world.ProgressFile));
    }

    [Fact]
    public async Task A_day_replayed_twice_leaves_the_store_as_one_replay_does()
    {
        await _world.LiveAsync();
        await _world.ReplayAsync();
        await _world.SettleAsync();
        SortedDictionary<string, string> once = await _world.StoreAsync();
        Assert.Contains(once.Keys, k => k.StartsWith("runs/mainline-main-dddddddddddd-", StringComparison.Ordinal));

        await _world.ReplayAsync();
        await _world.SettleAsync();

        Assert.Equal(10, _world.Seen.Count);
        Assert.Equal(once, await _world.StoreAsync());
    }

    [Fact]
    public async Task A_replay_that_was_broken_off_goes_on_behind_the_last_that_was_taken()
    {
        await _world.LiveAsync();
        _world.InTheWay = _ => _world.Seen.Count == 2 ? new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { Content = new StringContent("busy") } : null;
        ReplayResult first = await _world.ReplayAsync();
        Assert.Equal((2, "6 tries: https://staging.example/webhooks/gitlab: 503 busy"), (first.Taken, first.Stopped));
        Assert.Equal(new ArchivePlace(A.Noon.AddSeconds(2), "deliveries/2026/11/22/12/gitlab/y-second.json"), new ReplayProgress(_world.ProgressFile).Read());

        _world.InTheWay = _ => null;
        ReplayResult second = await _world.ReplayAsync();

        Assert.Equal((3, null), (second.Taken, second.Stopped));
        Assert.Equal(["z-first", "y-second", "x-job", "w-emoji", "v-third"], _world.Seen);
    }

    [Fact]
    public async Task A_hiccup_of_the_target_is_waited_for()
    {
        await _world.LiveAsync();
        int tries = 0;
        _world.InTheWay = _ => ++tries is 2 or 3 ? throw new HttpRequestException("connection refused") : null;
        Assert.Equal(5, (await _world.ReplayAsync()).Taken);
    }

    [Fact]
    public async Task A_wrong_key_stops_at_the_first_delivery()
    {
        await _world.LiveAsync();
        ReplayResult result = await _world.ReplayAsync(keys: _world.Keys(key: null));
        Assert.Equal((0, "https://staging.example/webhooks/gitlab: 401 X-Gitlab-Token is missing or wrong."), (result.Taken, result.Stopped));
        Assert.Empty(_world.Target.Ports.Store.Keys);
    }

    [Fact]
    public async Task What_the_target_refuses_for_good_is_named_and_the_rest_goes_on()
    {
        await _world.LiveAsync();
        _world.InTheWay = r => r.Headers.GetValues("idempotency-key").Single() == "x-job" ? new HttpResponseMessage(HttpStatusCode.RequestEntityTooLarge) { Content = new StringContent("large") } : null;
        ReplayResult result = await _world.ReplayAsync();
        Assert.Equal(4, result.Taken);
        Assert.Equal(["deliveries/2026/11/22/12/gitlab/x-job.json: https://staging.example/webhooks/gitlab: 413 large"], result.Refused);
    }

    [Theory]
    [InlineData("x-cki-replay", "true")]
    [InlineData("webhook-signature-exempt", "1")]
    [InlineData("x-forwarded-for", "127.0.0.1")]
    [InlineData("webhook-timestamp", "1700000000")]
    [InlineData("webhook-signature", "v1,none")]
    [InlineData("webhook-signature", "")]
    public async Task No_header_exempts_a_replayed_delivery_from_its_proof(string name, string value)
    {
        await _world.LiveAsync();
        _world.InTheWay = request =>
        {
            if (!name.StartsWith("webhook-", StringComparison.Ordinal) || name.EndsWith("exempt", StringComparison.Ordinal))
                request.Headers.Remove("webhook-signature");
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
            return null;
        };

        ReplayResult result = await _world.ReplayAsync();

        Assert.Equal(0, result.Taken);
        Assert.StartsWith("https://staging.example/webhooks/gitlab: 401 ", result.Stopped);
        Assert.Empty(_world.Target.Ports.Store.Keys);
        Assert.Empty(_world.Target.Ports.Queue.Sent);
    }

    [Fact]
    public async Task Source_kind_project_and_time_choose_what_is_replayed()
    {
        await _world.LiveAsync();
        await _world.ReplayAsync(ReplayWorld.Day with { Kind = "push" });
        await _world.ReplayAsync(ReplayWorld.Day with { Project = "kernel/Other" });
        await _world.ReplayAsync(ReplayWorld.Day with { Source = "github" });
        await _world.ReplayAsync(new ArchiveWindow(A.Noon.AddSeconds(3), A.Noon.AddHours(3)));
        Assert.Equal(["z-first", "y-second", "v-third", "w-emoji", "x-job"], _world.Seen);
    }

    [Fact]
    public async Task A_consumer_gets_the_deliveries_marked_as_repeated()
    {
        await _world.LiveAsync();
        var taken = new Taking();
        ReplayResult result = await _world.ReplayAsync(new ConsumerTarget(taken, _world.Production.Config.Current), ReplayWorld.Day with { Kind = "build" });
        Assert.Equal(1, result.Taken);
        Assert.Equal([("x-job", "gitlab", "gitlab.example.cki.pipelines.build", true)], taken.All.Select(d => (d.Id, d.Type, d.RoutingKey, d.IsAgain)));
    }

    private sealed class Taking : IDeliveryConsumer
    {
        public List<OutgoingDelivery> All { get; } = [];

        public Task<ChannelOutcome> SendAsync(OutgoingDelivery delivery, CancellationToken cancellationToken)
        {
            All.Add(delivery);
            return Task.FromResult<ChannelOutcome>(new ChannelOutcome.Sent(delivery.Id));
        }
    }
}
