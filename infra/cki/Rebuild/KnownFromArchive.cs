using System.Text.Json;
using System.Text.Json.Nodes;
using Cki.WebhookIntake;

namespace Cki.Tool;

/// <summary>What archived deliveries still tell: which values pipelines carried, and the titles of commits.</summary>
internal sealed class KnownFromArchive
{
    private readonly Dictionary<PipelineRef, IReadOnlyList<KeyValuePair<string, string>>> _values = [];
    private readonly Dictionary<CommitSha, string> _titles = [];

    public int Deliveries { get; private set; }

    /// <summary>Null: no delivery told of it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? ValuesOf(PipelineRef pipeline) => _values.GetValueOrDefault(pipeline);

    public string? TitleOf(CommitSha sha) => _titles.GetValueOrDefault(sha);

    public static async Task<KnownFromArchive> ReadAsync(IAsyncEnumerable<ArchivedDelivery> deliveries, SuiteConfig config)
    {
        var known = new KnownFromArchive();
        await foreach (ArchivedDelivery delivery in deliveries)
        {
            if (config.Sources.FirstOrDefault(s => s.Name == delivery.Source && s.Kind == SourceKinds.GitLab) is { } source && config.Host(source.Host) is { } host)
                known.Take(Convert.FromBase64String(delivery.Body), host);
        }
        return known;
    }

    private void Take(byte[] body, GitLabHost host)
    {
        Deliveries++;
        switch (GitLabPayload.Read(body, host.Url))
        {
            case WebhookEvent.Push { After: { } after, Title: { } title }:
                _titles[after] = title;
                break;
            case WebhookEvent.Pipeline pipeline:
                _values[new PipelineRef(new ProjectRef(host.Name, pipeline.ProjectPath), pipeline.PipelineId)] = Values(body);
                break;
        }
    }

    private static IReadOnlyList<KeyValuePair<string, string>> Values(byte[] body)
    {
        try
        {
            JsonArray variables = JsonNode.Parse(body)?["object_attributes"]?["variables"] as JsonArray ?? [];
            return [.. variables.OfType<JsonObject>().Where(v => v["key"] is JsonValue && v["value"] is JsonValue).Select(v => KeyValuePair.Create(v["key"]!.ToString(), v["value"]!.ToString()))];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
