using System.Text.RegularExpressions;

namespace Cki;

/// <summary>trees.yaml, <c>tenants</c>: groups of trees with matchers, operators and budgets of their own.</summary>
internal sealed partial class TenantsReader(ConfigErrors errors)
{
    private const int TenantsMax = 100;

    private readonly HashSet<string> _names = [];
    private readonly HashSet<string> _owned = [];

    public (SuiteBudget? Budget, IReadOnlyList<TenantConfig> Tenants) Read(
        IReadOnlyDictionary<string, ConfigNode> files, ConfigNode trees, SuiteConfig config)
    {
        if (trees is not ConfigNode.Map map)
            return (null, []);
        // Hosts and trees are TreesReader's.
        var top = new EntryReader(new ConfigNode.Map(map.Place, [.. map.Entries.Where(e => e.Key.Text is "tenants" or "budgets")]), "", ["tenants", "budgets"], errors);
        return (BudgetsReader.Read(top), top.Entries("tenants", TenantsMax, (node, path) => Tenant(node, path, files, config)));
    }

    private TenantConfig Tenant(ConfigNode node, string path, IReadOnlyDictionary<string, ConfigNode> files, SuiteConfig config)
    {
        var entry = new EntryReader(node, path, ConfigFields.Tenant, errors);
        string name = entry.Name("name");
        entry.Unique("name", _names, name);
        return new TenantConfig(name, Trees(entry, config), Matchers(entry, files), BudgetsReader.Read(entry)) { Operators = Operators(entry, config) };
    }

    private TreeName[] Trees(EntryReader entry, SuiteConfig config)
    {
        if (!entry.Has("trees"))
            entry.Wrong("trees", "is missing");
        string[] known = [.. config.Trees.Select(t => t.Name.Value)];
        IReadOnlyList<ConfigNode.Scalar> wanted = entry.Scalars("trees", known.Length + 1) ?? [];
        foreach (ConfigNode.Scalar tree in wanted)
        {
            if (!known.Contains(tree.Text))
                errors.Add(tree.Place, entry.PathOf("trees"), $"'{tree.Text}' is none of the trees{ConfigErrors.Suggestion(tree.Text, known)}");
            else if (!_owned.Add(tree.Text))
                errors.Add(tree.Place, entry.PathOf("trees"), $"'{tree.Text}' belongs to a tenant already");
        }
        return [.. wanted.Select(t => new TreeName(t.Text)).Distinct()];
    }

    private MatcherTree? Matchers(EntryReader entry, IReadOnlyDictionary<string, ConfigNode> files)
    {
        if (entry.Text("matchers") is not { } file)
            return null;
        if (!FileName().IsMatch(file))
            entry.Wrong("matchers", $"'{file}' must be the name of a file beside this one: matchers-NAME.yaml");
        else if (files.TryGetValue(file, out ConfigNode? read))
            return OfFile(read);
        else
            entry.Wrong("matchers", $"there is no readable file '{file}' beside this one");
        return null;
    }

    private MatcherTree OfFile(ConfigNode file)
    {
        if ((file as ConfigNode.Map)?.Entries.FirstOrDefault(e => e.Key.Text == "outages").Key is { } outages)
            errors.Add(outages.Place, "outages", "belong to matchers.yaml: a class is in outage for everybody");
        return new MatchersReader(errors).Read(file);
    }

    private string[] Operators(EntryReader entry, SuiteConfig config)
    {
        string[] known = [.. config.Channels.Where(c => c.ForOperators).Select(c => c.Name)];
        IReadOnlyList<ConfigNode.Scalar> wanted = entry.Scalars("operators", known.Length + 1) ?? [];
        foreach (ConfigNode.Scalar channel in wanted.Where(w => !known.Contains(w.Text)))
            errors.Add(channel.Place, entry.PathOf("operators"), $"'{channel.Text}' is no channel with for_operators: true{ConfigErrors.Suggestion(channel.Text, known)}");
        return [.. wanted.Select(w => w.Text).Distinct()];
    }

    [GeneratedRegex(@"\Amatchers-[a-z0-9][a-z0-9._-]{0,39}\.yaml\z")]
    private static partial Regex FileName();
}
