using System.Text.Json.Nodes;
using Cki.Adapters;
using Cki.Tests.Doubles;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.AdapterRooms;

public sealed class SlackSending
{
    private const string Address = "https://hooks.slack.example/services/T0/B0/hunter2";
    private static readonly ChannelConfig.Slack Hook = new("team", "slack-url", null, null);
    private static readonly ChannelConfig.Slack Bot = new("team", null, "slack-token", "C0123");

    private readonly FakeTimeProvider _clock = new(A.Noon);
    private readonly MemorySecrets _secrets = new() { Values = { ["slack-url"] = Address, ["slack-token"] = "xoxb-1" } };
    private readonly FakeWire _wire;

    public SlackSending() => _wire = new FakeWire(_clock);

    private JsonNode Posted => JsonNode.Parse(_wire.Seen[^1].Body)!;

    [Fact]
    public async Task A_webhook_gets_blocks_and_no_thread()
    {
        _wire.Answers(200, "ok");
        Assert.Equal(new ChannelOutcome.Sent("run-1-final-1"), await SendAsync(Hook, thread: "1.2"));
        Assert.Equal(("POST", Address, "application/json; charset=utf-8", null, null), (_wire.Seen[0].Method, _wire.Seen[0].Url, _wire.Seen[0].Headers["content-type"], Posted["thread_ts"], Posted["channel"]));
        Assert.False(_wire.Seen[0].Headers.ContainsKey("authorization"));
    }

    [Fact]
    public async Task A_bot_posts_to_its_conversation_and_learns_the_threads_name()
    {
        _wire.Answers(200, """{"ok":true,"channel":"C0123","ts":"1503435956.000247"}""");
        Assert.Equal(new ChannelOutcome.Sent("1503435956.000247"), await SendAsync(Bot));
        Assert.Equal(("https://slack.com/api/chat.postMessage", "Bearer xoxb-1"), (_wire.Seen[0].Url, _wire.Seen[0].Headers["authorization"]));
        Assert.Equal(("C0123", "run-1-final-1", null), ((string?)Posted["channel"], (string?)Posted["metadata"]!["event_payload"]!["id"], Posted["thread_ts"]));
    }

    [Theory]
    [InlineData("final-2", false)]
    [InlineData("correction-1", true)]
    public async Task A_follow_up_goes_into_the_thread_and_only_a_correction_into_the_channel_too(string kind, bool isShown)
    {
        _wire.Answers(200, """{"ok":true,"ts":"2.1"}""");
        await SendAsync(Bot, kind, "1.1");
        Assert.Equal(("1.1", isShown), ((string?)Posted["thread_ts"], (bool)Posted["reply_broadcast"]!));
    }

    [Fact]
    public async Task A_thread_that_was_deleted_keeps_no_report_back()
    {
        _wire.Answers(200, """{"ok":false,"error":"thread_not_found"}""").Answers(200, """{"ok":true,"ts":"3.1"}""");
        Assert.Equal(new ChannelOutcome.Sent("3.1"), await SendAsync(Bot, "final-2", "1.1"));
        Assert.Null(Posted["thread_ts"]);
    }

    [Fact]
    public async Task A_copy_says_so()
    {
        _wire.Answers(200, "ok");
        await Channel(Hook).SendAsync(MailSending.AReport() with { MayBeCopy = true }, TestContext.Current.CancellationToken);
        Assert.EndsWith(" (repeated)", (string?)Posted["text"]);
        Assert.EndsWith(" (repeated)", (string?)Posted["blocks"]![0]!["text"]!["text"]);
    }

    [Theory]
    [InlineData(400, "invalid_payload", true)]
    [InlineData(400, "invalid_blocks", true)]
    [InlineData(403, "action_prohibited", true)]
    [InlineData(404, "channel_not_found", true)]
    [InlineData(404, "no_service", true)]
    [InlineData(410, "channel_is_archived", true)]
    [InlineData(403, "invalid_token", false)]
    [InlineData(404, "", false)]
    public async Task A_webhooks_no_is_for_good_only_where_the_word_says_so(int status, string word, bool permanent)
    {
        _wire.Answers(status, word);
        string said = word.Length > 0 ? word : "Not Found";
        Assert.Equal(new ChannelOutcome.Refused($"slack team: {status} {said}", permanent), await SendAsync(Hook));
    }

    [Theory]
    [InlineData("channel_not_found", true)]
    [InlineData("is_archived", true)]
    [InlineData("msg_blocks_too_long", true)]
    [InlineData("invalid_auth", false)]
    [InlineData("not_in_channel", false)]
    [InlineData("a_word_of_tomorrow", false)]
    public async Task A_bots_no_is_for_good_only_where_the_word_says_so(string word, bool permanent)
    {
        _wire.Answers(200, $$"""{"ok":false,"error":"{{word}}"}""");
        Assert.Equal(new ChannelOutcome.Refused($"slack team: {word}", permanent), await SendAsync(Bot));
    }

    [Theory]
    [InlineData(429, "rate_limited")]
    [InlineData(500, "rollup_error")]
    [InlineData(503, "Service Unavailable")]
    public async Task A_busy_slack_is_asked_again_when_it_says(int status, string word)
    {
        _wire.Answers(status, word, ("Retry-After", "30"));
        Assert.Equal(new ChannelOutcome.Unavailable($"slack team: {status} {word}") { RetryAfter = TimeSpan.FromSeconds(30) }, await SendAsync(Hook));
        Assert.Single(_wire.Seen);
    }

    [Theory]
    [InlineData("fatal_error")]
    [InlineData("internal_error")]
    [InlineData("ratelimited")]
    public async Task What_slack_does_not_know_itself_may_have_arrived(string word)
    {
        _wire.Answers(200, $$"""{"ok":false,"error":"{{word}}"}""");
        Assert.Equal(new ChannelOutcome.Unavailable($"slack team: {word}"), await SendAsync(Bot));
    }

    [Theory]
    [InlineData("not an address")]
    [InlineData("http://hooks.slack.example/services/T0/B0/hunter2")]
    public async Task A_secret_that_is_no_https_address_sends_nothing_and_is_not_told(string secret)
    {
        _secrets.Values["slack-url"] = secret;
        Assert.Equal(new ChannelOutcome.Refused("slack team: secret 'slack-url' is no https address", false), await SendAsync(Hook));
        Assert.Empty(_wire.Seen);
    }

    [Fact]
    public async Task The_address_is_a_secret_in_every_reason()
    {
        _wire.Fails($"Connection refused ({Address})").Answers(404, "nothing at /services/T0/B0/hunter2 here");
        Assert.Equal(new ChannelOutcome.Unavailable("slack team: Connection refused ((its address))"), await SendAsync(Hook));
        Assert.Equal(new ChannelOutcome.Refused("slack team: 404 nothing at (its path) here", false), await SendAsync(Hook));
    }

    [Fact]
    public async Task A_missing_secret_is_unavailable_secrets() =>
        await Assert.ThrowsAsync<SecretsUnavailableException>(() => SendAsync(Hook with { UrlSecret = "nowhere" }));

    private Task<ChannelOutcome> SendAsync(ChannelConfig.Slack config, string kind = "final-1", string? thread = null) =>
        Channel(config).SendAsync(MailSending.AReport() with { Kind = kind, ThreadPeerId = thread }, TestContext.Current.CancellationToken);

    private SlackChannel Channel(ChannelConfig.Slack config) => new(config, _wire.Client(), _secrets, _clock);
}
