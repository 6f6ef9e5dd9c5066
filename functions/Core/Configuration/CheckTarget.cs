namespace Cki;

/// <summary>What a check looks at. No answer, or a wrong one, is down; an answer beyond its limits is degraded.</summary>
/// <param name="Kind">As in checks.yaml.</param>
public abstract record CheckTarget(string Kind)
{
    /// <summary>Seen only by a process on the machine itself: by <c>cki up</c>, never by a function on AWS.</summary>
    public bool IsLocal => this is Filesystem or Mount or LogMatch;

    /// <summary>Names of the secrets it needs.</summary>
    public IEnumerable<string> Secrets => this switch
    {
        Http { TokenSecret: { } token } => [token],
        Json { TokenSecret: { } token } => [token],
        RabbitMq broker => [broker.UserSecret, broker.PasswordSecret],
        Image { UserSecret: { } user, PasswordSecret: { } password } => [user, password],
        Heartbeat heartbeat => [heartbeat.TokenSecret],
        _ => [],
    };

    /// <param name="Status">Answers that are well; empty: 200 to 299.</param>
    /// <param name="Body">Regular expression that the body must match; null: any body.</param>
    /// <param name="TokenSecret">Sent as <c>Authorization: Bearer</c>; null: none.</param>
    /// <param name="SlowMs">Slower is degraded; null: never.</param>
    public sealed record Http(Uri Url, IReadOnlyList<int> Status, string? Body, string? TokenSecret, int? SlowMs) : CheckTarget("http");

    public sealed record Tcp(string Host, int Port, int? SlowMs) : CheckTarget("tcp");

    /// <summary>By the resolver of the machine that looks.</summary>
    /// <param name="Addresses">Each must be among the answers; empty: any answer is well.</param>
    public sealed record Dns(string Host, IReadOnlyList<string> Addresses) : CheckTarget("dns");

    /// <param name="ServerName">As asked for and as the certificate must say.</param>
    /// <param name="WarnDays">Degraded when the certificate expires earlier.</param>
    public sealed record Tls(string Host, int Port, string ServerName, int WarnDays) : CheckTarget("tls");

    /// <param name="StartTls">Encryption must be offered and work.</param>
    public sealed record Smtp(string Host, int Port, bool StartTls) : CheckTarget("smtp");

    /// <param name="Branch">Must exist; null: the list of branches must come.</param>
    public sealed record Git(Uri Url, string? Branch) : CheckTarget("git");

    /// <summary>Listing stops after 100,000 objects: more is more.</summary>
    /// <param name="Region">Null: the function's, or the environment's.</param>
    public sealed record S3(string Bucket, string Prefix, string? Region, long? BytesMost, long? ObjectsMost) : CheckTarget("s3");

    /// <param name="Queue">One of the suite's own queues; null: <paramref name="QueueUrl"/>.</param>
    public sealed record Sqs(string? Queue, Uri? QueueUrl, long? DepthMost, TimeSpan? AgeMost) : CheckTarget("sqs");

    /// <param name="Url">Of the management API, without <c>/api</c>.</param>
    /// <param name="Queue">Null: the nodes only.</param>
    public sealed record RabbitMq(Uri Url, string Vhost, string? Queue, string UserSecret, string PasswordSecret) : CheckTarget("rabbitmq")
    {
        public long? ReadyMost { get; init; }

        public long? UnackedMost { get; init; }

        /// <summary>Fewer is down: nobody takes what is sent.</summary>
        public int ConsumersLeast { get; init; }
    }

    /// <param name="Host">One of trees.yaml's.</param>
    public sealed record GitLab(string Host, int? SlowMs) : CheckTarget("gitlab");

    /// <param name="Tags">A runner counts that has them all; so does a pending job.</param>
    /// <param name="Architecture">As <see cref="Architectures"/> names it in a runner's tags and a job's name; null: any.</param>
    public sealed record Runners(ProjectRef Project, IReadOnlyList<string> Tags, string? Architecture, int OnlineLeast) : CheckTarget("runners")
    {
        public int? PendingMost { get; init; }

        public TimeSpan? PendingLongest { get; init; }
    }

    /// <param name="Path">See <see cref="JsonQuery"/>.</param>
    public sealed record Json(Uri Url, string Path, JsonMeasure Measure, string? TokenSecret) : CheckTarget("json")
    {
        /// <summary>Of a count or number.</summary>
        public double? Most { get; init; }

        public double? Least { get; init; }

        /// <summary>Of an age.</summary>
        public TimeSpan? Longest { get; init; }
    }

    public sealed record Filesystem(string Path, int FreePercentLeast, int InodesPercentLeast) : CheckTarget("filesystem");

    /// <param name="Type">As <c>stat -f -c %T</c> says, e.g. <c>nfs</c>; null: any.</param>
    public sealed record Mount(string Path, string? Type) : CheckTarget("mount");

    /// <summary>A host by its node_exporter.</summary>
    /// <param name="Least">Up for less is degraded: it was started anew.</param>
    public sealed record Uptime(Uri Url, TimeSpan Least) : CheckTarget("uptime");

    /// <param name="MatchesMost">More matching lines between two looks are degraded.</param>
    public sealed record LogMatch(string Path, string Pattern, int MatchesMost) : CheckTarget("log-match");

    /// <summary>A tag that may come to mean another image; that is told once.</summary>
    public sealed record Image(ImageName Name, string? UserSecret, string? PasswordSecret) : CheckTarget("image-digest");

    /// <param name="Every">Between two beats.</param>
    /// <param name="Grace">Later than this after it was expected, it is down.</param>
    public sealed record Heartbeat(string TokenSecret, TimeSpan Every, TimeSpan Grace) : CheckTarget("heartbeat");
}

/// <summary>What is measured of the values that a query finds.</summary>
public enum JsonMeasure
{
    /// <summary>How many there are.</summary>
    Count,

    /// <summary>The largest number among them.</summary>
    Number,

    /// <summary>How long ago the oldest time among them is.</summary>
    Age,
}

/// <summary>An image in a registry: <c>quay.io/cki/builder:latest</c>.</summary>
public sealed record ImageName(string Registry, string Repository, string Tag)
{
    /// <summary>Null where it names no registry or a digest, or nothing that could be one.</summary>
    public static ImageName? Parse(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        int colon = text.LastIndexOf(':');
        string registry = slash < 0 ? "" : text[..slash];
        string tag = colon > slash ? text[(colon + 1)..] : "latest";
        string repository = slash < 0 ? "" : text[(slash + 1)..(colon > slash ? colon : text.Length)];
        bool isHost = registry.Contains('.', StringComparison.Ordinal) || registry.Contains(':', StringComparison.Ordinal) || registry == "localhost";
        bool isGood = isHost && IsName(registry, ".-:") && IsName(repository, "._-/") && IsName(tag, "._-");
        return isGood ? new ImageName(registry, repository, tag) : null;
    }

    public override string ToString() => $"{Registry}/{Repository}:{Tag}";

    private static bool IsName(string text, string others) =>
        text.Length is > 0 and <= 200 && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || others.Contains(c, StringComparison.Ordinal));
}
