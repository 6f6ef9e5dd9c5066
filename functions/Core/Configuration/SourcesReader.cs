namespace Cki;

/// <summary>sources.yaml: who may post webhooks, and who else gets them.</summary>
internal sealed class SourcesReader(ConfigErrors errors)
{
    private const int SourcesMax = 200;
    private const int SecretsMax = 10;

    private static readonly string[] s_headerFields = ["header", "prefix", "encoding", "event_header", "alerts"];

    private readonly HashSet<string> _names = [];

    public (IReadOnlyList<SourceConfig> Sources, IReadOnlyList<ConsumerConfig> Consumers) Read(ConfigNode file, IReadOnlyList<GitLabHost> hosts)
    {
        var entry = new EntryReader(file, "", ConfigFields.SourcesFile, errors);
        return (
            entry.Entries("sources", SourcesMax, (node, path) => Source(node, path, hosts)),
            new ConsumersReader(errors).Read(entry));
    }

    private SourceConfig Source(ConfigNode node, string path, IReadOnlyList<GitLabHost> hosts)
    {
        var entry = new EntryReader(node, path, ConfigFields.Source, errors);
        string name = entry.Name("name");
        entry.Unique("name", _names, name);
        entry.Required("kind");
        string kind = entry.Choice("kind", SourceKinds.All, SourceKinds.GitLab);
        var source = new SourceConfig(name, kind, Host(entry, kind, hosts), Secrets(entry, "token_secrets"))
        {
            SigningSecrets = Secrets(entry, "signing_secrets"),
            ProofHeader = Header(entry, "header"),
            ProofPrefix = entry.Text("prefix") ?? "",
            IsBase64 = entry.Choice("encoding", ["hex", "base64"], "hex") == "base64",
            EventHeader = Header(entry, "event_header"),
            SendsAlerts = entry.Flag("alerts", otherwise: false),
        };
        Check(entry, source);
        return source;
    }

    private string Host(EntryReader entry, string kind, IReadOnlyList<GitLabHost> hosts)
    {
        if (kind != SourceKinds.GitLab)
            return entry.Text("host") ?? (kind == SourceKinds.GitHub ? "github.com" : "");
        string host = entry.Required("host");
        string[] known = [.. hosts.Select(h => h.Name)];
        if (host.Length > 0 && !known.Contains(host))
            errors.AddDangling(entry.Place("host"), entry.PathOf("host"), $"'{host}' is none of the hosts in trees.yaml{ConfigErrors.Suggestion(host, known)}");
        return host;
    }

    /// <summary>Without a secret, everybody could post.</summary>
    private static void Check(EntryReader entry, SourceConfig source)
    {
        if (entry.Node is not ConfigNode.Map)
            return;
        bool signs = SourceKinds.Signs(source.Kind);
        if (signs && source.SigningSecrets.Count == 0)
            entry.Wrong("signing_secrets", "must name at least one secret");
        if (!signs && source.TokenSecrets.Count == 0 && !(source.Kind == SourceKinds.GitLab && source.SigningSecrets.Count > 0))
            entry.Wrong("token_secrets", "must name at least one secret");
        if (signs && entry.Has("token_secrets"))
            entry.Wrong("token_secrets", $"have no meaning for {source.Kind}, which signs: name signing_secrets");
        if (source.Kind is SourceKinds.Bearer or SourceKinds.Basic && entry.Has("signing_secrets"))
            entry.Wrong("signing_secrets", $"have no meaning for {source.Kind}, which signs nothing");
        if (source.Kind == SourceKinds.Hmac && source.ProofHeader is null)
            entry.Wrong("header", "must name the header that carries the signature");
        foreach (string field in s_headerFields.Where(f => entry.Has(f) && !Takes(source.Kind, f)))
            entry.Wrong(field, $"has no meaning for {source.Kind}");
    }

    private static bool Takes(string kind, string field) => kind switch
    {
        SourceKinds.Hmac => true,
        SourceKinds.Bearer => field is "header" or "event_header" or "alerts",
        SourceKinds.Basic or SourceKinds.StandardWebhooks => field is "event_header" or "alerts",
        _ => false,
    };

    private static string? Header(EntryReader entry, string field)
    {
        string? name = entry.Text(field);
        if (name is not null && (name.Length is 0 or > 100 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))))
            entry.Wrong(field, $"'{name}' is no name of a header");
        return name?.ToLowerInvariant();
    }

    private static IReadOnlyList<string> Secrets(EntryReader entry, string field) =>
        [.. (entry.Scalars(field, SecretsMax) ?? []).Select(t => entry.SecretName(field, t)!)];
}
