using System.Text;
using Cki.Adapters;
using Cki.Tests.Doubles;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.AdapterRooms;

public sealed class WebhookSending
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private readonly FakeTimeProvider _clock = new(A.Noon);
    private readonly MemorySecrets _secrets = new() { Values = { ["hook-key"] = Secret } };
    private readonly FakeWire _wire;

    public WebhookSending() => _wire = new FakeWire(_clock);

    [Fact]
    public async Task The_event_is_posted_signed_under_the_reports_id()
    {
        _wire.Answers(202, "");
        Assert.Equal(new ChannelOutcome.Sent("run-1-final-1"), await SendAsync());
        SeenRequest seen = _wire.Seen[0];
        Assert.Equal(
            ("POST", "https://results.example/cki", """{"specversion":"1.0"}""", "application/cloudevents+json; charset=utf-8", "run-1-final-1"),
            (seen.Method, seen.Url, seen.Body, seen.Headers["content-type"], seen.Headers["webhook-id"]));
        Assert.True(WebhookKey.TryParse(Secret, out WebhookKey? key));
        Assert.Equal(
            SignatureCheck.Genuine,
            StandardWebhooks.Verify(
                [key], seen.Headers["webhook-id"], seen.Headers["webhook-timestamp"], seen.Headers["webhook-signature"], Encoding.UTF8.GetBytes(seen.Body), A.Noon));
    }

    [Theory]
    [InlineData(400, true)]
    [InlineData(410, true)]
    [InlineData(401, false)]
    [InlineData(404, false)]
    public async Task A_no_is_refused_with_what_the_peer_said(int status, bool permanent)
    {
        _wire.Answers(status, """{"message":"no thanks"}""");
        Assert.Equal(new ChannelOutcome.Refused($"webhook hook at results.example: {status} no thanks", permanent), await SendAsync());
    }

    [Theory]
    [InlineData(429)]
    [InlineData(502)]
    public async Task Trouble_of_the_peer_is_unavailable(int status)
    {
        _wire.Answers(status, "busy");
        Assert.Equal(new ChannelOutcome.Unavailable($"webhook hook at results.example: {status} busy"), await SendAsync());
        Assert.Single(_wire.Seen);
    }

    [Fact]
    public async Task A_broken_connection_is_unavailable()
    {
        _wire.Fails("connection reset");
        Assert.Equal(new ChannelOutcome.Unavailable("webhook hook at results.example: connection reset"), await SendAsync());
    }

    [Fact]
    public async Task A_silent_peer_is_unavailable_under_the_given_clock()
    {
        _wire.Hangs();
        Task<ChannelOutcome> send = SendAsync();
        _clock.Advance(WebhookChannel.Limit);
        Assert.Equal(new ChannelOutcome.Unavailable("webhook hook at results.example: no answer within 20 s"), await send);
    }

    [Theory]
    [InlineData("hunter2")]
    [InlineData("")]
    public async Task A_secret_that_is_no_key_sends_nothing_and_is_not_told(string secret)
    {
        _secrets.Values["hook-key"] = secret;
        Assert.Equal(
            new ChannelOutcome.Refused("webhook hook at results.example: secret 'hook-key' is no signing key (whsec_ and base64 of 24 to 64 bytes)", false),
            await SendAsync());
        Assert.Empty(_wire.Seen);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_with_the_report()
    {
        _wire.Answers(307, "", ("Location", "https://elsewhere.example/"));
        Assert.IsType<ChannelOutcome.Refused>(await SendAsync());
        Assert.Single(_wire.Seen);
    }

    private Task<ChannelOutcome> SendAsync() =>
        new WebhookChannel(new ChannelConfig.Webhook("hook", new Uri("https://results.example/cki"), "hook-key"), _wire.Client(), _secrets, _clock)
            .SendAsync(MailSending.AReport(), TestContext.Current.CancellationToken);
}
