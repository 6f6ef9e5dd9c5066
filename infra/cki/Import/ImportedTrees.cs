namespace Cki.Tool;

/// <summary>A tree as another system's file describes it.</summary>
internal sealed record ImportedTree(string Name, string Url, IReadOnlyList<string> Branches)
{
    /// <summary>host/group/project, where the tree lives on the GitLab.</summary>
    public string? Project { get; init; }

    /// <summary>host/group/project of the pipelines.</summary>
    public string Pipelines { get; init; } = "";

    public string Ref { get; init; } = "";

    public IReadOnlyList<KeyValuePair<string, string>> Variables { get; init; } = [];
}

/// <summary>What a file could be turned into, and what it could not.</summary>
internal sealed class Imported(string file)
{
    private readonly List<string> _missing = [];

    public List<ImportedTree> Trees { get; } = [];

    /// <summary>In the file's order: <c>file:line: what: why</c>.</summary>
    public IReadOnlyList<string> Missing => _missing;

    public void Miss(ConfigPlace place, string what, string why) => _missing.Add($"{file}:{place.Line}: {what}: {why}");

    /// <summary>Null, and told, where a name cannot be one of ours.</summary>
    public string? Name(ConfigNode.Scalar name)
    {
        bool isGood = name.Text.Length is > 0 and <= 40 && char.IsAsciiLetterOrDigit(name.Text[0]) && name.Text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-');
        if (isGood && Trees.All(t => t.Name != name.Text))
            return name.Text;
        Miss(name.Place, name.Text, isGood ? "the name is used twice" : "no name of a tree here: 1 to 40 of a-z, 0-9, '.', '_', '-'");
        return null;
    }

    /// <summary>Null, and told, where the address is none that is polled.</summary>
    public string? Url(ConfigPlace place, string what, string? text)
    {
        if (text is null)
            Miss(place, what, "it names no repository");
        else if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
            Miss(place, what, $"'{text}' is no http or https address, and no other is polled");
        else if (url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0)
            Miss(place, what, "its address holds a user, a query or a fragment");
        else
            return text;
        return null;
    }

    /// <summary>False, and told, where a branch's name cannot stand among globs.</summary>
    public bool IsBranch(ConfigNode.Scalar branch, string what)
    {
        string? fault = branch.Text.Contains('*') ? "holds a star" : RefGlobs.Fault(branch.Text);
        if (fault is not null || branch.Text.StartsWith('!'))
            Miss(branch.Place, what, $"branch '{branch.Text}' {fault ?? "starts with an exclamation mark"}");
        return fault is null && !branch.Text.StartsWith('!');
    }

    /// <summary>Another system's text, which knows no placeholders of ours.</summary>
    public static string Literal(string text) => VariableTemplate.Escaped(text);

    public static ConfigNode? Field(ConfigNode.Map entry, string name) => entry.Entries.FirstOrDefault(e => e.Key.Text == name).Value;

    public static string? Text(ConfigNode.Map entry, string name) => (Field(entry, name) as ConfigNode.Scalar)?.Text;
}

/// <summary>What the files leave to their surroundings.</summary>
/// <param name="Host">Name of the GitLab.</param>
/// <param name="Parent">Group in which projects of pipelines stand that are given without one.</param>
/// <param name="Project">Pipelines of entries that name no project: group/project.</param>
internal sealed record ImportSurroundings(string Host, string? Parent, string? Project, string? Ref);
