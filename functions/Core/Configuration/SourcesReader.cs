namespace Cki;

/// <summary>sources.yaml: who may post webhooks.</summary>
internal sealed class SourcesReader(ConfigErrors errors)
{
    private const int SourcesMax = 200;
    private const int TokensMax = 10;

    private readonly HashSet<string> _names = [];

    public IReadOnlyList<SourceConfig> Read(ConfigNode file, IReadOnlyList<GitLabHost> hosts) =>
        new EntryReader(file, "", ConfigFields.SourcesFile, errors).Entries("sources", SourcesMax, (node, path) => Source(node, path, hosts));

    private SourceConfig Source(ConfigNode node, string path, IReadOnlyList<GitLabHost> hosts)
    {
        var entry = new EntryReader(node, path, ConfigFields.Source, errors);
        string name = entry.Name("name");
        entry.Unique("name", _names, name);
        entry.Required("kind");
        string kind = entry.Choice("kind", ["gitlab"], "gitlab");
        string host = entry.Required("host");
        string[] known = [.. hosts.Select(h => h.Name)];
        if (host.Length > 0 && !known.Contains(host))
            errors.AddDangling(entry.Place("host"), entry.PathOf("host"), $"'{host}' is none of the hosts in trees.yaml{ConfigErrors.Suggestion(host, known)}");
        return new SourceConfig(name, kind, host, Tokens(entry));
    }

    /// <summary>Without a token, everybody could post.</summary>
    private static IReadOnlyList<string> Tokens(EntryReader entry)
    {
        IReadOnlyList<ConfigNode.Scalar>? tokens = entry.Scalars("token_secrets", TokensMax);
        if (tokens is null or { Count: 0 } && entry.Node is ConfigNode.Map)
            entry.Wrong("token_secrets", "must name at least one secret");
        return [.. (tokens ?? []).Select(t => entry.SecretName("token_secrets", t)!)];
    }
}
