using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cki;

/// <summary>
/// Alerts as Alertmanager posts them to a webhook receiver (its data format, version 4), and Grafana's contact points with their additions:
/// <c>alerts[]</c> with <c>status</c> (firing, resolved), <c>labels</c>, <c>annotations</c>, <c>startsAt</c>, <c>generatorURL</c>, <c>fingerprint</c>.
/// Total: never throws, whatever the bytes.
/// </summary>
public static class AlertsPayload
{
    /// <summary>Of one delivery; of more the first are told each, the rest by their number.</summary>
    public const int AlertsMax = 50;

    private const int LabelsMax = 20;
    private const int IdMax = 64;

    public static WebhookEvent Read(ReadOnlySpan<byte> body)
    {
        AlertGroup? group;
        try
        {
            group = JsonSerializer.Deserialize(body, AlertJson.Default.AlertGroup);
        }
        catch (JsonException e)
        {
            return new WebhookEvent.Unreadable($"alerts are expected, but the body is not what Alertmanager posts ({e.Path ?? "$"}, line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})");
        }
        if (group?.Alerts is not { } alerts || alerts.Contains(null))
            return new WebhookEvent.Unreadable("alerts are expected, but the body has no list 'alerts' of objects");
        if (alerts.FirstOrDefault(a => a!.Status is not ("firing" or "resolved")) is { } odd)
            return new WebhookEvent.Unreadable($"an alert's status is '{SafeText.Line(odd.Status, 40)}', not firing or resolved");
        var seen = alerts.Take(AlertsMax).Select(a => Of(a!)).ToList();
        int more = alerts.Count - seen.Count + (int)Math.Clamp(group.TruncatedAlerts ?? 0, 0, 1_000_000);
        if (more > 0)
            seen.Add(More(group, more));
        return new WebhookEvent.Alerts(seen);
    }

    private static AlertSeen Of(Alert alert)
    {
        string name = alert.Labels?.GetValueOrDefault("alertname") is { Length: > 0 } given ? given : "alert without a name";
        string? says = alert.Annotations?.GetValueOrDefault("summary") ?? alert.Annotations?.GetValueOrDefault("title");
        var lines = new List<string?>
        {
            alert.Annotations?.GetValueOrDefault("description") ?? alert.Annotations?.GetValueOrDefault("message"),
            Named("Since", alert.StartsAt),
            Named("Runbook", alert.Annotations?.GetValueOrDefault("runbook_url") ?? alert.Annotations?.GetValueOrDefault("runbook")),
            Named("Look", SafeText.HttpAddress(alert.GeneratorUrl) ?? SafeText.HttpAddress(alert.DashboardUrl)),
            Named("Labels", Labels(alert)),
        };
        return new AlertSeen(
            Id(alert),
            SafeText.Line(string.IsNullOrEmpty(says) ? name : $"{name}: {says}", 200),
            SafeText.Paragraphs(string.Join('\n', lines.Where(l => !string.IsNullOrEmpty(l)))),
            alert.Status == "resolved");
    }

    private static AlertSeen More(AlertGroup group, int more) => new(
        Hash(group.GroupKey ?? ""),
        SafeText.Line(string.Create(CultureInfo.InvariantCulture, $"{more} more alerts of {group.Receiver ?? "a group"}"), 200),
        $"More than {AlertsMax} alerts came at once; these are not told one by one. Look: {SafeText.HttpAddress(group.ExternalUrl) ?? "there"}",
        group.Status == "resolved");

    private static string? Named(string name, string? value) => string.IsNullOrEmpty(value) ? null : $"{name}: {value}";

    private static string Labels(Alert alert) => string.Join(", ", Sorted(alert).Where(l => l.Key != "alertname").Take(LabelsMax).Select(l => $"{l.Key}={SafeText.Line(l.Value, 80)}"));

    private static string Id(Alert alert) => alert.Fingerprint is { Length: > 0 and <= IdMax } given && given.All(char.IsAsciiHexDigit)
        ? given.ToLowerInvariant()
        : Hash(string.Join('\n', Sorted(alert).Select(l => $"{l.Key}={l.Value}")));

    private static IEnumerable<KeyValuePair<string, string?>> Sorted(Alert alert) => (alert.Labels ?? []).OrderBy(l => l.Key, StringComparer.Ordinal);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}

/// <param name="TruncatedAlerts">How many Alertmanager left off.</param>
internal sealed record AlertGroup(
    IReadOnlyList<Alert?>? Alerts, string? Status, string? Receiver, string? GroupKey, long? TruncatedAlerts, [property: JsonPropertyName("externalURL")] string? ExternalUrl);

internal sealed record Alert(
    string? Status,
    Dictionary<string, string?>? Labels,
    Dictionary<string, string?>? Annotations,
    string? StartsAt,
    string? Fingerprint,
    [property: JsonPropertyName("generatorURL")] string? GeneratorUrl,
    [property: JsonPropertyName("dashboardURL")] string? DashboardUrl);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AlertGroup))]
internal sealed partial class AlertJson : JsonSerializerContext;
