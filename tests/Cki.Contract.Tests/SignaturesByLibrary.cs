using System.Text;
using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Xunit;

namespace Cki.Contract.Tests;

/// <summary>Our Standard Webhooks, and the simulated GitLab's, against the specification's own library (npm standardwebhooks).</summary>
public sealed class SignaturesByLibrary
{
    private const string Secret = "whsec_dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=";
    private const string OldSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_contract";
    private const string Body = """{"type":"cki.run.settled","text":"grün & 1 < 2"}""";

    [Fact]
    public async Task The_library_verifies_what_we_sign_and_refuses_what_was_changed()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        JsonObject ours = Headers(Id, now, StandardWebhooks.Sign([Key(Secret)], Id, now, Encoding.UTF8.GetBytes(Body)));
        JsonObject rotating = Headers(Id, now, StandardWebhooks.Sign([Key(OldSecret), Key(Secret)], Id, now, Encoding.UTF8.GetBytes(Body)));
        JsonObject foreign = Headers(Id, now, StandardWebhooks.Sign([Key(OldSecret)], Id, now, Encoding.UTF8.GetBytes(Body)));
        JsonObject renamed = Headers("msg_other", now, (string)ours[StandardWebhooks.SignatureHeader]!);
        DateTimeOffset then = now - StandardWebhooks.Tolerance - TimeSpan.FromSeconds(5);
        JsonObject old = Headers(Id, then, StandardWebhooks.Sign([Key(Secret)], Id, then, Encoding.UTF8.GetBytes(Body)));
        JsonNode told = await VerifyAsync((ours, Body), (rotating, Body), (foreign, Body), (ours.DeepClone().AsObject(), Body + " "), (renamed, Body), (old, Body));
        JsonText.Same("""
            ["genuine", "genuine", "No matching signature found", "No matching signature found", "No matching signature found", "Message timestamp too old"]
            """, told["verdicts"]);
    }

    [Fact]
    public async Task We_verify_what_the_library_signs_and_refuse_what_was_changed()
    {
        DateTimeOffset now = DateTimeOffset.FromUnixTimeSeconds(1_760_000_000);
        JsonNode told = await PeerScript.NodeAsync("webhooks.js", new JsonObject
        {
            ["secret"] = Secret,
            ["sign"] = new JsonObject { ["id"] = Id, ["at"] = now.ToUnixTimeSeconds(), ["body"] = Body },
        });
        string signature = (string)told["signature"]!;
        SignatureCheck Check(string body, string secret, DateTimeOffset at) => StandardWebhooks.Verify(
            [Key(secret)], Id, StandardWebhooks.Seconds(now), signature, Encoding.UTF8.GetBytes(body), at);
        Assert.Equal(SignatureCheck.Genuine, Check(Body, Secret, now));
        Assert.Equal(SignatureCheck.Wrong, Check(Body + " ", Secret, now));
        Assert.Equal(SignatureCheck.Wrong, Check(Body, OldSecret, now));
        Assert.Equal(SignatureCheck.OutOfTime, Check(Body, Secret, now.AddMinutes(6)));
    }

    [Fact]
    public async Task The_library_verifies_what_the_simulated_GitLab_sends()
    {
        var peer = new KeepingPeer();
        await using ServedGitLab gitLab = await ServedGitLab.StartAsync(hookPeer: peer);
        gitLab.World.AddHook(gitLab.World.Project(ServedGitLab.Path), "http://127.0.0.1:9/webhooks/gitlab", hook => hook.SigningToken = Secret);
        gitLab.World.Commit(ServedGitLab.Path, "main", "net: fix grün & 1 < 2");
        (JsonObject headers, string body) = await peer.First.WaitAsync(TimeSpan.FromSeconds(20));
        JsonNode told = await VerifyAsync((headers, body), (headers.DeepClone().AsObject(), body.Replace("main", "mine", StringComparison.Ordinal)));
        JsonText.Same("""["genuine", "No matching signature found"]""", told["verdicts"]);
    }

    private static WebhookKey Key(string secret) => WebhookKey.TryParse(secret, out WebhookKey? key) ? key : throw new ArgumentException(secret);

    private static JsonObject Headers(string id, DateTimeOffset at, string signature) => new()
    {
        [StandardWebhooks.IdHeader] = id, [StandardWebhooks.TimestampHeader] = StandardWebhooks.Seconds(at), [StandardWebhooks.SignatureHeader] = signature,
    };

    private static Task<JsonNode> VerifyAsync(params (JsonObject Headers, string Body)[] deliveries) => PeerScript.NodeAsync("webhooks.js", new JsonObject
    {
        ["secret"] = Secret,
        ["verify"] = new JsonArray([.. deliveries.Select(one => new JsonObject { ["headers"] = one.Headers, ["body"] = one.Body })]),
    });

    /// <summary>Keeps the first delivery: its headers by lower-case name, and its body.</summary>
    private sealed class KeepingPeer : HttpMessageHandler
    {
        private readonly TaskCompletionSource<(JsonObject, string)> first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<(JsonObject Headers, string Body)> First => first.Task;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            string body = await request.Content!.ReadAsStringAsync(cancellationToken);
            var headers = new JsonObject();
            foreach ((string name, IEnumerable<string> values) in request.Headers)
                headers[name.ToLowerInvariant()] = string.Join(',', values);
            first.TrySetResult((headers, body));
            return new HttpResponseMessage(System.Net.HttpStatusCode.OK);
        }
    }
}
