using System.Globalization;
using System.Net;
using Xunit;

namespace Cki.Tests.AdapterRooms;

/// <summary>Checks over HTTP against real servers.</summary>
public sealed class WebProbing : ProbeRoom
{
    private static CheckTarget.Http Http(Uri url, int[]? status = null, string? body = null, string? token = null, int? slowMs = null) =>
        new(url, status ?? [], body, token, slowMs);

    [Theory]
    [InlineData(200, "well", null, "", CheckStatus.Up, "answered 200 after N ms")]
    [InlineData(204, "", null, "", CheckStatus.Up, "answered 204 after N ms")]
    [InlineData(503, "", null, "", CheckStatus.Down, "answered 503 after N ms")]
    [InlineData(401, "", null, "401", CheckStatus.Up, "answered 401 after N ms")]
    [InlineData(200, "", null, "401", CheckStatus.Down, "answered 200 after N ms")]
    [InlineData(200, "all is well", "is w.ll", "", CheckStatus.Up, "answered 200 after N ms")]
    [InlineData(200, "all is bad", "is w.ll", "", CheckStatus.Down, "answered 200 after N ms, and the body does not match 'is w.ll'")]
    public async Task An_answer_is_judged_by_status_and_body(int answered, string text, string? body, string status, CheckStatus wanted, string said)
    {
        using var peer = new HttpPeer(_ => new PeerAnswer(answered, text));
        int[] statuses = [.. status.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(s => int.Parse(s, CultureInfo.InvariantCulture))];
        Assert.Equal((wanted, said), Plain(await SeeAsync(Http(peer.Url, statuses, body))));
    }

    [Fact]
    public async Task A_slow_answer_is_degraded_and_a_redirect_no_answer()
    {
        using var peer = new HttpPeer(async request =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(30));
            return request.Url!.AbsolutePath == "/" ? new PeerAnswer(200) : new PeerAnswer(302) { Headers = new Dictionary<string, string> { ["Location"] = "/login" } };
        });
        CheckSight slow = await SeeAsync(Http(peer.Url, slowMs: 5));
        Assert.Equal((CheckStatus.Degraded, "answered 200 after N ms, slower than N ms"), Plain(slow));
        Assert.True(slow.Value >= 20, $"{slow.Value} {slow.Unit}");
        Assert.Equal((CheckStatus.Down, "answered 302 to /login after N ms"), Plain(await SeeAsync(Http(new Uri(peer.Url, "/x")))));
    }

    [Fact]
    public async Task A_token_is_sent_and_a_missing_secret_is_our_trouble()
    {
        Suite.Secrets.Values["web-token"] = "s3cret";
        using var peer = new HttpPeer(_ => new PeerAnswer(200));
        await SeeAsync(Http(peer.Url, token: "web-token"));
        Assert.Equal(["GET / Bearer s3cret"], peer.Seen);
        SecretsUnavailableException e = await Assert.ThrowsAsync<SecretsUnavailableException>(() => SeeAsync(Http(peer.Url, token: "gone")));
        Assert.Equal("there is no secret 'gone'", e.Message);
    }

    [Fact]
    public async Task A_server_that_is_not_there_throws_what_the_desk_calls_down()
    {
        var peer = new HttpPeer(_ => new PeerAnswer(200));
        peer.Dispose();
        await Assert.ThrowsAsync<HttpRequestException>(() => SeeAsync(Http(peer.Url)));
    }

    [Fact]
    public async Task A_queue_of_a_lab_is_measured_by_a_path()
    {
        string old = DateTimeOffset.UtcNow.AddHours(-5).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        long newer = DateTimeOffset.UtcNow.AddMinutes(-10).ToUnixTimeSeconds();
        string body = $$"""{"results": [{"state": "Queued", "at": "{{old}}", "n": 3}, {"state": "Queued", "at": {{newer}}, "n": 7.5}, {"state": "Bad", "at": null}]}""";
        using var peer = new HttpPeer(r => r.Url!.AbsolutePath == "/html" ? new PeerAnswer(200, "<p>") : new PeerAnswer(200, body));
        CheckTarget.Json Of(string path, JsonMeasure measure) => new(new Uri(peer.Url, "/q?state=x"), path, measure, null);

        Assert.Equal(
            (CheckStatus.Degraded, "the oldest of 2 is 5 h 0 min old, more than 2h"),
            Plain(await SeeAsync(Of("$.results[?@.state == 'Queued'].at", JsonMeasure.Age) with { Longest = TimeSpan.FromHours(2) })));
        Assert.Equal(CheckStatus.Up, (await SeeAsync(Of("$.results[*].at", JsonMeasure.Age) with { Longest = TimeSpan.FromHours(9) })).Status);
        Assert.Equal((CheckStatus.Up, "none there"), Plain(await SeeAsync(Of("$.results[?@.state == 'Z'].at", JsonMeasure.Age) with { Longest = TimeSpan.FromHours(9) })));
        Assert.Equal((CheckStatus.Down, "$.results[*].state finds no time"), Plain(await SeeAsync(Of("$.results[*].state", JsonMeasure.Age) with { Longest = TimeSpan.FromHours(9) })));
        Assert.Equal((CheckStatus.Degraded, "1 found, more than 0"), Plain(await SeeAsync(Of("$.results[?@.state == 'Bad']", JsonMeasure.Count) with { Most = 0 })));
        Assert.Equal((CheckStatus.Degraded, "7.5, less than 8"), Plain(await SeeAsync(Of("$.results[*].n", JsonMeasure.Number) with { Least = 8 })));
        Assert.Equal((CheckStatus.Up, "7.5"), Plain(await SeeAsync(Of("$.results[*].n", JsonMeasure.Number) with { Least = 7 })));
        Assert.Contains("GET /q?state=x", peer.Seen);
        await Assert.ThrowsAsync<FormatException>(() => SeeAsync(Of("$.x", JsonMeasure.Count) with { Url = new Uri(peer.Url, "/html"), Most = 1 }));
    }

    [Fact]
    public async Task A_host_tells_its_uptime_by_its_node_exporter()
    {
        string text = "# HELP node_boot_time_seconds Node boot time.\nnode_boot_time_seconds 1.6e+09\nnode_time_seconds 1.600009e+09\n";
        using var peer = new HttpPeer(r => new PeerAnswer(200, r.Url!.AbsolutePath == "/metrics" ? text : "up 1\n"));
        var target = new CheckTarget.Uptime(new Uri(peer.Url, "/metrics"), TimeSpan.FromHours(1));
        Assert.Equal((CheckStatus.Up, "up for 2 h 30 min"), Plain(await SeeAsync(target)));
        Assert.Equal((CheckStatus.Degraded, "up for 2 h 30 min only"), Plain(await SeeAsync(target with { Least = TimeSpan.FromHours(3) })));
        Assert.Equal((CheckStatus.Down, "the answer has no node_boot_time_seconds: no node_exporter"), Plain(await SeeAsync(target with { Url = peer.Url })));
    }

    [Theory]
    [InlineData("""{"disk_free_alarm":false,"mem_alarm":false,"running":true,"name":"rabbit@a"}""", 5, 2, 1, CheckStatus.Up, "5 ready, 2 unacked, 1 consumer")]
    [InlineData("""{"disk_free_alarm":false,"mem_alarm":false,"running":true,"name":"rabbit@a"}""", 50, 2, 1, CheckStatus.Degraded,
        "50 ready, 2 unacked, 1 consumer; the limits are 10 ready and any unacked")]
    [InlineData("""{"disk_free_alarm":false,"mem_alarm":false,"running":true,"name":"rabbit@a"}""", 5, 2, 0, CheckStatus.Down,
        "5 ready, 2 unacked, 0 consumers; at least 1 should take from it")]
    [InlineData("""{"disk_free_alarm":true,"mem_alarm":false,"running":true,"name":"rabbit@a"}""", 5, 2, 1, CheckStatus.Down, "rabbit@a: disk_free_alarm")]
    [InlineData("""{"running":false,"name":"rabbit@b"}""", 5, 2, 1, CheckStatus.Down, "rabbit@b: not running")]
    public async Task A_broker_is_judged_by_its_alarms_and_a_queue(string node, int ready, int unacked, int consumers, CheckStatus status, string said)
    {
        (Suite.Secrets.Values["user"], Suite.Secrets.Values["password"]) = ("cki", "pw");
        using var peer = new HttpPeer(r => r.RawUrl switch
        {
            "/api/nodes" => new PeerAnswer(200, $"[{node}]"),
            "/api/queues/%2F/kernel%20results" => new PeerAnswer(200, $$"""{"messages_ready":{{ready}},"messages_unacknowledged":{{unacked}},"consumers":{{consumers}}}"""),
            _ => new PeerAnswer(404),
        });
        var target = new CheckTarget.RabbitMq(peer.Url, "/", "kernel results", "user", "password") { ReadyMost = 10, ConsumersLeast = 1 };
        Assert.Equal((status, said), Plain(await SeeAsync(target)));
        Assert.EndsWith("Basic Y2tpOnB3", peer.Seen[0]);
    }

    [Fact]
    public async Task A_broker_that_refuses_us_or_lacks_the_queue_says_which()
    {
        (Suite.Secrets.Values["user"], Suite.Secrets.Values["password"]) = ("cki", "pw");
        using var refusing = new HttpPeer(_ => new PeerAnswer(401));
        using var empty = new HttpPeer(r => r.RawUrl == "/api/nodes" ? new PeerAnswer(200, "[]") : new PeerAnswer(404));
        Assert.Equal((CheckStatus.Down, "the broker refuses our user (401)"), Plain(await SeeAsync(new CheckTarget.RabbitMq(refusing.Url, "/", null, "user", "password"))));
        Assert.Equal((CheckStatus.Down, "the broker knows no queue q in /"), Plain(await SeeAsync(new CheckTarget.RabbitMq(empty.Url, "/", "q", "user", "password"))));
        Assert.Equal((CheckStatus.Up, "0 nodes, no alarm"), Plain(await SeeAsync(new CheckTarget.RabbitMq(empty.Url, "/", null, "user", "password"))));
    }

    [Fact]
    public async Task A_tag_is_followed_with_a_token_and_another_image_is_news_once()
    {
        (Suite.Secrets.Values["user"], Suite.Secrets.Values["password"]) = ("cki", "pw");
        string digest = "sha256:" + new string('a', 64);
        Uri? own = null;
        using var registry = new HttpPeer(request => (request.Url!.AbsolutePath, request.Headers["Authorization"]) switch
        {
            ("/token", "Basic Y2tpOnB3") when request.Url.Query == "?service=reg&scope=repository%3Acki%2Fbuilder%3Apull" => new PeerAnswer(200, """{"token":"t0ken"}"""),
            ("/v2/cki/builder/manifests/latest", "Bearer t0ken") => new PeerAnswer(200) { Headers = new Dictionary<string, string> { ["Docker-Content-Digest"] = digest } },
            ("/v2/cki/builder/manifests/latest", null) => new PeerAnswer((int)HttpStatusCode.Unauthorized)
            {
                Headers = new Dictionary<string, string> { ["WWW-Authenticate"] = $"""Bearer realm="{own}token",service="reg",scope="repository:cki/builder:pull" """.Trim() },
            },
            _ => new PeerAnswer(404),
        });
        own = registry.Url;
        var target = new CheckTarget.Image(ImageName.Parse($"127.0.0.1:{own.Port}/cki/builder")!, "user", "password");

        CheckSight first = await SeeAsync(target);
        Assert.Equal((CheckStatus.Up, digest, null), (first.Status, first.Memory, first.News));
        Assert.Null((await SeeAsync(target, digest)).News);
        NoticeRaised news = (await SeeAsync(target, "sha256:" + new string('b', 64))).News!;
        Assert.Equal(($"check-x-{digest}", $"Image {target.Name} has changed", true), (news.Key, news.Title, news.Once));
        Assert.StartsWith($"Its digest was sha256:{new string('b', 64)} and is {digest}.\nJobs that use this tag run in another image from now on", news.Text);
        Assert.Equal(["HEAD", "GET", "HEAD"], registry.Seen.Take(3).Select(s => s.Split(' ')[0]));
        Assert.Equal(
            (CheckStatus.Down, $"the registry answered 404 for 127.0.0.1:{own.Port}/cki/gone:latest"),
            Plain(await SeeAsync(target with { Name = target.Name with { Repository = "cki/gone" } })));
    }

    [Theory]
    [InlineData("quay.io/cki/builder:prod", "quay.io", "cki/builder", "prod")]
    [InlineData("localhost:5000/a", "localhost:5000", "a", "latest")]
    public void An_image_is_named_with_its_registry(string text, string registry, string repository, string tag) =>
        Assert.Equal(new ImageName(registry, repository, tag), ImageName.Parse(text));

    [Theory]
    [InlineData("builder")]
    [InlineData("cki/builder:latest")]
    [InlineData("quay.io/")]
    [InlineData("quay.io/cki/builder@sha256:abc")]
    [InlineData("quay.io/cki/builder:a b")]
    public void What_names_no_registry_is_no_image(string text) => Assert.Null(ImageName.Parse(text));
}
