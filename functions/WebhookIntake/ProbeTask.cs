using System.Globalization;
using System.Text.Json.Nodes;

namespace Cki.WebhookIntake;

/// <summary>
/// Task <c>probe</c>: posts a genuine delivery of our own to each source, of a kind that no stage wants. Whoever asks learns in time that secrets and
/// configuration can be had; while a new version of the door is on trial, it is asked each minute. (The door accepts without its archive.)
/// </summary>
internal sealed class ProbeTask(WebhookDoor door, SuitePorts ports)
{
    private static readonly ReadOnlyMemory<byte> Body = """{"object_kind":"cki_probe"}"""u8.ToArray();

    /// <summary>Answers with the names of the sources that took it. Throws, naming source and answer, where one did not.</summary>
    public async Task<JsonNode?> RunAsync(JsonNode? input, CancellationToken cancellationToken)
    {
        var taken = new JsonArray();
        foreach (SourceConfig source in ports.Config.Current.Sources)
        {
            await ProbeAsync(source, cancellationToken);
            taken.Add((JsonNode)source.Name);
        }
        return new JsonObject { ["taken"] = taken };
    }

    private async Task ProbeAsync(SourceConfig source, CancellationToken cancellationToken)
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"probe-{ports.Clock.GetUtcNow().UtcDateTime:yyyyMMddHHmm}");
        await PostAsync(door, ports, source, id, Body, cancellationToken);
    }

    /// <summary>Throws, naming source and answer, where the door did not take it.</summary>
    internal static async Task PostAsync(
        WebhookDoor door, SuitePorts ports, SourceConfig source, string id, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        string secret = await SecretAsync(ports, source, cancellationToken);
        var headers = new Dictionary<string, string>(DeliverySigning.Headers(source, id, body.Span, secret, ports.Clock.GetUtcNow()))
        {
            ["content-type"] = "application/json",
            ["idempotency-key"] = id,
        };
        DoorAnswer answer = await door.ReceiveAsync(new DoorRequest("POST", $"/webhooks/{source.Name}", headers, body), cancellationToken);
        if (answer.Status != 202)
            throw new InvalidOperationException($"Source {source.Name}: the probe was answered {answer.Status}: {answer.Body}");
    }

    /// <summary>Of several, as during rotation, the first that exists.</summary>
    private static async Task<string> SecretAsync(SuitePorts ports, SourceConfig source, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = DeliverySigning.SecretsOf(source);
        foreach (string name in names)
        {
            if (await ports.Secrets.GetAsync(name, cancellationToken) is { Length: > 0 } secret)
                return secret;
        }
        throw new InvalidOperationException($"Source {source.Name}: none of its secrets exists ({string.Join(", ", names)})");
    }
}
