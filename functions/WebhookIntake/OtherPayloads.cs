namespace Cki.WebhookIntake;

/// <summary>Bodies of senders other than GitLab: only what routing keys and hints need. Total: never throws, whatever the bytes.</summary>
internal static class OtherPayloads
{
    private const int CharactersMax = 1024;
    private static readonly string[] s_gitHub = ["repository.full_name", "repository.clone_url", "ref"];
    private static readonly string[] s_sentry = ["data.issue.project.slug", "data.event.project_slug", "project_slug", "data.error.project", "data.event.project", "project"];

    public static WebhookEvent Read(SourceConfig source, IReadOnlyDictionary<string, string> headers, ReadOnlySpan<byte> body)
    {
        if (source.SendsAlerts)
            return AlertsPayload.Read(body);
        string kind = SourceKinds.EventHeader(source) is { } header && headers.GetValueOrDefault(header) is { Length: > 0 } given ? Bounded(given) : "delivery";
        return source.Kind switch
        {
            SourceKinds.GitHub => GitHub(kind, JsonPaths.Read(body, s_gitHub)),
            SourceKinds.Sentry => Sentry(kind, JsonPaths.Read(body, s_sentry)),
            _ => new WebhookEvent.NotOurs(kind),
        };
    }

    private static WebhookEvent GitHub(string kind, Dictionary<string, string> fields)
    {
        string? project = fields.GetValueOrDefault("repository.full_name") is { Length: > 0 } name ? Bounded(name) : null;
        return kind == "push" && project is not null && fields.TryGetValue("repository.clone_url", out string? url) && fields.TryGetValue("ref", out string? gitRef)
            ? new WebhookEvent.ElsewherePush(project, Bounded(url), Bounded(gitRef))
            : new WebhookEvent.NotOurs(kind, project);
    }

    private static WebhookEvent.NotOurs Sentry(string kind, Dictionary<string, string> fields) =>
        new(kind, s_sentry.Select(path => fields.GetValueOrDefault(path)).FirstOrDefault(v => !string.IsNullOrEmpty(v)) is { } project ? Bounded(project) : null);

    private static string Bounded(string text) => text.Length <= CharactersMax ? text : text[..CharactersMax];
}
