using Cki.Adapters;

namespace Cki.Tests.HerdingRoom;

/// <summary>The matchers as they are shipped in infra/config/matchers.yaml.</summary>
public static class Shipped
{
    public static MatcherTree Tree { get; } = Load();

    public static Herding Herding { get; } = new(Matchers.Compile(Tree));

    private static MatcherTree Load()
    {
        string path = Path.Combine(Root(), "infra", "config", "matchers.yaml");
        ConfigNode file = YamlFile.Read("matchers.yaml", File.ReadAllText(path), out IReadOnlyList<ConfigError> refused)!;
        return SuiteConfigReader.Read(new Dictionary<string, ConfigNode> { ["matchers.yaml"] = file }, "c0ffee", refused) switch
        {
            ConfigReading.Good good => good.Config.Matchers,
            ConfigReading.Bad bad => throw new ConfigRefusedException(bad.Errors),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    public static string Root()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "CkiServerless.sln")))
            at = at.Parent;
        return at?.FullName ?? throw new DirectoryNotFoundException("no CkiServerless.sln above the tests");
    }
}
