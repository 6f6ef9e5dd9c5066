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

/// <summary>How the commit travels with <c>POST pipeline</c>, since GitLab starts pipelines on a ref, never on a sha.</summary>
public enum CommitTo
{
    Variables,
    Inputs,
}

/// <summary>trees.yaml, <c>trees</c>: a git repository with branches under test.</summary>
public sealed record TreeConfig(TreeName Name, Uri Url, TreePipeline Pipeline)
{
    /// <summary>The tree's project where it lives on a configured GitLab: webhooks, branches API, commit status. Null for any other git server.</summary>
    public ProjectRef? Project { get; init; }

    /// <summary>Branch globs (<c>*</c> within a segment, <c>**</c> across); a leading <c>!</c> excludes. Default: <c>master</c>, <c>main</c>.</summary>
    public IReadOnlyList<string> Branches { get; init; } = ["master", "main"];

    /// <summary>Tag globs; default none.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Default 5 minutes.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>False: what is found at first sight is a baseline, not a storm of runs.</summary>
    public bool TestOnFirstSight { get; init; }

    /// <summary>Names of the channels that get this tree's reports.</summary>
    public IReadOnlyList<string> ReportTo { get; init; } = [];

    /// <summary>A newer head of the branch cancels a running one; default keep.</summary>
    public bool CancelWhenNewer { get; init; }

    /// <summary>Which failures get a re-run elsewhere before anybody is blamed. Default: weak evidence.</summary>
    public ConfirmWhat Confirm { get; init; } = ConfirmWhat.Weak;

    /// <summary>The branch that the others start from: what fails there fails not for their sake. Null: none.</summary>
    public string? BaseBranch { get; init; }
}

/// <summary>Where and how a tree's commits are tested.</summary>
/// <param name="Project">The project that runs the pipelines (CKI's layout: not the kernel project).</param>
/// <param name="GitRef">Branch of that project to start the pipeline on.</param>
public sealed record TreePipeline(ProjectRef Project, string GitRef)
{
    public CommitTo CommitTo { get; init; } = CommitTo.Variables;

    /// <summary>Further variables; <c>{tree} {branch} {sha} {url} {run}</c> are replaced.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Variables { get; init; } = [];

    /// <summary>Each a set of variables laid over <see cref="Variables"/> for a further attempt when the first one starves.</summary>
    public IReadOnlyList<IReadOnlyList<KeyValuePair<string, string>>> Fallbacks { get; init; } = [];

    /// <summary>Time without progress after which the run is incomplete. Default 3 days.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromDays(3);

    /// <summary>Quiet after our last POST before two equal reads settle the pipeline. Default 90 s.</summary>
    public TimeSpan SettleQuiet { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Longest wait between two checks of a running pipeline. Default 15 minutes.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>A pending job that no runner took for so long starves. Default 26 hours.</summary>
    public TimeSpan StarvingAfter { get; init; } = TimeSpan.FromHours(26);

    /// <summary>Paths of structured results (JUnit, TAP and KTAP, kcidb) inside a job's artefacts; each costs a request per failed job.</summary>
    public IReadOnlyList<string> Results { get; init; } = ["junit.xml", "kcidb_all.json"];

    public VerdictFrom VerdictFrom { get; init; } = VerdictFrom.Jobs;

    /// <summary>Pipelines that a script of ours starts by itself: GitLab keeps no relation.</summary>
    public IReadOnlyList<ExpectedPipeline> Expects { get; init; } = [];

    /// <summary>The first that matches a manual job decides; none: it is ignored.</summary>
    public IReadOnlyList<ManualRule> Manual { get; init; } = [];

    /// <summary>Globs on jobs' names, each a resource group of GitLab's: retries within it are posted one at a time.</summary>
    public IReadOnlyList<string> ResourceGroups { get; init; } = [];
}

/// <summary>Where a run's verdict comes from.</summary>
public enum VerdictSource
{
    /// <summary>From all jobs and the evidence in them.</summary>
    Jobs,

    /// <summary>From the kcidb file that a job leaves after the pipeline's own triage.</summary>
    Kcidb,

    /// <summary>From the jobs of a name alone: the pipeline states its own result there.</summary>
    Job,
}

/// <param name="Job">Glob on jobs' names, for <see cref="VerdictSource.Job"/>.</param>
public sealed record VerdictFrom(VerdictSource Source, string? Job = null)
{
    public static readonly VerdictFrom Jobs = new(VerdictSource.Jobs);
}

/// <summary>A pipeline in another project that carries the run's variables and is started by a script.</summary>
/// <param name="Within">Since the run's own pipeline started; one that is missing then is not run, never passed.</param>
public sealed record ExpectedPipeline(ProjectRef Project, TimeSpan Within);

public enum ManualAct
{
    /// <summary>It holds nothing up, and is not run unless somebody starts it.</summary>
    Ignore,

    /// <summary>It holds the run up for a while after everything else has ended.</summary>
    Wait,

    /// <summary>We start it.</summary>
    Play,
}

/// <param name="Job">Glob on jobs' names.</param>
/// <param name="Within">For <see cref="ManualAct.Wait"/>: since the last change of any job.</param>
public sealed record ManualRule(string Job, ManualAct Act, TimeSpan Within);

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
