using System.CommandLine;
using Cki.Adapters;

namespace Cki.Tool;

/// <summary><c>cki import</c>: takes the matcher file of CKI's herder into the configuration, as it is, or says line by line why not.</summary>
internal static class ImportVerb
{
    private const string Name = "matchers.yaml";

    public static Command Command()
    {
        Argument<string> file = new("file") { Description = "Configuration file of CKI's pipeline-herder" };
        Option<string> config = Common.Config();
        Option<bool> force = new("--force") { Description = "Replace the matchers.yaml that is there" };
        return new Command("import", "Take the matcher file of CKI's herder") { file, config, force }.Doing(async (parsed, cancellationToken) =>
        {
            string from = parsed.GetValue(file)!;
            if (!File.Exists(from))
                throw new BadInputException($"{from}: there is no such file");
            string text = await File.ReadAllTextAsync(from, cancellationToken);
            MatcherTree tree = Read(Path.GetFileName(from), text);
            string to = Path.Combine(parsed.GetValue(config)!, Name);
            if (File.Exists(to) && !parsed.GetValue(force))
                throw new BadInputException($"{to} is there already; --force replaces it");
            Directory.CreateDirectory(parsed.GetValue(config)!);
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
}
