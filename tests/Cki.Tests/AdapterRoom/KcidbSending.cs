using System.Net;
using System.Text;
using Cki.Adapters;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.AdapterRooms;

/// <summary>KCIDB's answers, one by one.</summary>
public sealed class KcidbSending
{
    private static readonly ChannelConfig.Kcidb s_channel = new("kcidb", new Uri("https://kcidb.example/base/"), "example_ci", "kcidb-token");

    private readonly Wire _wire = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private KcidbChannel Channel(string? token = " jwt\n") =>
        new(s_channel, new HttpClient(_wire), new MemorySecrets { Values = { ["kcidb-token"] = token ?? "" } }, TimeProvider.System);

    private Task<ChannelOutcome> SubmitAsync() => Channel().SubmitAsync("{}"u8.ToArray(), Stop);

    [Fact]
    public async Task The_id_of_the_submission_is_the_peers()
    {
        _wire.Answer = (200, """{"id":"abc123","status":"ok","message":"taken"}""");
        Assert.Equal(new ChannelOutcome.Sent("abc123"), await SubmitAsync());
        Assert.Equal("POST https://kcidb.example/base/submit Bearer jwt application/json {}", _wire.Asked);
    }

    [Theory]
    [InlineData(200, "not JSON", null)]
    [InlineData(200, """{"id":""}""", null)]
    [InlineData(200, """{"id":5}""", null)]
    [InlineData(429, "", null)]
    [InlineData(500, """{"message":"disk"}""", null)]
    [InlineData(503, "<html>", null)]
    [InlineData(400, """{"message":"not JSON"}""", true)]
    [InlineData(413, "", true)]
    [InlineData(401, """{"message":"no"}""", false)]
    [InlineData(403, "", false)]
    [InlineData(404, "", false)]
    [InlineData(302, "", false)]
    public async Task What_passes_is_waited_out_what_a_person_mends_too_and_only_a_bad_document_is_refused_for_good(int status, string body, bool? isPermanent)
    {
        _wire.Answer = (status, body);
        ChannelOutcome outcome = await SubmitAsync();
        if (isPermanent is { } permanent)
            Assert.Equal(permanent, Assert.IsType<ChannelOutcome.Refused>(outcome).Permanent);
        else
            Assert.IsType<ChannelOutcome.Unavailable>(outcome);
    }

    [Fact]
    public async Task No_answer_may_be_a_yes()
    {
        _wire.Breaks = true;
        Assert.Equal(new ChannelOutcome.Unavailable("kcidb kcidb at kcidb.example: connection reset"), await SubmitAsync());
        Assert.Equal((null, "kcidb kcidb at kcidb.example: connection reset"), await Channel().StatusAsync("x", Stop));
    }

    [Fact]
    public async Task What_is_too_much_is_not_sent()
    {
        ChannelOutcome outcome = await Channel().SubmitAsync(new byte[KcidbChannel.BodyBytesMax + 1], Stop);
        Assert.True(Assert.IsType<ChannelOutcome.Refused>(outcome).Permanent);
        Assert.Null(_wire.Asked);
    }

    [Fact]
    public async Task Without_its_secret_nothing_is_sent() =>
        await Assert.ThrowsAsync<SecretsUnavailableException>(() => new KcidbChannel(s_channel, new HttpClient(_wire), new MemorySecrets(), TimeProvider.System).SubmitAsync("{}"u8.ToArray(), Stop));

    [Theory]
    [InlineData(200, """{"id":"x","status":"processed","message":"read"}""", "processed", "read")]
    [InlineData(200, """{"id":"x","status":"ready"}""", "ready", "")]
    [InlineData(404, """{"id":"x","status":"notfound","message":"File not found"}""", "notfound", "File not found")]
    [InlineData(404, "<html>", "notfound", "kcidb kcidb at kcidb.example: 404 Not Found")]
    [InlineData(200, "[]", null, null)]
    [InlineData(401, """{"status":"processed"}""", null, null)]
    [InlineData(500, "", null, null)]
    public async Task A_status_is_what_kcidb_says_of_the_submission(int status, string body, string? state, string? message)
    {
        _wire.Answer = (status, body);
        (KcidbStatus? said, string _) = await Channel().StatusAsync("a b&c", Stop);
        Assert.Equal(state is null ? null : new KcidbStatus(state, message!), said);
        Assert.Equal("GET https://kcidb.example/base/status?id=a%20b%26c Bearer jwt  ", _wire.Asked);
    }

    private sealed class Wire : HttpMessageHandler
    {
        public (int Status, string Body) Answer { get; set; } = (200, "{}");

        public bool Breaks { get; set; }

        public string? Asked { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            string body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            Asked = $"{request.Method} {request.RequestUri!.AbsoluteUri} {request.Headers.Authorization} {request.Content?.Headers.ContentType} {body}";
            if (Breaks)
                throw new HttpRequestException("connection reset");
            return new HttpResponseMessage((HttpStatusCode)Answer.Status) { Content = new StringContent(Answer.Body, Encoding.UTF8) };
        }
    }
}
