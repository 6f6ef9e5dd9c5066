using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cki.Adapters;

/// <summary>One line through a bot: irccat's <c>POST /send</c>, or the JSON object that CKI's chat bot takes.</summary>
public sealed class IrcChannel(ChannelConfig.Irc channel, HttpClient http, ISecrets secrets, TimeProvider clock) : IReportChannel
{
    private static readonly JsonSerializerOptions s_readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private string Where => $"irc {channel.Name} at {channel.Url.Host}";

    public async Task<ChannelOutcome> SendAsync(OutgoingReport report, CancellationToken cancellationToken)
    {
        string? token = channel.TokenSecret is null ? null : (await SecretAsync(channel.TokenSecret, cancellationToken)).Trim();
        string line = ChatLine.Of(report);
        using var request = new HttpRequestMessage(HttpMethod.Post, channel.Url) { Content = Content(line) };
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return await new ChannelPost(Where, http, clock).SendAsync(request, answer => Outcome(answer, report.Id), cancellationToken);
    }

    private ByteArrayContent Content(string line)
    {
        if (channel.Form == IrcForm.Chatbot)
            return Content(new JsonObject { [channel.Field] = line }.ToJsonString(s_readable), "application/json");
        return Content(channel.Target is null ? line : $"{channel.Target} {line}", "text/plain");
    }

    private static ByteArrayContent Content(string text, string type) =>
        new(Encoding.UTF8.GetBytes(text)) { Headers = { ContentType = new MediaTypeHeaderValue(type) { CharSet = "utf-8" } } };

    /// <summary>A bot that refuses a line (400, 413, 422) refuses it again; a wrong address or token is mended by a person.</summary>
    private ChannelOutcome Outcome(PeerAnswer answer, string id)
    {
        if (answer.IsYes)
            return new ChannelOutcome.Sent(id);
        string reason = $"{Where}: {answer.Status} {answer.Said}";
        return answer.IsPassing ? new ChannelOutcome.Unavailable(reason) { RetryAfter = answer.RetryAfter } : new ChannelOutcome.Refused(reason, Permanent: answer.Status is 400 or 410 or 413 or 422);
    }

    private async Task<string> SecretAsync(string name, CancellationToken cancellationToken) =>
        await secrets.GetAsync(name, cancellationToken) ?? throw new SecretsUnavailableException($"There is no secret '{name}' (of channel {channel.Name})");
}
