using System.CommandLine;
using Cki.Adapters;

namespace Cki.Tool;

/// <summary>
/// <c>cki import</c>: takes the matcher file of CKI's herder, or the trees of CKI's triggers or of KernelCI, into the configuration; says line by
/// line what cannot be taken.
/// </summary>
internal static class ImportVerb
{
    private const string Matchers = "matchers.yaml";
    private const string Trees = "trees.yaml";

    public static Command Command()
    {
        Argument<string> file = new("file") { Description = "Configuration file of CKI's pipeline-herder, gitrepo_trigger or message_trigger, or KernelCI's trees with build_configs" };
        Option<string> config = Common.Config();
        Option<bool> force = new("--force") { Description = "Replace the matchers.yaml or trees.yaml that is there" };
        var trees = new TreeOptions();
        var command = new Command("import", "Take the matchers of CKI's herder, or the trees of CKI's triggers or of KernelCI") { file, config, force };
        trees.AddTo(command);
        return command.Doing(async (parsed, cancellationToken) =>
        {
            string from = parsed.GetValue(file)!;
            if (!File.Exists(from))
                throw new BadInputException($"{from}: there is no such file");
            string text = await File.ReadAllTextAsync(from, cancellationToken);
            string name = Path.GetFileName(from);
            string folder = parsed.GetValue(config)!;
            if (TreeImport.Read(name, text, trees.Surroundings(parsed)) is { } imported)
                return await TakeTreesAsync(imported, name, trees.Host(parsed), Free(folder, Trees, parsed.GetValue(force)), cancellationToken);
            MatcherTree tree = Read(name, text);
            string to = Free(folder, Matchers, parsed.GetValue(force));
            await File.WriteAllTextAsync(to, text, cancellationToken);
            Console.Out.WriteLine($"{to}: {tree.Matchers.Count} matcher(s), all of them usable.");
            return Exit.Good;
        });
    }

    /// <summary>Throws <see cref="ConfigRefusedException"/> with every fault and its line.</summary>
    public static MatcherTree Read(string name, string text)
    {
        ConfigNode? node = YamlFile.Read(name, text, out IReadOnlyList<ConfigError> faults);
        if (node is null || faults.Count > 0)
            throw new ConfigRefusedException(faults);
        MatcherTree tree = SuiteConfigReader.ReadMatchers(node, out IReadOnlyList<ConfigError> errors);
        if (errors.Count > 0)
            throw new ConfigRefusedException(errors);
        MatchersVerbs.Compile(tree);
        return tree;
    }

    private static async Task<int> TakeTreesAsync(Imported imported, string from, GitLabHost host, string to, CancellationToken cancellationToken)
    {
        foreach (string missing in imported.Missing)
            await Console.Error.WriteLineAsync($"cki: not taken: {missing}");
        if (imported.Trees.Count == 0)
            throw new BadInputException($"{from}: no tree could be taken");
        await File.WriteAllTextAsync(to, TreesFile.Write(imported, from, host), cancellationToken);
        Console.Out.WriteLine($"{to}: {imported.Trees.Count} tree(s); {imported.Missing.Count} thing(s) not taken, listed in it.");
        return imported.Missing.Count == 0 ? Exit.Good : Exit.Found;
    }

    private static string Free(string folder, string name, bool force)
    {
        string to = Path.Combine(folder, name);
        if (File.Exists(to) && !force)
            throw new BadInputException($"{to} is there already; --force replaces it");
        Directory.CreateDirectory(folder);
        return to;
    }

    /// <summary>What the trees' files leave to their surroundings.</summary>
    private sealed class TreeOptions
    {
        private readonly Option<string> _host = new("--host") { Description = "Trees: the GitLab of the pipelines", DefaultValueFactory = _ => "gitlab.com" };
        private readonly Option<string?> _parent = new("--parent") { Description = "Trees: group of pipeline projects that are named without one" };
        private readonly Option<string?> _project = new("--project") { Description = "Trees: group/project of the pipelines where the file names none" };
        private readonly Option<string?> _ref = new("--ref") { Description = "Trees: branch of that project where the file names none" };
        private readonly Option<string?> _bot = new("--bot-user") { Description = "Trees: user name behind the API token" };
        private readonly Option<string> _token = new("--token-secret") { Description = "Trees: name of the secret with the API token", DefaultValueFactory = _ => "gitlab-token" };

        public void AddTo(Command command)
        {
            foreach (Option option in (Option[])[_host, _parent, _project, _ref, _bot, _token])
                command.Add(option);
        }

        public ImportSurroundings Surroundings(ParseResult parsed) =>
            new(parsed.GetValue(_host)!, parsed.GetValue(_parent), parsed.GetValue(_project), parsed.GetValue(_ref));

        public GitLabHost Host(ParseResult parsed)
        {
            string host = parsed.GetValue(_host)!;
            string bot = parsed.GetValue(_bot) ?? throw new BadInputException("trees need --bot-user: a retry by anybody else is a person's");
            return new GitLabHost(host, new Uri($"https://{host}"), parsed.GetValue(_token)!, bot);
        }
    }
}
