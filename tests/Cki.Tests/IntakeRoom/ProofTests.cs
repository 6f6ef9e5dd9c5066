using System.Globalization;
using System.Security.Cryptography;
using System.Text;

using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.IntakeRooms;

public sealed class ProofTests
{
    private const string KeyText = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static readonly byte[] s_body = """{"test": 2432232314}"""u8.ToArray();
    private static readonly DateTimeOffset s_signedAt = DateTimeOffset.FromUnixTimeSeconds(1614265330);

    /// <summary>The vector of Standard Webhooks' reference libraries.</summary>
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    private static SourceConfig GitLab => new("gitlab", "gitlab", "gitlab.example", ["token"]) { SigningSecrets = ["key"] };

    private static Dictionary<string, string> Signed(string signature = Signature, string? token = null, string id = "msg_p5jXN8AQM9LWM0D4loKWxJek", string at = "1614265330")
    {
        var headers = new Dictionary<string, string> { ["webhook-id"] = id, ["webhook-timestamp"] = at, ["webhook-signature"] = signature };
        if (token is not null)
            headers["x-gitlab-token"] = token;
        return headers;
    }

    private static string? WhyNot(SourceConfig source, Dictionary<string, string> headers, params string[] secrets) =>
        DeliveryProof.WhyNot(source, headers, s_body, secrets, s_signedAt);

    [Fact]
    public void A_delivery_signed_by_GitLab_is_genuine() => Assert.Null(WhyNot(GitLab, Signed(), KeyText));

    [Fact]
    public void A_signature_of_either_key_will_do_during_rotation() => Assert.Null(WhyNot(GitLab, Signed($"v1,AAAA v2,{Signature} {Signature}"), "whsec_dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=", KeyText));

    [Fact]
    public void GitLab_s_own_vector_verifies()
    {
        byte[] body = Encoding.UTF8.GetBytes(
            """{"object_kind":"push","event_name":"push","before":"0000000000000000000000000000000000000000","after":"da1560886d4f094c3e6c9ef40349f7d38b5d27d7","ref":"refs/heads/main"}""");
        Dictionary<string, string> headers = Signed("v1,8pPjKPWX3ZIC+iZ4j7pmJUUZOL8x3TFCbTXlEbW4+8Y=", id: "f5e5f430-f57b-4e6e-9fac-d9128cd7232f", at: "1760000000");
        Assert.Null(DeliveryProof.WhyNot(GitLab, headers, body, ["whsec_dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q="], DateTimeOffset.FromUnixTimeSeconds(1760000000)));
    }

    [Fact]
    public void A_right_token_beside_a_wrong_signature_is_refused()
    {
        Assert.Equal(["key"], DeliveryProof.SecretsFor(GitLab, Signed("v1,AAAA", "right")));
        Assert.Equal("webhook-signature is wrong.", WhyNot(GitLab, Signed("v1,AAAA", "right"), KeyText));
        Assert.Equal("webhook-signature is wrong.", WhyNot(GitLab, Signed("v1,AAAA", "right"), "right"));
    }

    [Fact]
    public void A_signature_that_nobody_can_verify_is_refused_even_beside_a_right_token() =>
        Assert.Equal(
            "webhook-signature is given, but sources.yaml names no signing_secrets for this source.",
            WhyNot(GitLab with { SigningSecrets = [] }, Signed(token: "right"), "right"));

    [Theory]
    [InlineData("1614265029")]
    [InlineData("1614265631")]
    public void A_signature_more_than_five_minutes_off_is_refused(string at) =>
        Assert.Equal("webhook-timestamp is more than 5 minutes off.", WhyNot(GitLab, Signed(at: at), KeyText));

    [Theory]
    [InlineData("webhook-id")]
    [InlineData("webhook-timestamp")]
    public void A_signature_lacks_nothing(string header)
    {
        Dictionary<string, string> headers = Signed();
        headers.Remove(header);
        Assert.Equal("webhook-id, webhook-timestamp or webhook-signature is missing or malformed.", WhyNot(GitLab, headers, KeyText));
    }

    [Fact]
    public void Without_a_signature_the_token_decides()
    {
        var headers = new Dictionary<string, string> { ["x-gitlab-token"] = "right" };
        Assert.Equal(["token"], DeliveryProof.SecretsFor(GitLab, headers));
        Assert.Null(WhyNot(GitLab, headers, "old", "right"));
        Assert.Equal("X-Gitlab-Token is missing or wrong.", WhyNot(GitLab, headers, "old"));
        Assert.Equal([], DeliveryProof.SecretsFor(GitLab, new Dictionary<string, string>()));
    }

    public static readonly TheoryData<SourceConfig, string, string> Others = new()
    {
        { new SourceConfig("github", "github", "", []) { SigningSecrets = ["k"] }, "x-hub-signature-256", $"sha256={Mac()}" },
        { new SourceConfig("sentry", "sentry", "", []) { SigningSecrets = ["k"] }, "sentry-hook-signature", Mac() },
        { new SourceConfig("jira", "hmac", "", []) { SigningSecrets = ["k"], ProofHeader = "x-hub-signature", ProofPrefix = "sha256=" }, "x-hub-signature", $"sha256={Mac().ToUpperInvariant()}" },
        { new SourceConfig("shop", "hmac", "", []) { SigningSecrets = ["k"], ProofHeader = "x-mac", IsBase64 = true }, "x-mac", Convert.ToBase64String(Convert.FromHexString(Mac())) },
        { new SourceConfig("alertmanager", "bearer", "", ["k"]), "authorization", "bearer s3cret" },
        { new SourceConfig("custom", "bearer", "", ["k"]) { ProofHeader = "x-token" }, "x-token", "s3cret" },
        { new SourceConfig("grafana", "basic", "", ["k"]), "authorization", $"Basic {Convert.ToBase64String("s3cret"u8)}" },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void Each_kind_takes_its_proof_and_nothing_else(SourceConfig source, string header, string proof)
    {
        Assert.Equal(["k"], DeliveryProof.SecretsFor(source, new Dictionary<string, string> { [header] = proof }));
        Assert.Null(WhyNot(source, new Dictionary<string, string> { [header] = proof }, "another", "s3cret"));
        string wrong = $"{string.Join('-', header.Split('-').Select(CultureInfo.InvariantCulture.TextInfo.ToTitleCase))} is missing or wrong.";
        Assert.Equal(wrong, WhyNot(source, new Dictionary<string, string> { [header] = proof }, "another"));
        Assert.Equal(wrong, WhyNot(source, new Dictionary<string, string> { [header] = proof[..^1] }, "s3cret"));
        Assert.Equal(wrong, WhyNot(source, new Dictionary<string, string> { [header] = "s3cret!" }, "s3cret"));
        Assert.Equal(wrong, WhyNot(source, [], "s3cret"));
        Assert.Equal([], DeliveryProof.SecretsFor(source, new Dictionary<string, string>()));
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void What_we_sign_is_genuine(SourceConfig source, string header, string proof)
    {
        IReadOnlyDictionary<string, string> headers = DeliverySigning.Headers(source, "d-1", s_body, "s3cret", s_signedAt);
        Assert.Equal(proof, headers[header], ignoreCase: true);
        Assert.Null(DeliveryProof.WhyNot(source, headers, s_body, ["s3cret"], s_signedAt));
    }

    [Fact]
    public void What_we_sign_for_GitLab_carries_a_signature_where_the_source_has_a_key()
    {
        IReadOnlyDictionary<string, string> headers = DeliverySigning.Headers(GitLab, "msg_p5jXN8AQM9LWM0D4loKWxJek", s_body, KeyText, s_signedAt);
        Assert.Equal(Signed(), headers);
        Assert.Throws<ArgumentException>(() => DeliverySigning.Headers(GitLab, "d-1", s_body, "no key", s_signedAt));
    }

    private static string Mac() => Convert.ToHexStringLower(HMACSHA256.HashData("s3cret"u8, s_body));
}
