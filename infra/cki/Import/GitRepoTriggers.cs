namespace Cki.Tool;

/// <summary>
/// CKI's gitrepo_trigger: names to options, inherited by <c>.default</c> and <c>.extends</c>. Options without a dot are variables of the pipeline;
/// those with a dot are the trigger's own.
/// </summary>
internal static class GitRepoTriggers
{
    private static readonly string[] ProjectFields = ["cki_pipeline_project", ".cki_pipeline_project", "cki_project"];
    private static readonly string[] RefFields = ["cki_pipeline_branch", ".cki_pipeline_branch"];

    public static bool Is(ConfigNode.Map file) => file.Entries.Any(e => e.Value is ConfigNode.Map entry && Imported.Field(entry, "git_url") is not null);

    public static void Read(IReadOnlyList<KeyValuePair<ConfigNode.Scalar, ConfigNode.Map>> entries, ImportSurroundings around, Imported imported)
    {
        foreach ((ConfigNode.Scalar key, ConfigNode.Map entry) in entries)
        {
            string? name = imported.Name(key);
            string? url = imported.Url(Imported.Field(entry, "git_url")?.Place ?? key.Place, key.Text, Imported.Text(entry, "git_url"));
            IReadOnlyList<string> branches = Branches(key, entry, imported);
            string? project = Project(entry, around);
            string? gitRef = RefFields.Select(f => Imported.Text(entry, f)).FirstOrDefault(t => t is not null) ?? around.Ref;
            if (project is null)
                imported.Miss(key.Place, key.Text, "it names no project for its pipelines: give --project, or --parent with its own name");
            if (gitRef is null)
                imported.Miss(key.Place, key.Text, "it names no branch of the pipelines' project (cki_pipeline_branch): give --ref");
            if (name is null || url is null || branches.Count == 0 || project is null || gitRef is null)
                continue;
            imported.Trees.Add(new ImportedTree(name, url, branches) { Pipelines = project, Ref = gitRef, Variables = Variables(key, entry, imported) });
        }
    }

    private static IReadOnlyList<string> Branches(ConfigNode.Scalar key, ConfigNode.Map entry, Imported imported)
    {
        ConfigNode? field = Imported.Field(entry, ".branches");
        ConfigNode.Scalar[] named = field switch { ConfigNode.List list => [.. list.Items.OfType<ConfigNode.Scalar>()], ConfigNode.Scalar one => [one], _ => [] };
        if (named.Length == 0)
            imported.Miss(field?.Place ?? key.Place, key.Text, "it names no .branches");
        return [.. named.Where(b => imported.IsBranch(b, key.Text)).Select(b => b.Text).Distinct()];
    }

    private static string? Project(ConfigNode.Map entry, ImportSurroundings around)
    {
        string? path = ProjectFields.Select(f => Imported.Text(entry, f)).FirstOrDefault(t => t is not null);
        path = path is null ? around.Project : path.Contains('/') ? path : around.Parent is null ? null : $"{around.Parent}/{path}";
        return path is null ? null : $"{around.Host}/{path}";
    }

    private static IReadOnlyList<KeyValuePair<string, string>> Variables(ConfigNode.Scalar key, ConfigNode.Map entry, Imported imported)
    {
        var variables = new List<KeyValuePair<string, string>>();
        foreach ((ConfigNode.Scalar option, ConfigNode value) in entry.Entries)
        {
            if (option.Text is ".branches" or ".cki_pipeline_project" or ".cki_pipeline_branch")
                continue;
            if (option.Text.StartsWith('.'))
                imported.Miss(option.Place, $"{key.Text}: {option.Text}", "an option of CKI's trigger itself, left out");
            else if (value is not ConfigNode.Scalar text)
                imported.Miss(option.Place, $"{key.Text}: {option.Text}", "no text, so no variable of a pipeline");
            else if (option.Text is not ("branch" or "commit_hash"))
                variables.Add(KeyValuePair.Create(option.Text, Imported.Literal(text.Text)));
        }
        // CKI's trigger sets these two for each commit: https://cki-project.org/docs/user_docs/configuration/
        return [.. variables, new("branch", "{branch}"), new("commit_hash", "{sha}")];
    }
}
