namespace Cki;

/// <summary>All configuration files of one installation, validated.</summary>
/// <param name="Hash">SHA-256 over the files' bytes in order of name, hex; runs record it.</param>
public sealed record SuiteConfig(
    string Hash,
    IReadOnlyList<GitLabHost> Hosts,
    IReadOnlyList<TreeConfig> Trees,
    IReadOnlyList<SourceConfig> Sources,
    IReadOnlyList<ChannelConfig> Channels,
    MatcherTree Matchers)
{
    /// <summary>Who else gets deliveries.</summary>
    public IReadOnlyList<ConsumerConfig> Consumers { get; init; } = [];

    /// <summary>matchers.yaml, <c>outages</c>: rules of single classes.</summary>
    public IReadOnlyList<OutageRule> Outages { get; init; } = [];

    /// <summary>The class's own rule, or the default.</summary>
    public OutageRule OutageRule(string failureClass) => Outages.FirstOrDefault(o => o.Class == failureClass) ?? new OutageRule(failureClass);

    /// <summary>checks.yaml.</summary>
    public ChecksConfig Checks { get; init; } = ChecksConfig.None;

    /// <summary>trees.yaml, <c>budgets</c>.</summary>
    public SuiteBudget Budget { get; init; } = SuiteBudget.Default;

    /// <summary>trees.yaml, <c>tenants</c>.</summary>
    public IReadOnlyList<TenantConfig> Tenants { get; init; } = [];

    /// <summary>Null: the tree belongs to no tenant.</summary>
    public TenantConfig? TenantOf(TreeName? tree) => tree is { } name ? Tenants.FirstOrDefault(t => t.Trees.Contains(name)) : null;

    /// <summary>The tenant's own where the tree has one.</summary>
    public SuiteBudget BudgetOf(TreeName? tree) => TenantOf(tree)?.Budget ?? Budget;

    /// <summary>Whose counts a tree's acts go to: its tenant's where that has a budget, else null for the installation's.</summary>
    public string? BudgetOwner(TreeName? tree) => TenantOf(tree) is { Budget: not null } tenant ? tenant.Name : null;

    /// <summary>The installation's, then its tenants'.</summary>
    public IEnumerable<MatcherConfig> AllMatchers => Tenants.Select(t => t.Matchers).OfType<MatcherTree>().Prepend(Matchers).SelectMany(t => t.Matchers);

    /// <summary>The tenant's own where the tree has one.</summary>
    public MatcherTree MatchersOf(TreeName? tree) => TenantOf(tree)?.Matchers ?? Matchers;

    /// <summary>Null: not configured. The probe's tree always is.</summary>
    public TreeConfig? Tree(TreeName name) => name == ProbeTree.Name ? ProbeTree.Config : Trees.FirstOrDefault(t => t.Name == name);

    public GitLabHost? Host(string name) => Hosts.FirstOrDefault(h => h.Name == name);

    public ChannelConfig? Channel(string name) => Channels.FirstOrDefault(c => c.Name == name);

    public static readonly string[] FileNames = ["trees.yaml", "sources.yaml", "channels.yaml", "matchers.yaml"];

    /// <summary>Files that may be missing: bundles of earlier releases have none of them.</summary>
    public static readonly string[] OptionalFileNames = ["checks.yaml"];

    /// <summary>Matcher files of tenants, beside the others.</summary>
    public const string TenantMatchers = "matchers-*.yaml";
}

/// <summary>Serves the configuration in force: the last good one, replaced while running.</summary>
public interface IConfigSource
{
    SuiteConfig Current { get; }
}

/// <summary>trees.yaml, <c>tenants</c>: a group of trees with its own matchers, operators and budgets.</summary>
/// <param name="Trees">A tree belongs to at most one tenant.</param>
/// <param name="Matchers">Null: the installation's.</param>
/// <param name="Budget">Null: the installation's, counted with all others.</param>
public sealed record TenantConfig(string Name, IReadOnlyList<TreeName> Trees, MatcherTree? Matchers, SuiteBudget? Budget)
{
    /// <summary>Channels that get the tenant's verdicts for operators; empty: all operators' channels.</summary>
    public IReadOnlyList<string> Operators { get; init; } = [];
}

/// <summary>trees.yaml, <c>hosts</c>: a GitLab and how we speak to it.</summary>
/// <param name="Name">As in <see cref="ProjectRef.Host"/>.</param>
/// <param name="Url">Base address, e.g. <c>https://gitlab.com</c>.</param>
/// <param name="TokenSecret">Name of the secret that holds the API token.</param>
/// <param name="BotUser">User name behind the token; a retry by another user is a person's.</param>
public sealed record GitLabHost(string Name, Uri Url, string TokenSecret, string BotUser)
{
    /// <summary>A runner that breaks jobs of several projects is paused by us, never the last one for its tags. Default false: operators are told.</summary>
    public bool PausesRunners { get; init; }
}
