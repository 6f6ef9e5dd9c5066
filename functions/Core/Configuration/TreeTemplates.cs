namespace Cki;

/// <summary>
/// Inheritance among trees, as CKI's trigger files have it after GitLab's: entries whose name begins with a dot are templates, not trees;
/// <c>.default</c> is inherited by every tree; <c>.extends</c> names further ones. Later ones win over earlier ones, the tree's own fields over
/// all. Mappings are merged field by field at any depth; lists and texts are replaced.
/// </summary>
internal sealed class TreeTemplates
{
    private const string Default = ".default";
    private const string Extends = ".extends";

    private readonly SortedDictionary<string, ConfigNode.Map> _templates = new(StringComparer.Ordinal);

    /// <summary>Each once: templates that extend each other in a fan would double at each level.</summary>
    private readonly Dictionary<string, ConfigNode.Map> _resolved = [];

    private readonly ConfigErrors _errors;
    private readonly string _nameField;

    /// <param name="nameField">Where an entry's name stands.</param>
    private TreeTemplates(IReadOnlyList<ConfigNode> entries, string nameField, ConfigErrors errors)
    {
        (_errors, _nameField) = (errors, nameField);
        foreach (ConfigNode.Map template in entries.OfType<ConfigNode.Map>().Where(IsTemplate))
        {
            if (!_templates.TryAdd(Name(template), template))
                errors.Add(template.Place, nameField, $"'{Name(template)}' is used twice");
        }
    }

    /// <summary>The file with its trees as they inherit, without templates.</summary>
    public static ConfigNode Applied(ConfigNode file, ConfigErrors errors)
    {
        if (file is not ConfigNode.Map map)
            return file;
        return new ConfigNode.Map(map.Place, [.. map.Entries.Select(e =>
            e.Key.Text == "trees" && e.Value is ConfigNode.List trees ? KeyValuePair.Create(e.Key, Trees(trees, errors)) : e)]);
    }

    /// <summary>CKI's own shape: the file maps names to entries. The entries as they inherit, by name; what is no mapping is left out.</summary>
    public static IReadOnlyList<KeyValuePair<ConfigNode.Scalar, ConfigNode.Map>> Resolved(ConfigNode.Map file, ConfigErrors errors)
    {
        // No option is called so.
        const string nameField = "\0name";
        ConfigNode.Map[] entries =
        [
            .. file.Entries.Where(e => e.Value is ConfigNode.Map).Select(e => new ConfigNode.Map(
                e.Value.Place, [KeyValuePair.Create(e.Key with { Text = nameField }, (ConfigNode)e.Key), .. ((ConfigNode.Map)e.Value).Entries])),
        ];
        var templates = new TreeTemplates(entries, nameField, errors);
        return
        [
            .. entries.Where(e => !templates.IsTemplate(e)).Select(e => (Name: (ConfigNode.Scalar)e.Entries[0].Value, Whole: templates.Tree(e)))
                .Select(e => KeyValuePair.Create(e.Name, new ConfigNode.Map(e.Whole.Place, [.. e.Whole.Entries.Where(f => f.Key.Text != nameField)]))),
        ];
    }

    private static ConfigNode Trees(ConfigNode.List trees, ConfigErrors errors)
    {
        var templates = new TreeTemplates(trees.Items, "name", errors);
        return new ConfigNode.List(trees.Place, [.. trees.Items.Where(t => !templates.IsTemplate(t)).Select(t => t is ConfigNode.Map tree ? templates.Tree(tree) : t)]);
    }

    private bool IsTemplate(ConfigNode entry) => entry is ConfigNode.Map map && Name(map).StartsWith('.');

    private string Name(ConfigNode.Map entry) => (Field(entry, _nameField) as ConfigNode.Scalar)?.Text ?? "";

    private static ConfigNode? Field(ConfigNode.Map entry, string name) => entry.Entries.FirstOrDefault(e => e.Key.Text == name).Value;

    private ConfigNode.Map Tree(ConfigNode.Map tree)
    {
        ConfigNode.Map own = Resolved(tree, []);
        return _templates.TryGetValue(Default, out ConfigNode.Map? common) ? Merged(Template(Default, common, []), own) : own;
    }

    /// <summary>With what it extends, without name and place of the templates.</summary>
    private ConfigNode.Map Resolved(ConfigNode.Map entry, IReadOnlyList<string> within)
    {
        ConfigNode.Map? parents = null;
        foreach (ConfigNode.Scalar parent in Parents(entry))
        {
            if (!_templates.TryGetValue(parent.Text, out ConfigNode.Map? template))
                _errors.Add(parent.Place, Extends, $"'{parent.Text}' is no template{ConfigErrors.Suggestion(parent.Text, _templates.Keys)}");
            else if (within.Contains(parent.Text))
                _errors.Add(parent.Place, Extends, $"goes in a circle: {string.Join(" extends ", within)} extends {parent.Text}");
            else
                parents = parents is null ? Template(parent.Text, template, within) : Merged(parents, Template(parent.Text, template, within));
        }
        var own = new ConfigNode.Map(entry.Place, [.. entry.Entries.Where(e => e.Key.Text != Extends && !(IsTemplate(entry) && e.Key.Text == _nameField))]);
        return parents is null ? own : Merged(parents, own);
    }

    private ConfigNode.Map Template(string name, ConfigNode.Map template, IReadOnlyList<string> within)
    {
        if (!_resolved.TryGetValue(name, out ConfigNode.Map? resolved))
            _resolved[name] = resolved = Resolved(template, [.. within, name]);
        return resolved;
    }

    private IEnumerable<ConfigNode.Scalar> Parents(ConfigNode.Map entry)
    {
        ConfigNode? named = Field(entry, Extends);
        IReadOnlyList<ConfigNode> items = named switch { null => [], ConfigNode.List list => list.Items, _ => [named] };
        foreach (ConfigNode wrong in items.Where(i => i is not ConfigNode.Scalar))
            _errors.Add(wrong.Place, Extends, "must be a template's name, or a list of them");
        return items.OfType<ConfigNode.Scalar>();
    }

    /// <summary>In the order of <paramref name="under"/>, then what <paramref name="over"/> adds. The place is the upper one's: there the tree stands.</summary>
    private static ConfigNode.Map Merged(ConfigNode.Map under, ConfigNode.Map over)
    {
        var entries = new List<KeyValuePair<ConfigNode.Scalar, ConfigNode>>();
        foreach (KeyValuePair<ConfigNode.Scalar, ConfigNode> inherited in under.Entries)
        {
            int at = IndexOf(over, inherited.Key.Text);
            if (at < 0)
                entries.Add(inherited);
            else if (inherited.Value is ConfigNode.Map lower && over.Entries[at].Value is ConfigNode.Map upper)
                entries.Add(KeyValuePair.Create(over.Entries[at].Key, (ConfigNode)Merged(lower, upper)));
            else
                entries.Add(over.Entries[at]);
        }
        entries.AddRange(over.Entries.Where(e => IndexOf(under, e.Key.Text) < 0));
        return new ConfigNode.Map(over.Place, entries);
    }

    private static int IndexOf(ConfigNode.Map map, string name)
    {
        for (int i = 0; i < map.Entries.Count; i++)
        {
            if (map.Entries[i].Key.Text == name)
                return i;
        }
        return -1;
    }
}
