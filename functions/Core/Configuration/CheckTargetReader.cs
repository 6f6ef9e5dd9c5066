using System.Net;

namespace Cki;

/// <summary>What each kind of check asks of its entry.</summary>
internal static class CheckTargetReader
{
    private const int PortMax = 65535;
    private const int MillisecondsMax = 60_000;
    private const int ListMax = 50;
    private const long Much = 1L << 60;

    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_long = TimeSpan.FromDays(31);

    public static CheckTarget Read(string kind, EntryReader entry, IReadOnlyList<GitLabHost> hosts) => kind switch
    {
        "http" => new CheckTarget.Http(Link(entry), Statuses(entry), Pattern(entry, "body"), entry.SecretName("token_secret"), Slow(entry)),
        "tcp" => new CheckTarget.Tcp(entry.Required("host"), Port(entry, null), Slow(entry)),
        "dns" => new CheckTarget.Dns(entry.Required("host"), Addresses(entry)),
        "tls" => Tls(entry),
        "smtp" => new CheckTarget.Smtp(entry.Required("host"), Port(entry, 25), entry.Flag("starttls", otherwise: true)),
        "git" => new CheckTarget.Git(entry.Address("url"), entry.Text("branch")),
        "s3" => new CheckTarget.S3(entry.Required("bucket"), entry.Text("prefix") ?? "", entry.Text("region"), Most(entry, "bytes_most"), Most(entry, "objects_most")),
        "sqs" => Sqs(entry),
        "rabbitmq" => RabbitMq(entry),
        "gitlab" => new CheckTarget.GitLab(Host(entry, hosts), Slow(entry)),
        "runners" => Runners(entry, hosts),
        "json" => Json(entry),
        "filesystem" => new CheckTarget.Filesystem(
            Rooted(entry), (int)entry.Number("free_percent_least", 10, 0, 100), (int)entry.Number("inodes_percent_least", 10, 0, 100)),
        "mount" => new CheckTarget.Mount(Rooted(entry), entry.Text("type")),
        "uptime" => new CheckTarget.Uptime(Link(entry), entry.Duration("least", TimeSpan.FromHours(1), TimeSpan.Zero, s_long)),
        "log-match" => new CheckTarget.LogMatch(Rooted(entry), Pattern(entry, "pattern", isRequired: true) ?? "", (int)entry.Number("matches_most", 0, 0, 1_000_000)),
        "image-digest" => Image(entry),
        "heartbeat" => Heartbeat(entry),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static CheckTarget.Tls Tls(EntryReader entry)
    {
        string host = entry.Required("host");
        return new CheckTarget.Tls(host, Port(entry, 443), entry.Text("server_name") ?? host, (int)entry.Number("warn_days", 21, 0, 365));
    }

    private static CheckTarget.Sqs Sqs(EntryReader entry)
    {
        if (entry.Node is ConfigNode.Map && entry.Has("queue") == entry.Has("queue_url"))
            entry.Wrong("queue", "either queue, one of our own, or queue_url");
        string? queue = entry.Has("queue") ? entry.Choice("queue", QueueNames.All, QueueNames.Detect) : null;
        Uri? url = entry.Has("queue_url") ? entry.Address("queue_url") : null;
        TimeSpan? age = entry.Has("age_most") ? entry.Duration("age_most", s_minute, s_minute, s_long) : null;
        return new CheckTarget.Sqs(queue, url, Most(entry, "depth_most"), age);
    }

    private static CheckTarget.RabbitMq RabbitMq(EntryReader entry)
    {
        var found = new CheckTarget.RabbitMq(
            entry.Address("url"), entry.Text("vhost") ?? "/", entry.Text("queue"), entry.RequiredSecretName("user_secret"), entry.RequiredSecretName("password_secret"))
        {
            ReadyMost = Most(entry, "ready_most"),
            UnackedMost = Most(entry, "unacked_most"),
            ConsumersLeast = (int)entry.Number("consumers_least", 0, 0, 100_000),
        };
        if (found.Queue is null && (entry.Has("ready_most") || entry.Has("unacked_most") || entry.Has("consumers_least")))
            entry.Wrong("queue", "is missing: ready_most, unacked_most and consumers_least are a queue's");
        return found;
    }

    private static CheckTarget.Runners Runners(EntryReader entry, IReadOnlyList<GitLabHost> hosts)
    {
        entry.Required("project");
        string[] tags = [.. (entry.Scalars("tags", ListMax) ?? []).Select(t => t.Text)];
        string? architecture = entry.Has("architecture") ? entry.Choice("architecture", Architectures.Known, Architectures.None) : null;
        return new CheckTarget.Runners(
            entry.Project("project", hosts) ?? new ProjectRef("", ""), tags, architecture, (int)entry.Number("online_least", 1, 0, 10_000))
        {
            PendingMost = entry.Has("pending_most") ? (int)entry.Number("pending_most", 0, 0, 100_000) : null,
            PendingLongest = entry.Has("pending_longest") ? entry.Duration("pending_longest", s_minute, s_minute, s_long) : null,
        };
    }

    private static CheckTarget.Json Json(EntryReader entry)
    {
        string path = entry.Required("path");
        if (path.Length > 0 && JsonQuery.Parse(path, out string? fault) is null)
            entry.Wrong("path", fault!);
        JsonMeasure measure = entry.Choice("measure", ["count", "number", "age"], "count") switch
        {
            "age" => JsonMeasure.Age,
            "number" => JsonMeasure.Number,
            _ => JsonMeasure.Count,
        };
        var found = new CheckTarget.Json(Link(entry), path, measure, entry.SecretName("token_secret"))
        {
            Most = Most(entry, "most"),
            Least = Most(entry, "least"),
            Longest = entry.Has("longest") ? entry.Duration("longest", s_minute, s_minute, s_long) : null,
        };
        if (measure == JsonMeasure.Age && (found.Longest is null || found.Most is not null || found.Least is not null))
            entry.Wrong("measure", "an age has longest, and neither most nor least");
        else if (measure != JsonMeasure.Age && (found.Longest is not null || (found.Most is null && found.Least is null)))
            entry.Wrong("measure", "a count or number has most, least or both, and not longest");
        return found;
    }

    private static CheckTarget.Image Image(EntryReader entry)
    {
        string text = entry.Required("image");
        ImageName? name = ImageName.Parse(text);
        if (name is null && text.Length > 0)
            entry.Wrong("image", $"'{text}' must be registry/repository:tag with the registry's host, such as quay.io/cki/builder:latest");
        if (entry.Has("user_secret") != entry.Has("password_secret"))
            entry.Wrong("user_secret", "user_secret and password_secret come together");
        return new CheckTarget.Image(name ?? new ImageName("invalid.invalid", "none", "latest"), entry.SecretName("user_secret"), entry.SecretName("password_secret"));
    }

    private static CheckTarget.Heartbeat Heartbeat(EntryReader entry)
    {
        if (!entry.Has("interval"))
            entry.Wrong("interval", "is missing: how often a beat is expected");
        return new CheckTarget.Heartbeat(
            entry.RequiredSecretName("token_secret"), entry.Duration("interval", s_minute, s_minute, s_long), entry.Duration("grace", TimeSpan.FromMinutes(5), s_minute, s_long));
    }

    /// <summary>http or https, with a query where one is needed.</summary>
    private static Uri Link(EntryReader entry)
    {
        string text = entry.Required("url");
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https")
        {
            if (url.UserInfo.Length > 0)
                entry.Wrong("url", "must not hold a user or password: this file is no place for secrets");
            return url;
        }
        if (text.Length > 0)
            entry.Wrong("url", $"'{EntryChecks.WithoutUser(text)}' must be an http or https address");
        return new Uri("https://invalid.invalid/");
    }

    private static string Rooted(EntryReader entry)
    {
        string path = entry.Required("path");
        if (path.Length > 0 && path[0] != '/')
            entry.Wrong("path", $"'{path}' must begin with /");
        return path;
    }

    private static string? Pattern(EntryReader entry, string field, bool isRequired = false)
    {
        string? pattern = isRequired ? entry.Required(field) : entry.Text(field);
        if (pattern is not null && EntryChecks.PatternFault(pattern) is { } fault)
            entry.Wrong(field, fault);
        return pattern;
    }

    private static string Host(EntryReader entry, IReadOnlyList<GitLabHost> hosts)
    {
        string host = entry.Required("host");
        string[] known = [.. hosts.Select(h => h.Name)];
        if (host.Length > 0 && !known.Contains(host))
            entry.Errors.AddDangling(entry.Place("host"), entry.PathOf("host"), $"'{host}' is none of the hosts in trees.yaml{ConfigErrors.Suggestion(host, known)}");
        return host;
    }

    private static int[] Statuses(EntryReader entry)
    {
        var statuses = new List<int>();
        foreach (ConfigNode.Scalar status in entry.Scalars("status", ListMax) ?? [])
        {
            if (int.TryParse(status.Text, out int number) && number is >= 100 and <= 599)
                statuses.Add(number);
            else
                entry.Errors.Add(status.Place, entry.PathOf("status"), $"'{status.Text}' is no HTTP status from 100 to 599");
        }
        return [.. statuses];
    }

    private static string[] Addresses(EntryReader entry)
    {
        IReadOnlyList<ConfigNode.Scalar> addresses = entry.Scalars("addresses", ListMax) ?? [];
        foreach (ConfigNode.Scalar address in addresses.Where(a => !IPAddress.TryParse(a.Text, out _)))
            entry.Errors.Add(address.Place, entry.PathOf("addresses"), $"'{address.Text}' is no IP address");
        return [.. addresses.Select(a => a.Text)];
    }

    private static int Port(EntryReader entry, int? otherwise)
    {
        if (otherwise is null)
            entry.Required("port");
        return (int)entry.Number("port", otherwise ?? 1, 1, PortMax);
    }

    private static int? Slow(EntryReader entry) => entry.Has("slow_ms") ? (int)entry.Number("slow_ms", 1, 1, MillisecondsMax) : null;

    private static long? Most(EntryReader entry, string field) => entry.Has(field) ? entry.Number(field, 0, 0, Much) : null;
}
