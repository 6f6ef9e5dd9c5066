using System.Globalization;
using System.Text;

namespace Cki.Tool;

/// <summary>Writes imported trees as a trees.yaml. Every text is quoted: what another system's file holds may look like anything.</summary>
internal static class TreesFile
{
    /// <summary>Throws <see cref="ConfigRefusedException"/> rather than write a file that the suite would refuse.</summary>
    public static string Write(Imported imported, string from, GitLabHost host)
    {
        var text = new StringBuilder("# yaml-language-server: $schema=trees.schema.json\n#\n");
        text.Append(CultureInfo.InvariantCulture, $"# Taken from {Comment(from)} by cki import. Reports need report_to: see channels.yaml.\n");
        if (imported.Missing.Count > 0)
            text.Append("#\n# What it says and this file does not:\n");
        foreach (string missing in imported.Missing)
            text.Append(CultureInfo.InvariantCulture, $"#   {Comment(missing)}\n");
        text.Append(CultureInfo.InvariantCulture, $"\nhosts:\n  - name: {Quoted(host.Name)}\n    url: {Quoted(host.Url.AbsoluteUri.TrimEnd('/'))}\n");
        text.Append(CultureInfo.InvariantCulture, $"    token_secret: {Quoted(host.TokenSecret)}\n    bot_user: {Quoted(host.BotUser)}\n\ntrees:\n");
        foreach (ImportedTree tree in imported.Trees)
            Tree(text, tree);
        Check(text.ToString());
        return text.ToString();
    }

    private static void Tree(StringBuilder text, ImportedTree tree)
    {
        text.Append(CultureInfo.InvariantCulture, $"  - name: {Quoted(tree.Name)}\n    url: {Quoted(tree.Url)}\n");
        if (tree.Project is not null)
            text.Append(CultureInfo.InvariantCulture, $"    project: {Quoted(tree.Project)}\n");
        text.Append(CultureInfo.InvariantCulture, $"    branches: [{string.Join(", ", tree.Branches.Select(Quoted))}]\n");
        text.Append(CultureInfo.InvariantCulture, $"    pipeline:\n      project: {Quoted(tree.Pipelines)}\n      ref: {Quoted(tree.Ref)}\n");
        if (tree.Variables.Count > 0)
            text.Append("      variables:\n");
        foreach ((string name, string value) in tree.Variables)
            text.Append(CultureInfo.InvariantCulture, $"        {Quoted(name)}: {Quoted(value)}\n");
    }

    private static void Check(string text)
    {
        ConfigNode? node = Adapters.YamlFile.Read("trees.yaml", text, out IReadOnlyList<ConfigError> faults);
        var files = new Dictionary<string, ConfigNode>();
        if (node is not null)
            files["trees.yaml"] = node;
        if (SuiteConfigReader.Read(files, "", faults) is ConfigReading.Bad bad)
            throw new ConfigRefusedException(bad.Errors);
    }

    private static string Comment(string text) => new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);

    /// <summary>YAML's double quotes; JSON's escapes are a subset of its own.</summary>
    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (char.IsControl(c) || c is '\u2028' or '\u2029' or '\u0085')
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }
}
