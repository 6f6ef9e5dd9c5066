using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cki.Adapters;

/// <summary>
/// Slack by an incoming webhook or by <c>chat.postMessage</c>. Slack knows no key that makes a message idempotent: a copy says "(repeated)". Its errors are
/// words; those that no person and no time can mend park the report.
/// </summary>
public sealed class SlackChannel(ChannelConfig.Slack channel, HttpClient http, ISecrets secrets, TimeProvider clock) : IReportChannel
{
    /// <summary>The message or its place is wrong for good.</summary>
    private static readonly HashSet<string> s_permanent =
    [
        "invalid_payload", "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "no_text", "invalid_metadata_format",
        "channel_not_found", "channel_is_archived", "is_archived", "no_service", "no_service_id", "no_team", "team_disabled", "team_not_found", "action_prohibited",
        "restricted_action", "posting_to_general_channel_denied",
    ];

    /// <summary>Slack does not know itself whether it took the message.</summary>
    private static readonly HashSet<string> s_passing = ["ratelimited", "rate_limited", "rollup_error", "internal_error", "fatal_error", "service_unavailable", "request_timeout"];

    private static readonly JsonSerializerOptions s_readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private string Where => $"slack {channel.Name}";

    public Task<ChannelOutcome> SendAsync(OutgoingReport report, CancellationToken cancellationToken) =>
        channel.UrlSecret is { } name ? ByWebhookAsync(report, name, cancellationToken) : ByBotAsync(report, cancellationToken);

    private async Task<ChannelOutcome> ByWebhookAsync(OutgoingReport report, string secretName, CancellationToken cancellationToken)
    {
        string secret = (await SecretAsync(secretName, cancellationToken)).Trim();
        if (!Uri.TryCreate(secret, UriKind.Absolute, out Uri? url) || (url.Scheme != Uri.UriSchemeHttps && !(url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)))
            return new ChannelOutcome.Refused($"{Where}: secret '{secretName}' is no https address", Permanent: false);
        using HttpRequestMessage request = Request(url, SlackMessage.Of(report));
        ChannelOutcome outcome = await new ChannelPost(Where, http, clock).SendAsync(request, answer => Outcome(answer, answer.Body.Trim(), answer.IsYes, report.Id), cancellationToken);
        return Hiding(outcome, url);
    }

    /// <summary>Follow-ups go into the thread of the run's first message; a correction is shown in the channel as well: whoever was misled sees it.</summary>
    private async Task<ChannelOutcome> ByBotAsync(OutgoingReport report, CancellationToken cancellationToken)
    {
        string token = (await SecretAsync(channel.TokenSecret!, cancellationToken)).Trim();
        ChannelOutcome outcome = await PostAsync(report, token, report.ThreadPeerId, cancellationToken);
        // Somebody deleted the thread, and nothing was posted.
        return outcome is ChannelOutcome.Refused { Reason: var reason } && report.ThreadPeerId is not null && reason.EndsWith("thread_not_found", StringComparison.Ordinal)
            ? await PostAsync(report, token, null, cancellationToken)
            : outcome;
    }

    private async Task<ChannelOutcome> PostAsync(OutgoingReport report, string token, string? thread, CancellationToken cancellationToken)
    {
        JsonObject message = SlackMessage.Of(report);
        message["channel"] = channel.Conversation;
        message["metadata"] = new JsonObject { ["event_type"] = "cki_report", ["event_payload"] = new JsonObject { ["id"] = report.Id } };
        if (thread is not null)
        {
            message["thread_ts"] = thread;
            message["reply_broadcast"] = report.Kind.StartsWith("correction", StringComparison.Ordinal);
        }
        using HttpRequestMessage request = Request(new Uri(channel.Api, "chat.postMessage"), message);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return await new ChannelPost(Where, http, clock).SendAsync(request, Read, cancellationToken);
    }

    /// <summary>Methods answer 200 and say <c>ok</c> or <c>error</c> in the body; 429 and 5xx come without one.</summary>
    private ChannelOutcome Read(PeerAnswer answer)
    {
        JsonObject? body = Json(answer.Body);
        bool isYes = answer.IsYes && body?["ok"] is JsonValue ok && ok.GetValueKind() == JsonValueKind.True;
        return Outcome(answer, Text(body, "error") ?? answer.Said, isYes, Text(body, "ts") ?? "");
    }

    private ChannelOutcome Outcome(PeerAnswer answer, string word, bool isYes, string peerId)
    {
        if (isYes)
            return new ChannelOutcome.Sent(peerId);
        string said = s_permanent.Contains(word) || s_passing.Contains(word) ? word : answer.IsYes ? word : answer.Said;
        string reason = answer.IsYes ? $"{Where}: {said}" : $"{Where}: {answer.Status} {said}";
        if (answer.IsPassing || s_passing.Contains(word))
            return new ChannelOutcome.Unavailable(reason) { RetryAfter = answer.RetryAfter };
        return new ChannelOutcome.Refused(reason, Permanent: s_permanent.Contains(word) || answer.Status == 410);
    }

    private static HttpRequestMessage Request(Uri url, JsonObject message) => new(HttpMethod.Post, url)
    {
        Content = new ByteArrayContent(Encoding.UTF8.GetBytes(message.ToJsonString(s_readable))) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" } } },
    };

    /// <summary>The address is the secret: no reason may quote it.</summary>
    private static ChannelOutcome Hiding(ChannelOutcome outcome, Uri url) => outcome switch
    {
        ChannelOutcome.Refused no => no with { Reason = Hidden(no.Reason, url) },
        ChannelOutcome.Unavailable down => down with { Reason = Hidden(down.Reason, url) },
        _ => outcome,
    };

    private static string Hidden(string reason, Uri url) => reason.Replace(url.AbsoluteUri, "(its address)", StringComparison.Ordinal).Replace(url.AbsolutePath, "(its path)", StringComparison.Ordinal);

    private static JsonObject? Json(string body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonObject? body, string field) => body?[field] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private async Task<string> SecretAsync(string name, CancellationToken cancellationToken) =>
        await secrets.GetAsync(name, cancellationToken) ?? throw new SecretsUnavailableException($"There is no secret '{name}' (of channel {channel.Name})");
}
