using Cki.Adapters;
using Cki.Tests.Doubles;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.AdapterRooms;

public sealed class IrcSending
{
    private static readonly ChannelConfig.Irc Irccat = new("irc", new Uri("https://irccat.example/send"), IrcForm.Irccat, null, null);

    private readonly FakeTimeProvider _clock = new(A.Noon);
    private readonly MemorySecrets _secrets = new() { Values = { ["irc-token"] = "hunter2" } };
    private readonly FakeWire _wire;

    public IrcSending() => _wire = new FakeWire(_clock);

    public static TheoryData<string?, string> Targets => new() { { null, "[CKI] PASS \"it\"" }, { "#kernel", "#kernel [CKI] PASS \"it\"" } };

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Irccat_gets_a_line_of_plain_text(string? target, string body)
    {
        _wire.Answers(200, "OK");
        Assert.Equal(new ChannelOutcome.Sent("run-1-final-1"), await SendAsync(Irccat with { Target = target }));
        Assert.Equal(("POST", "https://irccat.example/send", body, "text/plain; charset=utf-8"), (_wire.Seen[0].Method, _wire.Seen[0].Url, _wire.Seen[0].Body, _wire.Seen[0].Headers["content-type"]));
        Assert.False(_wire.Seen[0].Headers.ContainsKey("authorization"));
    }

    [Fact]
    public async Task A_token_is_sent_as_bearer()
    {
        _wire.Answers(200, "OK");
        await SendAsync(Irccat with { TokenSecret = "irc-token" });
        Assert.Equal("Bearer hunter2", _wire.Seen[0].Headers["authorization"]);
    }

    [Fact]
    public async Task The_chat_bot_gets_the_line_in_its_field()
    {
        _wire.Answers(200, "");
        await SendAsync(Irccat with { Form = IrcForm.Chatbot });
        await SendAsync(Irccat with { Form = IrcForm.Chatbot, Field = "text" });
        Assert.Equal(["""{"message":"[CKI] PASS \"it\""}""", """{"text":"[CKI] PASS \"it\""}"""], _wire.Seen.Select(s => s.Body));
        Assert.Equal("application/json; charset=utf-8", _wire.Seen[0].Headers["content-type"]);
    }

    [Theory]
    [InlineData(400, true)]
    [InlineData(413, true)]
    [InlineData(401, false)]
    [InlineData(404, false)]
    public async Task A_no_is_for_good_only_where_nobody_can_mend_it(int status, bool permanent)
    {
        _wire.Answers(status, "no");
        Assert.Equal(new ChannelOutcome.Refused($"irc irc at irccat.example: {status} no", permanent), await SendAsync(Irccat));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(502)]
    public async Task A_bot_in_trouble_is_asked_again(int status)
    {
        _wire.Answers(status, "busy", ("Retry-After", "7"));
        Assert.Equal(new ChannelOutcome.Unavailable($"irc irc at irccat.example: {status} busy") { RetryAfter = TimeSpan.FromSeconds(7) }, await SendAsync(Irccat));
    }

    [Fact]
    public async Task Labs_get_final_reports_only()
    {
        _wire.Answers(202, "");
        var channel = new WebhookChannel(
            new ChannelConfig.Webhook("labs", new Uri("https://labs.example/"), "key") { Form = WebhookForm.ReadyForTest }, _wire.Client(),
            new MemorySecrets { Values = { ["key"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" } }, _clock);
        OutgoingReport final = MailSending.AReport() with { Model = ReportingRoom.Runs.Model(ReportingRoom.Runs.Passed()) };
        Assert.Equal(new ChannelOutcome.Sent("run-1-final-1"), await channel.SendAsync(final, TestContext.Current.CancellationToken));
        Assert.Equal((ReadyForTest.ToJson(final.Model!), "application/json; charset=utf-8"), (_wire.Seen[0].Body, _wire.Seen[0].Headers["content-type"]));
        foreach (OutgoingReport other in new[] { final with { Kind = "early-1" }, final with { Kind = "correction-1" }, final with { Kind = "notice", Model = null } })
            Assert.Equal(new ChannelOutcome.NotWanted("labs are told once, when everything has settled"), await channel.SendAsync(other, TestContext.Current.CancellationToken));
        Assert.Single(_wire.Seen);
    }

    private Task<ChannelOutcome> SendAsync(ChannelConfig.Irc config) =>
        new IrcChannel(config, _wire.Client(), _secrets, _clock).SendAsync(MailSending.AReport() with { Subject = "[CKI] PASS \"it\"" }, TestContext.Current.CancellationToken);
}
