using System.Security.Cryptography;
using System.Text;

using Cki.Tests.Doubles;
using Cki.WebhookIntake;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cki.Tests.IntakeRooms;

public sealed class OtherSourceTests
{
    private readonly InMemoryPorts _world = new();
    private readonly WebhookDoor _door;

    public OtherSourceTests()
    {
        _world.Config.Current = A.Config(A.Tree(), A.GitTree() with { Url = new Uri("https://github.com/stable/linux.git") }) with
        {
            Sources =
            [
                new SourceConfig("github", "github", "github.com", []) { SigningSecrets = ["key"] },
                new SourceConfig("sentry", "sentry", "", []) { SigningSecrets = ["key"] },
                new SourceConfig("alerts", "bearer", "", ["key"]) { EventHeader = "x-kind" },
                new SourceConfig("gitlab", "gitlab", "gitlab.example", ["hook-token"]),
            ],
            Consumers =
            [
                new ConsumerConfig.Webhook("everything", ["#"], new Uri("https://a.example/"), "k"),
                new ConsumerConfig.Webhook("pushes", ["#.push"], new Uri("https://b.example/"), "k"),
            ],
        };
        _world.Secrets.Values["key"] = "s3cret";
        _door = WebhookIntakeStage.Compose(_world.Ports, NullLoggerFactory.Instance).Door;
    }

    private Task<DoorAnswer> Post(string source, string body, params (string Name, string Value)[] headers)
    {
        string mac = Convert.ToHexStringLower(HMACSHA256.HashData("s3cret"u8, Encoding.UTF8.GetBytes(body)));
        var all = headers.ToDictionary(h => h.Name, h => h.Value.Replace("{mac}", mac));
        return _door.ReceiveAsync(new DoorRequest("POST", $"/webhooks/{source}", all, Encoding.UTF8.GetBytes(body)), CancellationToken.None);
    }

    private Task<DoorAnswer> PushToGitHub(string repository) => Post(
        "github",
        $$"""{"ref":"refs/heads/main","repository":{"full_name":"stable/linux","clone_url":"https://github.com/{{repository}}.git"} }""",
        ("x-hub-signature-256", "sha256={mac}"),
        ("x-github-event", "push"),
        ("x-github-delivery", "g-1"));

    [Fact]
    public async Task A_push_to_GitHub_polls_the_trees_that_are_read_from_there()
    {
        Assert.Equal(new DoorAnswer(202, "Accepted as delivery g-1."), await PushToGitHub("stable/linux"));

        Assert.Equal([new PollRequested(new TreeName("stable"), "push webhook")], _world.Queue.Messages<PollRequested>());
        ArchivedDelivery archived = _world.Store.Peek("deliveries/2026/11/22/12/github/g-1.json", DocumentJson.Default.ArchivedDelivery)!;
        Assert.Equal(("push", "github.com.stable.linux.push"), (archived.Reading, archived.RoutingKey));
    }

    [Fact]
    public async Task A_push_to_another_repository_polls_nothing()
    {
        Assert.Equal(202, (await PushToGitHub("somebody/else")).Status);
        Assert.Empty(_world.Queue.Messages<PollRequested>());
    }

    [Fact]
    public async Task Sentry_s_project_is_in_the_routing_key()
    {
        Assert.Equal(202, (await Post("sentry", """{"data":{"issue":{"project":{"slug":"herder"}}}}""", ("sentry-hook-signature", "{mac}"), ("sentry-hook-resource", "issue"))).Status);
        Assert.Equal(["sentry.herder.issue"], _world.Queue.Messages<ForwardDelivery>().Select(f => f.RoutingKey));
    }

    [Fact]
    public async Task A_delivery_goes_to_each_consumer_whose_binding_matches()
    {
        await Post("alerts", "no JSON at all", ("authorization", "Bearer s3cret"), ("x-kind", "fired"));
        await _door.ReceiveAsync(Payloads.Request(Payloads.Push()), CancellationToken.None);

        Assert.Equal(
            [
                new ForwardDelivery("everything", _world.Queue.Messages<ForwardDelivery>()[0].Delivery, "alerts.fired", _world.Store.Keys.First(k => k.Contains("alerts"))),
                new ForwardDelivery("everything", "d-1", "gitlab.example.kernel.linux.push", "deliveries/2026/11/22/12/gitlab/d-1.json"),
                new ForwardDelivery("pushes", "d-1", "gitlab.example.kernel.linux.push", "deliveries/2026/11/22/12/gitlab/d-1.json"),
            ],
            _world.Queue.Messages<ForwardDelivery>());
    }

    [Fact]
    public async Task A_duplicate_is_marked_and_handed_on()
    {
        for (int i = 0; i < 2; i++)
            Assert.Equal(202, (await _door.ReceiveAsync(Payloads.Request(Payloads.Push()), CancellationToken.None)).Status);
        Assert.Equal([false, false, true, true], _world.Queue.Messages<ForwardDelivery>().Select(f => f.IsAgain));
        Assert.Equal(2, _world.Queue.Messages<PushReceived>().Count);
    }

    [Fact]
    public async Task A_wrong_proof_leaves_nothing_behind()
    {
        Assert.Equal(new DoorAnswer(401, "X-Hub-Signature-256 is missing or wrong."), await Post("github", "{}", ("x-hub-signature-256", "sha256=00")));
        Assert.Equal(new DoorAnswer(401, "Authorization is missing or wrong."), await Post("alerts", "{}"));
        Assert.Empty(_world.Store.Keys);
        Assert.Empty(_world.Queue.Sent);
    }

    [Fact]
    public async Task Proofs_are_not_archived()
    {
        await Post("alerts", "{}", ("authorization", "Bearer s3cret"), ("x-kind", "fired"));
        ArchivedDelivery archived = _world.Store.Peek(_world.Store.Keys[0], DocumentJson.Default.ArchivedDelivery)!;
        Assert.Equal(["x-kind"], archived.Headers.Keys);
    }

    [Fact]
    public async Task What_the_archive_refuses_travels_with_the_messages()
    {
        _world.Store.Before = (operation, key) =>
        {
            if (key.StartsWith("deliveries/", StringComparison.Ordinal))
                throw new StoreUnavailableException("down");
        };
        Assert.Equal(202, (await _door.ReceiveAsync(Payloads.Request(Payloads.Push()), CancellationToken.None)).Status);
        Assert.All(_world.Queue.Messages<ForwardDelivery>(), f => Assert.Equal(Payloads.Push(), Encoding.UTF8.GetString(Convert.FromBase64String(f.Carried!.Body))));
    }
}
