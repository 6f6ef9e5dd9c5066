using System.Text;
using Xunit;

namespace Cki.Tests.AdapterRooms;

public sealed class WebhookSignatures
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const long At = 1614265330;
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    private static readonly byte[] Body = """{"test": 2432232314}"""u8.ToArray();

    [Theory]
    [InlineData(Secret, Id, At, """{"test": 2432232314}""", Signature)]
    [InlineData(
        "whsec_dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=", "f5e5f430-f57b-4e6e-9fac-d9128cd7232f", 1760000000,
        """{"object_kind":"push","event_name":"push","before":"0000000000000000000000000000000000000000","after":"da1560886d4f094c3e6c9ef40349f7d38b5d27d7","ref":"refs/heads/main"}""",
        "v1,8pPjKPWX3ZIC+iZ4j7pmJUUZOL8x3TFCbTXlEbW4+8Y=")]
    public void The_reference_vectors_sign_and_verify(string secret, string id, long at, string body, string signature)
    {
        DateTimeOffset time = DateTimeOffset.FromUnixTimeSeconds(at);
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        Assert.Equal(signature, StandardWebhooks.Sign([Key(secret)], id, time, bytes));
        Assert.Equal(SignatureCheck.Genuine, StandardWebhooks.Verify([Key(secret)], id, StandardWebhooks.Seconds(time), signature, bytes, time));
    }

    [Theory]
    [InlineData(-300, SignatureCheck.Genuine)]
    [InlineData(-301, SignatureCheck.OutOfTime)]
    [InlineData(300, SignatureCheck.Genuine)]
    [InlineData(301, SignatureCheck.OutOfTime)]
    public void Five_minutes_either_way_are_tolerated(int seconds, SignatureCheck outcome) => Assert.Equal(outcome, Verify(now: At + seconds));

    [Theory]
    [InlineData(null, "1614265330", Signature)]
    [InlineData("", "1614265330", Signature)]
    [InlineData("a.b", "1614265330", Signature)]
    [InlineData(Id, null, Signature)]
    [InlineData(Id, "soon", Signature)]
    [InlineData(Id, "-1", Signature)]
    [InlineData(Id, "1614265330", null)]
    [InlineData(Id, "1614265330", "")]
    public void Missing_headers_are_incomplete(string? id, string? timestamp, string? signature) =>
        Assert.Equal(SignatureCheck.Incomplete, Verify(id, timestamp, signature));

    [Theory]
    [InlineData("v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= v2,xyz " + Signature, SignatureCheck.Genuine)]
    [InlineData("nonsense v1,%%% " + Signature, SignatureCheck.Genuine)]
    [InlineData("v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", SignatureCheck.Wrong)]
    [InlineData("v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", SignatureCheck.Wrong)]
    [InlineData("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", SignatureCheck.Wrong)]
    [InlineData("v1,", SignatureCheck.Wrong)]
    public void Any_right_entry_will_do_and_malformed_ones_are_passed_over(string signature, SignatureCheck outcome) =>
        Assert.Equal(outcome, Verify(signature: signature));

    [Fact]
    public void A_changed_body_id_or_key_is_wrong()
    {
        Assert.Equal(SignatureCheck.Wrong, StandardWebhooks.Verify([Key(Secret)], Id, "1614265330", Signature, "{}"u8, DateTimeOffset.FromUnixTimeSeconds(At)));
        Assert.Equal(SignatureCheck.Wrong, Verify(id: "msg_other"));
        Assert.Equal(SignatureCheck.Wrong, Verify(keys: [Key("whsec_dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=")]));
        Assert.Equal(SignatureCheck.Wrong, Verify(keys: []));
    }

    [Fact]
    public void During_rotation_both_keys_sign_and_either_verifies()
    {
        WebhookKey old = Key(Secret);
        WebhookKey young = Key("dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=");
        string both = StandardWebhooks.Sign([old, young], Id, DateTimeOffset.FromUnixTimeSeconds(At), Body);
        Assert.Equal(2, both.Split(' ').Length);
        Assert.Equal(SignatureCheck.Genuine, Verify(signature: both, keys: [old]));
        Assert.Equal(SignatureCheck.Genuine, Verify(signature: both, keys: [young]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("whsec_not base64!")]
    [InlineData("whsec_dG9vc2hvcnQ=")]
    public void A_key_that_is_none_is_refused(string? secret) => Assert.False(WebhookKey.TryParse(secret, out _));

    [Fact]
    public void An_id_with_a_dot_is_not_signed() =>
        Assert.Throws<ArgumentException>(() => StandardWebhooks.Sign([Key(Secret)], "a.b", DateTimeOffset.FromUnixTimeSeconds(At), Body));

    private static WebhookKey Key(string secret) => WebhookKey.TryParse(secret, out WebhookKey? key) ? key : throw new ArgumentException(secret);

    private static SignatureCheck Verify(
        string? id = Id, string? timestamp = "1614265330", string? signature = Signature, long now = At, IReadOnlyList<WebhookKey>? keys = null) =>
        StandardWebhooks.Verify(keys ?? [Key(Secret)], id, timestamp, signature, Body, DateTimeOffset.FromUnixTimeSeconds(now));
}
