namespace Cki;

/// <summary>How reading the configuration ended.</summary>
public abstract record ConfigReading
{
    private ConfigReading() { }

    public sealed record Good(SuiteConfig Config) : ConfigReading;

    /// <summary>Every error of every file, in order of file and line.</summary>
    public sealed record Bad(IReadOnlyList<ConfigError> Errors) : ConfigReading;
}

/// <summary>Gives the files their meaning.</summary>
public static class SuiteConfigReader
{
    /// <param name="files">By name as in <see cref="SuiteConfig.FileNames"/> and <see cref="SuiteConfig.OptionalFileNames"/>, and tenants' <c>matchers-*.yaml</c>. A file that is missing here was refused before; its reason is in
    /// <paramref name="refused"/>.</param>
    /// <param name="hash">SHA-256 over the files, hex.</param>
    /// <param name="refused">What is wrong already: files missing, or no YAML.</param>
    public static ConfigReading Read(IReadOnlyDictionary<string, ConfigNode> files, string hash, IReadOnlyList<ConfigError> refused)
    {
        var errors = new ConfigErrors(isPartial: SuiteConfig.FileNames.Any(name => !files.ContainsKey(name)));
        foreach (ConfigError error in refused)
            errors.Add(error.Place, error.Field, error.Message);
        IReadOnlyList<ChannelConfig> channels = new ChannelsReader(errors).Read(File(files, "channels.yaml"));
        (IReadOnlyList<GitLabHost> hosts, IReadOnlyList<TreeConfig> trees) = new TreesReader(errors).Read(File(files, "trees.yaml"), channels);
        (IReadOnlyList<SourceConfig> sources, IReadOnlyList<ConsumerConfig> consumers) = new SourcesReader(errors).Read(File(files, "sources.yaml"), hosts);
        MatcherTree matchers = new MatchersReader(errors).Read(File(files, "matchers.yaml"));
        var config = new SuiteConfig(hash, hosts, trees, sources, channels, matchers)
        {
            Outages = OutagesReader.Read(File(files, "matchers.yaml"), errors),
            Checks = new ChecksReader(errors).Read(File(files, "checks.yaml"), hosts),
        };
        (SuiteBudget? budget, IReadOnlyList<TenantConfig> tenants) = new TenantsReader(errors).Read(files, File(files, "trees.yaml"), config);
        return errors.Found.Count > 0
            ? new ConfigReading.Bad(errors.Found)
            : new ConfigReading.Good(config with { Budget = budget ?? SuiteBudget.Default, Tenants = tenants, Consumers = consumers });
    }

    /// <summary>One file of matchers by itself: CKI's herder file, or a tenant's.</summary>
    public static MatcherTree ReadMatchers(ConfigNode file, out IReadOnlyList<ConfigError> errors)
    {
        var found = new ConfigErrors(isPartial: true);
        MatcherTree tree = new MatchersReader(found).Read(file);
        errors = found.Found;
        return tree;
    }

    /// <summary>A trigger file of CKI's: its entries by name as they inherit by <c>.default</c> and <c>.extends</c>, without the templates.</summary>
    public static IReadOnlyList<KeyValuePair<ConfigNode.Scalar, ConfigNode.Map>> ReadTriggers(ConfigNode.Map file, out IReadOnlyList<ConfigError> errors)
    {
        var found = new ConfigErrors(isPartial: true);
        IReadOnlyList<KeyValuePair<ConfigNode.Scalar, ConfigNode.Map>> entries = TreeTemplates.Resolved(file, found);
        errors = found.Found;
        return entries;
    }

    private static ConfigNode File(IReadOnlyDictionary<string, ConfigNode> files, string name) =>
        files.GetValueOrDefault(name) ?? new ConfigNode.Map(new ConfigPlace(name, 1, 1), []);
}
