using System.Text.RegularExpressions;

namespace Cki.Tool;

/// <summary>
/// CKI's message_trigger: a pipeline for each message that meets its conditions. A tree is what waits for pushes to one branch of one project, said
/// by whole values; every other condition is told, not guessed.
/// </summary>
internal static partial class MessageTriggers
{
    public static bool Is(ConfigNode.Map file) =>
        file.Entries.Any(e => e.Value is ConfigNode.Map entry && Imported.Field(entry, "project_url") is not null && Imported.Field(entry, "conditions") is not null);

    public static void Read(IReadOnlyList<KeyValuePair<ConfigNode.Scalar, ConfigNode.Map>> entries, ImportSurroundings around, Imported imported)
    {
        foreach ((ConfigNode.Scalar key, ConfigNode.Map entry) in entries)
        {
            int before = imported.Missing.Count;
            SortedDictionary<string, string> conditions = Conditions(key, entry, imported);
            string? address = conditions.GetValueOrDefault("body.project.web_url");
            string gitRef = conditions.GetValueOrDefault("body.ref") ?? "";
            if (imported.Missing.Count > before)
                continue;
            if (conditions.GetValueOrDefault("body.object_kind") != "push" || address is null || !gitRef.StartsWith("refs/heads/", StringComparison.Ordinal))
            {
                imported.Miss(key.Place, key.Text, "it does not wait for pushes to one branch: conditions ^push$ on body.object_kind, ^refs/heads/NAME$ on body.ref and the project's address on body.project.web_url");
                continue;
            }
            Add(key, entry, new Uri(address), new ConfigNode.Scalar(key.Place, gitRef["refs/heads/".Length..], false), around, imported);
        }
    }

    private static void Add(ConfigNode.Scalar key, ConfigNode.Map entry, Uri tree, ConfigNode.Scalar branch, ImportSurroundings around, Imported imported)
    {
        string? name = imported.Name(key);
        string? url = imported.Url(key.Place, key.Text, $"{tree.AbsoluteUri.TrimEnd('/')}.git");
        string? pipelines = Hosted(imported.Url(key.Place, key.Text, Imported.Text(entry, "project_url")), around);
        string? project = Hosted(url is null ? null : tree.AbsoluteUri, around);
        if (pipelines is null)
            imported.Miss(key.Place, key.Text, $"its project_url is not on {around.Host}: give --host");
        bool isBranch = imported.IsBranch(branch, key.Text);
        if (name is null || url is null || pipelines is null || !isBranch)
            return;
        imported.Trees.Add(new ImportedTree(name, url, [branch.Text])
        {
            // Its default, by the trigger's documentation.
            Project = project, Pipelines = pipelines, Ref = Imported.Text(entry, "ref") ?? "main", Variables = Variables(key, entry, imported),
        });
    }

    private static string? Hosted(string? address, ImportSurroundings around) =>
        address is not null && new Uri(address) is { } url && url.Authority == around.Host ? around.Host + url.AbsolutePath.TrimEnd('/') : null;

    /// <summary>By path, each with the one value that it demands.</summary>
    private static SortedDictionary<string, string> Conditions(ConfigNode.Scalar key, ConfigNode.Map entry, Imported imported)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((ConfigNode.Scalar name, ConfigNode node) in (Imported.Field(entry, "conditions") as ConfigNode.Map)?.Entries ?? [])
        {
            string? path = node is ConfigNode.Map condition ? Imported.Text(condition, "jmespath") : null;
            string? value = node is ConfigNode.Map with ? Whole(Imported.Text(with, "regex")) : null;
            if (path is not ("body.object_kind" or "body.ref" or "body.project.web_url"))
                imported.Miss(name.Place, $"{key.Text}: conditions.{name.Text}", $"'{path}' cannot be a condition of a tree");
            else if (value is null || !found.TryAdd(path, value))
                imported.Miss(name.Place, $"{key.Text}: conditions.{name.Text}", "its regex does not stand for one whole value, such as ^push$");
        }
        return found;
    }

    /// <summary>The one text that an anchored pattern without alternatives stands for.</summary>
    private static string? Whole(string? regex) =>
        regex is not null && Anchored().Match(regex) is { Success: true } match ? match.Groups["text"].Value.Replace("\\", "") : null;

    private static IReadOnlyList<KeyValuePair<string, string>> Variables(ConfigNode.Scalar key, ConfigNode.Map entry, Imported imported)
    {
        var variables = new List<KeyValuePair<string, string>>();
        foreach ((ConfigNode.Scalar name, ConfigNode value) in (Imported.Field(entry, "variables") as ConfigNode.Map)?.Entries ?? [])
        {
            if (value is ConfigNode.Scalar { Text: var text } && !text.Contains('{'))
                variables.Add(KeyValuePair.Create(name.Text, text));
            else
                imported.Miss(name.Place, $"{key.Text}: variables.{name.Text}", "it takes its value out of the message");
        }
        foreach ((ConfigNode.Scalar option, ConfigNode _) in entry.Entries.Where(e => e.Key.Text is not ("project_url" or "ref" or "conditions" or "variables")))
            imported.Miss(option.Place, $"{key.Text}: {option.Text}", "an option of CKI's trigger itself, left out");
        return variables;
    }

    [GeneratedRegex(@"\A\^(?<text>([^\\.^$*+?()\[\]{}|]|\\[^A-Za-z0-9])+)\$\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Anchored();
}
