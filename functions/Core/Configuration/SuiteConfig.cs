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
    /// <summary>matchers.yaml, <c>outages</c>: rules of single classes.</summary>
    public IReadOnlyList<OutageRule> Outages { get; init; } = [];

    /// <summary>The class's own rule, or the default.</summary>
    public OutageRule OutageRule(string failureClass) => Outages.FirstOrDefault(o => o.Class == failureClass) ?? new OutageRule(failureClass);

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

    public TreeConfig? Tree(TreeName name) => Trees.FirstOrDefault(t => t.Name == name);

    public GitLabHost? Host(string name) => Hosts.FirstOrDefault(h => h.Name == name);

    public ChannelConfig? Channel(string name) => Channels.FirstOrDefault(c => c.Name == name);

    public static readonly string[] FileNames = ["trees.yaml", "sources.yaml", "channels.yaml", "matchers.yaml"];

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
public sealed record GitLabHost(string Name, Uri Url, string TokenSecret, string BotUser);

/// <summary>sources.yaml: who may post webhooks to <c>/webhooks/{name}</c>.</summary>
/// <param name="Kind"><c>gitlab</c> (the only kind so far).</param>
/// <param name="Host">Which configured GitLab it speaks for.</param>
/// <param name="TokenSecrets">Names of the secrets any of which <c>X-Gitlab-Token</c> must equal; several during rotation.</param>
public sealed record SourceConfig(string Name, string Kind, string Host, IReadOnlyList<string> TokenSecrets);

/// <summary>channels.yaml: where reports and notices go.</summary>
public abstract record ChannelConfig(string Name)
{
    /// <summary>True: gets operators' notices and the verdicts that are not for developers.</summary>
    public bool ForOperators { get; init; }

    /// <param name="UserSecret">With <paramref name="PasswordSecret"/>, secrets' names; null for no authentication.</param>
    public sealed record Mail(
        string Name, string SmtpHost, int SmtpPort, bool StartTls, string From, IReadOnlyList<string> To, string? UserSecret, string? PasswordSecret)
        : ChannelConfig(Name);

    /// <summary>Commit status on the tree's own GitLab project.</summary>
    /// <param name="Context">The status' name; default <c>cki</c>.</param>
    public sealed record CommitStatus(string Name, string Context) : ChannelConfig(Name);

    /// <summary>A file per report in a directory of this machine; for <c>cki up</c> only.</summary>
    /// <param name="Path">Created where absent; relative to the process' working directory.</param>
    public sealed record Folder(string Name, string Path) : ChannelConfig(Name);

    /// <summary>CloudEvents, signed by Standard Webhooks 1.0.</summary>
    /// <param name="KeySecret">Secret with <c>whsec_</c> + base64.</param>
    public sealed record Webhook(string Name, Uri Url, string KeySecret) : ChannelConfig(Name);
}

/// <summary>matchers.yaml in CKI's format: groups giving defaults, flattened in the file's order. One winner, in order.</summary>
public sealed record MatcherTree(IReadOnlyList<MatcherConfig> Matchers);

/// <summary>A matcher after its groups' defaults are laid under it.</summary>
/// <param name="Place">Where it stands, for errors and explanations.</param>
public sealed record MatcherConfig(string Name, string Description, ConfigPlace Place)
{
    /// <summary><c>retry</c>, <c>report</c> or <c>alert</c>.</summary>
    public HerdAct Action { get; init; } = HerdAct.Retry;

    public int RetryLimit { get; init; } = 3;

    /// <summary>The n-th retry waits the n-th delay; the last one repeats.</summary>
    public IReadOnlyList<TimeSpan> RetryDelays { get; init; } = [TimeSpan.FromMinutes(5)];

    /// <summary>Regular expression on the job's name; null: any.</summary>
    public string? JobName { get; init; }

    /// <summary>Statuses it looks at; empty: any.</summary>
    public IReadOnlyList<string> JobStatus { get; init; } = [GitLabStatus.Failed];

    /// <summary>The stage's name; null: any.</summary>
    public string? Stage { get; init; }

    /// <summary>Regular expression on the job's address, made of the prefixes in the file; null: any.</summary>
    public string? WebUrl { get; init; }

    /// <summary>GitLab's failure reasons, any of them; empty: any.</summary>
    public IReadOnlyList<string> FailureReasons { get; init; } = [];

    /// <summary>Regular expressions, any of which must be found in the trace (as CKI has it: alternatives). Empty: the other fields decide.</summary>
    public IReadOnlyList<string> Messages { get; init; } = [];

    /// <summary><c>no_trace</c> or <c>missed_tests</c>; null for none.</summary>
    public string? Builtin { get; init; }

    /// <summary>Bytes of an artifact (or trace) read at most.</summary>
    public long? MaximumArtifactSize { get; init; }

    /// <summary>Failure class, feeds outages.</summary>
    public string? Class { get; init; }

    /// <summary>Runner sections it may match in; empty: any but after_script. A log without the marks fits any.</summary>
    public IReadOnlyList<string> Sections { get; init; } = [];

    /// <summary>Shadow: decides nothing, is recorded as "would have acted".</summary>
    public bool IsShadow { get; init; }
}
