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

    public TreeConfig? Tree(TreeName name) => Trees.FirstOrDefault(t => t.Name == name);

    public GitLabHost? Host(string name) => Hosts.FirstOrDefault(h => h.Name == name);

    public ChannelConfig? Channel(string name) => Channels.FirstOrDefault(c => c.Name == name);

    public static readonly string[] FileNames = ["trees.yaml", "sources.yaml", "channels.yaml", "matchers.yaml"];
}

/// <summary>Serves the configuration in force: the last good one, replaced while running.</summary>
public interface IConfigSource
{
    SuiteConfig Current { get; }
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
}

/// <summary>sources.yaml: who may post webhooks to <c>/webhooks/{name}</c>, and how he proves that it is he.</summary>
/// <param name="Kind">One of <see cref="SourceKinds"/>.</param>
/// <param name="Host">For <c>gitlab</c>: which configured GitLab it speaks for. Else the first word(s) of its routing keys; empty: the name.</param>
/// <param name="TokenSecrets">Names of the secrets any of which a token sent in the clear must equal; several during rotation.</param>
public sealed record SourceConfig(string Name, string Kind, string Host, IReadOnlyList<string> TokenSecrets)
{
    /// <summary>Names of the secrets that hold signing keys; several during rotation.</summary>
    public IReadOnlyList<string> SigningSecrets { get; init; } = [];

    /// <summary>Header with the signature (<c>hmac</c>) or token (<c>bearer</c>), lower case; null: the kind's own.</summary>
    public string? ProofHeader { get; init; }

    /// <summary>What stands before the signature (<c>hmac</c>), e.g. <c>sha256=</c>.</summary>
    public string ProofPrefix { get; init; } = "";

    /// <summary>The signature is base64 instead of hex (<c>hmac</c>).</summary>
    public bool IsBase64 { get; init; }

    /// <summary>Header that names the event, lower case, for routing keys; null: the kind's own, or none.</summary>
    public string? EventHeader { get; init; }
}

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

    /// <summary>Runner section it may match in; null: any but after_script.</summary>
    public string? Section { get; init; }

    /// <summary>Shadow: decides nothing, is recorded as "would have acted".</summary>
    public bool IsShadow { get; init; }
}
