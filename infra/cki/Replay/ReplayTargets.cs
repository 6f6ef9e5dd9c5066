using System.Globalization;
using System.Net.Http.Headers;
using Cki.Adapters;

namespace Cki.Tool;

/// <summary>How a target answered one delivery.</summary>
internal abstract record ReplayAnswer
{
    private ReplayAnswer() { }

    public sealed record Taken : ReplayAnswer;

    /// <summary>This one never; others may be.</summary>
    public sealed record Refused(string Why) : ReplayAnswer;

    /// <summary>Not now.</summary>
    /// <param name="After">As long as the target asks to wait; null: it does not say.</param>
    public sealed record Away(string Why, TimeSpan? After = null) : ReplayAnswer;

    /// <summary>Every other would be refused as well: a person has to mend something.</summary>
    public sealed record Closed(string Why) : ReplayAnswer;
}

/// <summary>Takes replayed deliveries.</summary>
internal interface IReplayTarget
{
    Task<ReplayAnswer> SendAsync(ArchivedDelivery delivery, CancellationToken cancellationToken);
}

/// <summary>What a replay needs beside the delivery to make it genuine for its target: the door there knows no exemption.</summary>
/// <param name="Config">Says what kind of source each delivery came by.</param>
internal sealed record ReplayKeys(SuiteConfig Config, ISecrets Secrets, TimeProvider Clock)
{
    /// <summary>Name of the source at the target; null: the same name.</summary>
    public string? As { get; init; }

    /// <summary>Name of the secret with the target's replay key; null: the source's own secret.</summary>
    public string? Key { get; init; }

    /// <summary>Headers that prove it now, by lower-case name. Throws <see cref="BadInputException"/> where it cannot be proven.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ProveAsync(ArchivedDelivery delivery, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        SourceConfig source = Config.Sources.FirstOrDefault(s => s.Name == delivery.Source)
            ?? throw new BadInputException($"source {delivery.Source}, by which {delivery.Key} came, is not in sources.yaml any more: say --source to leave it out");
        string name = Key ?? DeliverySigning.SecretsOf(source)[0];
        string secret = await Secrets.GetAsync(name, cancellationToken) is { Length: > 0 } found
            ? found
            : throw new BadInputException($"there is no secret '{name}' to prove deliveries of source {source.Name} with: say --key");
        // GitLab's hooks take either: what the key is says which.
        if (source.Kind == SourceKinds.GitLab)
            source = WebhookKey.TryParse(secret, out _) ? source with { SigningSecrets = [name] } : source with { SigningSecrets = [], TokenSecrets = [name] };
        string id = delivery.Headers.GetValueOrDefault(StandardWebhooks.IdHeader) is { Length: > 0 } given && !given.Contains('.') ? given : delivery.Delivery;
        try
        {
            return DeliverySigning.Headers(source, id, body.Span, secret, Clock.GetUtcNow());
        }
        catch (ArgumentException e)
        {
            throw new BadInputException(e.Message);
        }
    }
}

/// <summary>Posts to a front door as the first sender did, proven anew with the target's key.</summary>
internal sealed class DoorTarget(Uri door, HttpClient http, ReplayKeys keys) : IReplayTarget
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);
    private static readonly string[] s_proof = [StandardWebhooks.IdHeader, StandardWebhooks.TimestampHeader, StandardWebhooks.SignatureHeader, "content-type", "user-agent"];

    public async Task<ReplayAnswer> SendAsync(ArchivedDelivery delivery, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(s_limit, keys.Clock);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, over.Token);
        byte[] body = Convert.FromBase64String(delivery.Body);
        using HttpRequestMessage request = Request(delivery, body, await keys.ProveAsync(delivery, body, deadline.Token));
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request, deadline.Token);
            string said = (await response.Content.ReadAsStringAsync(deadline.Token)).Trim();
            return Answer(response, $"{request.RequestUri}: {(int)response.StatusCode} {said}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && over.IsCancellationRequested))
        {
            return new ReplayAnswer.Away(over.IsCancellationRequested ? $"{request.RequestUri}: no answer within {s_limit.TotalSeconds:0} s" : $"{request.RequestUri}: {e.Message}");
        }
    }

    private HttpRequestMessage Request(ArchivedDelivery delivery, byte[] body, IReadOnlyDictionary<string, string> proof)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(door, $"/webhooks/{keys.As ?? delivery.Source}")) { Content = new ByteArrayContent(body) };
        if (MediaTypeHeaderValue.TryParse(delivery.Headers.GetValueOrDefault("content-type"), out MediaTypeHeaderValue? type))
            request.Content.Headers.ContentType = type;
        request.Headers.UserAgent.ParseAdd("cki-replay");
        foreach ((string name, string value) in delivery.Headers.Where(h => !s_proof.Contains(h.Key)).Concat(proof))
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private static ReplayAnswer Answer(HttpResponseMessage response, string what) => (int)response.StatusCode switch
    {
        >= 200 and < 300 => new ReplayAnswer.Taken(),
        408 or 425 or 429 or >= 500 => new ReplayAnswer.Away(what, response.Headers.RetryAfter?.Delta),
        401 or 403 or 404 or 405 or < 400 => new ReplayAnswer.Closed(what),
        _ => new ReplayAnswer.Refused(what),
    };
}

/// <summary>Hands to one of the consumers in sources.yaml: a queue, a topic exchange or a webhook of others.</summary>
internal sealed class ConsumerTarget(IDeliveryConsumer consumer, SuiteConfig config) : IReplayTarget
{
    public async Task<ReplayAnswer> SendAsync(ArchivedDelivery delivery, CancellationToken cancellationToken)
    {
        string type = config.Sources.FirstOrDefault(s => s.Name == delivery.Source)?.Kind ?? delivery.Source;
        string key = delivery.RoutingKey ?? string.Create(CultureInfo.InvariantCulture, $"{delivery.Source}.{delivery.Reading.Split(':')[0]}");
        var outgoing = new OutgoingDelivery(delivery.Delivery, type, key, delivery.ReceivedAt, delivery.Headers, Convert.FromBase64String(delivery.Body)) { IsAgain = true };
        return await consumer.SendAsync(outgoing, cancellationToken) switch
        {
            ChannelOutcome.Sent => new ReplayAnswer.Taken(),
            ChannelOutcome.Refused { Permanent: true } no => new ReplayAnswer.Refused(no.Reason),
            ChannelOutcome.Refused no => new ReplayAnswer.Closed(no.Reason),
            ChannelOutcome.Unavailable away => new ReplayAnswer.Away(away.Reason),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
