namespace Cki;

/// <summary>Every field that the configuration files know, by the kind of entry: the readers accept these and no others, and the editors' JSON
/// schemas are held against them by a test.</summary>
public static class ConfigFields
{
    public static readonly string[] TreesFile = ["hosts", "trees", "budgets", "tenants"];

    public static readonly string[] Budgets = ["retries", "pipelines"];

    public static readonly string[] RetryBudget = ["per_pipeline", "per_project_and_day", "per_host_and_hour"];

    public static readonly string[] PipelineBudget = ["per_tree_and_hour", "per_host_and_hour"];

    public static readonly string[] Tenant = ["name", "trees", "matchers", "operators", "budgets"];

    public static readonly string[] Host = ["name", "url", "token_secret", "bot_user", "pause_runners"];

    public static readonly string[] Tree =
        ["name", "url", "project", "branches", "tags", "poll_interval", "on_first_sight", "report_to", "when_newer", "confirm",
        "base", "pipeline", "merge_requests", "adopt",
        "once_per", "every_commit", "paths", "at_most", "quiet_hours", "new_heads_at_once"];

    /// <summary>Of a fallback that names its architectures; any other is a mapping of variables.</summary>
    public static readonly string[] Fallback = ["architectures", "variables"];

    public static readonly string[] MergeRequests = ["do", "drafts", "labels", "targets", "overrides"];

    public static readonly string[] Overrides = ["retry", "retest", "stop", "wrong", "mute"];

    public static readonly string[] Adopt = ["project", "sources", "refs", "sha_variable", "branch_variable"];

    public static readonly string[] Pipeline =
    [
        "project", "ref", "commit_to", "variables", "fallbacks", "deadline", "settle_quiet", "check_interval", "starving_after", "results", "verdict_from",
        "expects", "manual", "resource_groups",
    ];

    public static readonly string[] Expected = ["project", "within"];

    public static readonly string[] Manual = ["job", "do", "within"];

    public static readonly string[] SourcesFile = ["sources", "consumers"];

    public static readonly string[] Source =
        ["name", "kind", "host", "token_secrets", "signing_secrets", "header", "prefix", "encoding", "event_header", "alerts"];

    public static readonly string[] WebhookConsumer = ["name", "kind", "bindings", "pace", "url", "key_secret"];

    public static readonly string[] AmqpConsumer = ["name", "kind", "bindings", "pace", "broker", "exchange", "user_secret", "password_secret"];

    public static readonly string[] SqsConsumer = ["name", "kind", "bindings", "pace", "queue_url"];

    public static readonly string[] ChannelsFile = ["channels"];

    public static readonly string[] MailChannel =
    [
        "name", "kind", "for_operators", "only_on", "smtp_host", "smtp_port", "starttls", "tls_ca_secret", "from", "to", "cc", "reply_to", "user_secret", "password_secret",
        "thread", "size_max", "digest", "digest_hour", "mute_key_secret", "rules", "maintainers", "authors",
    ];

    public static readonly string[] MailRule = ["trees", "branches", "on", "paths", "subsystems", "to"];

    public static readonly string[] MailMaintainers = ["roles", "on", "file"];

    public static readonly string[] MailAuthors = ["opted_in", "trailer", "on"];

    public static readonly string[] CommitStatusChannel = ["name", "kind", "context"];

    public static readonly string[] FolderChannel = ["name", "kind", "for_operators", "only_on", "path"];

    public static readonly string[] WebhookChannel = ["name", "kind", "for_operators", "only_on", "url", "key_secret", "form"];

    public static readonly string[] SlackChannel = ["name", "kind", "for_operators", "only_on", "url_secret", "token_secret", "conversation", "api"];

    public static readonly string[] IrcChannel = ["name", "kind", "for_operators", "only_on", "url", "form", "target", "token_secret", "field"];

    public static readonly string[] KcidbChannel = ["name", "kind", "url", "origin", "token_secret"];

    public static readonly string[] MergeRequestNoteChannel = ["name", "kind"];

    public static readonly string[] MatchersFile = ["matchers", "outages"];

    public static readonly string[] Outage = ["class", "pipelines", "window", "probe_first", "probe_most", "release_per_minute"];

    /// <summary>Of a matcher, and as defaults of a group.</summary>
    public static readonly string[] Matcher =
    [
        "name", "description", "action", "retry_limit", "retry_delays", "job_name", "job_status", "stage", "web_url", "failure_reason", "messages",
        "builtin", "maximum_artifact_size", "class", "section", "mode", "demote",
    ];

    public static readonly string[] MatcherGroup = [.. Matcher, "matchers"];

    public static readonly string[] ChecksFile = ["checks", "maintenance"];

    public static readonly string[] Maintenance = ["name", "checks", "weekly", "from", "until"];

    /// <summary>Of every check.</summary>
    private static readonly string[] Check = ["name", "kind", "depends_on", "means", "do"];

    /// <summary>Of every check that looks by itself.</summary>
    private static readonly string[] Look = [.. Check, "interval", "timeout", "looks"];

    /// <summary>Fields of a check by its kind.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> CheckKinds = new SortedDictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["http"] = [.. Look, "url", "status", "body", "token_secret", "slow_ms"],
        ["tcp"] = [.. Look, "host", "port", "slow_ms"],
        ["dns"] = [.. Look, "host", "addresses"],
        ["tls"] = [.. Look, "host", "port", "server_name", "warn_days"],
        ["smtp"] = [.. Look, "host", "port", "starttls"],
        ["git"] = [.. Look, "url", "branch"],
        ["s3"] = [.. Look, "bucket", "prefix", "region", "bytes_most", "objects_most"],
        ["sqs"] = [.. Look, "queue", "queue_url", "depth_most", "age_most"],
        ["rabbitmq"] = [.. Look, "url", "vhost", "queue", "user_secret", "password_secret", "ready_most", "unacked_most", "consumers_least"],
        ["gitlab"] = [.. Look, "host", "slow_ms"],
        ["runners"] = [.. Look, "project", "tags", "architecture", "online_least", "pending_most", "pending_longest"],
        ["json"] = [.. Look, "url", "path", "measure", "most", "least", "longest", "token_secret"],
        ["filesystem"] = [.. Look, "path", "free_percent_least", "inodes_percent_least"],
        ["mount"] = [.. Look, "path", "type"],
        ["uptime"] = [.. Look, "url", "least"],
        ["log-match"] = [.. Look, "path", "pattern", "matches_most"],
        ["image-digest"] = [.. Look, "image", "user_secret", "password_secret"],
        ["heartbeat"] = [.. Check, "token_secret", "interval", "grace"],
    };
}
