using System.Text;

using Cki.Tests.Doubles;
using Cki.WebhookIntake;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cki.Tests.IntakeRooms;

public sealed class DoorTests
{
    private readonly InMemoryPorts _world = new();
    private readonly WebhookDoor _door;

    public DoorTests() => _door = WebhookIntakeStage.Compose(_world.Ports, NullLoggerFactory.Instance).Door;

    private Task<DoorAnswer> Post(DoorRequest request) => _door.ReceiveAsync(request, CancellationToken.None);

    [Fact]
    public async Task A_genuine_push_is_archived_as_it_came_and_sent_to_detect()
    {
        DoorAnswer answer = await Post(Payloads.Request(Payloads.Push()));

        Assert.Equal(new DoorAnswer(202, "Accepted as delivery d-1."), answer);
        ArchivedDelivery archived = _world.Store.Peek("deliveries/2026/11/22/12/gitlab/d-1.json", DocumentJson.Default.ArchivedDelivery)!;
        Assert.Equal(Payloads.Push(), Encoding.UTF8.GetString(Convert.FromBase64String(archived.Body)));
        Assert.Equal("push", archived.Reading);
        Assert.Equal(
            [new PushReceived("d-1", A.KernelProject, "refs/heads/main", A.Sha('a'), A.Sha('b'), "net: fix a leak")], _world.Queue.Messages<PushReceived>());
    }

    [Fact]
    public async Task The_token_is_not_archived()
    {
        await Post(Payloads.Request(Payloads.Push()));

        ArchivedDelivery archived = _world.Store.Peek(_world.Store.Keys[0], DocumentJson.Default.ArchivedDelivery)!;
        Assert.Equal(["content-type", "idempotency-key", "x-gitlab-event"], archived.Headers.Keys.Order(StringComparer.Ordinal));
        StoredObject? raw = await _world.Store.GetAsync(_world.Store.Keys[0], CancellationToken.None);
        Assert.DoesNotContain("hook-secret", Encoding.UTF8.GetString(raw!.Body.Span));
    }

    [Fact]
    public async Task The_same_delivery_posted_five_times_is_archived_once_and_sent_each_time()
    {
        for (int i = 0; i < 5; i++)
            Assert.Equal(202, (await Post(Payloads.Request(Payloads.Push()))).Status);

        Assert.Equal(["deliveries/2026/11/22/12/gitlab/d-1.json"], _world.Store.Keys);
        Assert.Equal(5, _world.Queue.Messages<PushReceived>().Count);
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("hook-secret ")]
    public async Task A_wrong_or_missing_token_is_refused_and_leaves_nothing_behind(string? token)
    {
        Assert.Equal(new DoorAnswer(401, "X-Gitlab-Token is missing or wrong."), await Post(Payloads.Request(Payloads.Push(), token)));
        Assert.Empty(_world.Store.Keys);
        Assert.Empty(_world.Queue.Sent);
    }

    [Theory]
    [InlineData("old-secret", 202)]
    [InlineData("new-secret", 202)]
    [InlineData("hook-secret", 401)]
    public async Task During_rotation_any_of_the_source_s_secrets_will_do(string token, int status)
    {
        _world.Config.Current = A.Config() with { Sources = [new SourceConfig("gitlab", "gitlab", "gitlab.example", ["old", "new"])] };
        _world.Secrets.Values["old"] = "old-secret";
        _world.Secrets.Values["new"] = "new-secret";
        Assert.Equal(status, (await Post(Payloads.Request(Payloads.Push(), token))).Status);
    }

    [Theory]
    [InlineData("hook-secret")]
    [InlineData("wrong")]
    public async Task Unreadable_secrets_are_503_never_401(string token)
    {
        _world.Secrets.Unreadable = true;
        DoorAnswer answer = await Post(Payloads.Request(Payloads.Push(), token));
        Assert.Equal((503, "The source's secrets cannot be read. Try again later.", "30"), (answer.Status, answer.Body, answer.Headers["Retry-After"]));
        Assert.Empty(_world.Store.Keys);
    }

    [Fact]
    public async Task An_empty_secret_lets_nobody_in()
    {
        _world.Secrets.Values["hook-token"] = "";
        Assert.Equal(503, (await Post(Payloads.Request(Payloads.Push(), "x"))).Status);
        Assert.Equal(401, (await Post(Payloads.Request(Payloads.Push(), ""))).Status);
    }

    [Fact]
    public async Task Unreadable_JSON_with_a_right_token_is_accepted_archived_and_told_to_operators()
    {
        Assert.Equal(new DoorAnswer(202, "Accepted as delivery d-1."), await Post(Payloads.Request("{\"object_kind\":")));

        ArchivedDelivery archived = _world.Store.Peek(_world.Store.Keys[0], DocumentJson.Default.ArchivedDelivery)!;
        Assert.Equal("unreadable: the body is not JSON (line 1, byte 16)", archived.Reading);
        Assert.Equal(["unreadable-delivery-gitlab"], _world.Queue.Messages<NoticeRaised>().Select(n => n.Key));
    }

    [Fact]
    public async Task An_unknown_kind_is_accepted_and_archived_and_goes_no_further()
    {
        Assert.Equal(202, (await Post(Payloads.Request("""{"object_kind":"emoji"}"""))).Status);
        Assert.Equal("unknown kind: emoji", _world.Store.Peek(_world.Store.Keys[0], DocumentJson.Default.ArchivedDelivery)!.Reading);
        Assert.Empty(_world.Queue.Sent);
    }

    [Fact]
    public async Task A_body_of_25_MB_is_taken_and_one_byte_more_is_not()
    {
        byte[] body = new byte[25 * 1024 * 1024 + 1];
        Array.Fill(body, (byte)' ');
        Encoding.UTF8.GetBytes(Payloads.Push()).CopyTo(body, 0);

        Assert.Equal(
            new DoorAnswer(413, "The body is larger than 26214400 bytes (25 MB), the most that is taken."), await Post(Payloads.Request(body)));
        Assert.Empty(_world.Store.Keys);
        Assert.Equal(202, (await Post(Payloads.Request(body[..^1]))).Status);
        Assert.Single(_world.Queue.Messages<PushReceived>());
    }

    [Theory]
    [InlineData("POST", "/", 404)]
    [InlineData("POST", "/webhooks/", 404)]
    [InlineData("POST", "/webhooks/other", 404)]
    [InlineData("POST", "/webhooks/gitlab/more", 404)]
    [InlineData("GET", "/webhooks/other", 404)]
    [InlineData("GET", "/webhooks/gitlab", 405)]
    [InlineData("PUT", "/webhooks/gitlab", 405)]
    public async Task A_wrong_method_or_path_is_told_apart(string method, string path, int status)
    {
        DoorAnswer answer = await Post(Payloads.Request(Payloads.Push()) with { Method = method, Path = path });
        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 405 ? "POST" : null, answer.Headers.GetValueOrDefault("Allow"));
        Assert.Empty(_world.Store.Keys);
    }
}
