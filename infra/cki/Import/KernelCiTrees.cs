namespace Cki.Tool;

/// <summary>KernelCI's trees and build_configs: the branches of all build_configs of a tree are one tree here.</summary>
internal static class KernelCiTrees
{
    public static bool Is(ConfigNode.Map file) => Imported.Field(file, "build_configs") is ConfigNode.Map;

    public static void Read(ConfigNode.Map file, ImportSurroundings around, Imported imported)
    {
        if (around.Project is null || around.Ref is null)
            throw new BadInputException("KernelCI's files know no GitLab pipelines: give --project GROUP/PROJECT and --ref BRANCH of those that test its trees");
        foreach ((ConfigNode.Scalar section, ConfigNode _) in file.Entries.Where(e => e.Key.Text is not ("trees" or "build_configs") && !e.Key.Text.StartsWith('_')))
            imported.Miss(section.Place, section.Text, "what is built and tested is the pipeline's own matter here");
        ILookup<string, ConfigNode.Scalar> branches = Branches(file, imported).ToLookup(b => b.Key, b => b.Value);
        ConfigNode.Map trees = Imported.Field(file, "trees") as ConfigNode.Map ?? new ConfigNode.Map(file.Place, []);
        foreach (IGrouping<string, ConfigNode.Scalar> unknown in branches.Where(b => Imported.Field(trees, b.Key) is null))
            imported.Miss(unknown.First().Place, unknown.Key, "a build_config names this tree, which is not among trees: put both files' contents into one");
        foreach ((ConfigNode.Scalar key, ConfigNode node) in trees.Entries)
        {
            string[] wanted = [.. branches[key.Text].Where(b => imported.IsBranch(b, key.Text)).Select(b => b.Text).Distinct()];
            if (wanted.Length == 0)
            {
                imported.Miss(key.Place, key.Text, "no build_config names a branch of it");
                continue;
            }
            string? name = imported.Name(key);
            string? url = imported.Url(node.Place, key.Text, node is ConfigNode.Map tree ? Imported.Text(tree, "url") : null);
            if (name is not null && url is not null)
                imported.Trees.Add(new ImportedTree(name, url, wanted) { Pipelines = $"{around.Host}/{around.Project}", Ref = around.Ref });
        }
    }

    private static IEnumerable<KeyValuePair<string, ConfigNode.Scalar>> Branches(ConfigNode.Map file, Imported imported)
    {
        foreach ((ConfigNode.Scalar key, ConfigNode node) in ((ConfigNode.Map)Imported.Field(file, "build_configs")!).Entries)
        {
            ConfigNode.Map config = node as ConfigNode.Map ?? new ConfigNode.Map(node.Place, []);
            foreach ((ConfigNode.Scalar option, ConfigNode _) in config.Entries.Where(e => e.Key.Text is not ("tree" or "branch")))
                imported.Miss(key.Place, $"{key.Text}: {option.Text}", "what is built and tested is the pipeline's own matter here");
            if (Imported.Text(config, "tree") is { } tree && Imported.Field(config, "branch") is ConfigNode.Scalar branch)
                yield return KeyValuePair.Create(tree, branch);
            else
                imported.Miss(key.Place, key.Text, "it names no tree, or no branch");
        }
    }
}
