namespace Cki.Adapters;

/// <summary>Who can look at which kinds of checks, for composition.</summary>
public static class CheckProbes
{
    /// <summary>What an HttpClient suffices for.</summary>
    public static IReadOnlyDictionary<string, CheckProbe> OverHttp(HttpClient http, SuitePorts ports, GitLabClient gitLab)
    {
        var fetching = new Fetching(http, ports.Secrets, ports.Clock);
        var web = new WebProbes(fetching, ports.Clock);
        var forge = new ForgeProbes(gitLab, new GitRefs(http, ports.Clock), ports.Clock);
        return new Dictionary<string, CheckProbe>
        {
            ["http"] = web.HttpAsync,
            ["json"] = web.JsonAsync,
            ["uptime"] = web.UptimeAsync,
            ["rabbitmq"] = new RabbitMqProbe(fetching).LookAsync,
            ["image-digest"] = new ImageProbe(http, ports.Secrets).LookAsync,
            ["gitlab"] = forge.GitLabAsync,
            ["runners"] = forge.RunnersAsync,
            ["git"] = forge.GitAsync,
        };
    }

    /// <summary>Where sockets are real.</summary>
    public static IReadOnlyDictionary<string, CheckProbe> OverSockets(SuitePorts ports)
    {
        var sockets = new SocketProbes(ports.Clock);
        var secured = new SecuredProbes(ports.Secrets, ports.Clock);
        return new Dictionary<string, CheckProbe> { ["tcp"] = sockets.TcpAsync, ["dns"] = sockets.DnsAsync, ["tls"] = secured.TlsAsync, ["smtp"] = secured.SmtpAsync };
    }

    /// <param name="sessions">By region; null: the environment's.</param>
    /// <param name="ownQueue">How one of the suite's own queues stands.</param>
    public static IReadOnlyDictionary<string, CheckProbe> OnAws(Func<string?, AwsSession> sessions, Func<string, CancellationToken, Task<QueueSight>> ownQueue) =>
        new Dictionary<string, CheckProbe> { ["s3"] = new BucketProbe(sessions).LookAsync, ["sqs"] = new QueueProbe(sessions, ownQueue).LookAsync };

    /// <summary>For a process on the machine that is looked at.</summary>
    public static IReadOnlyDictionary<string, CheckProbe> OnMachine(StatChild stat)
    {
        var machine = new MachineProbes(stat);
        return new Dictionary<string, CheckProbe> { ["filesystem"] = machine.FilesystemAsync, ["mount"] = machine.MountAsync, ["log-match"] = machine.LogAsync };
    }

    /// <summary>All of them together; the later ones count.</summary>
    public static IReadOnlyDictionary<string, CheckProbe> With(params IEnumerable<IReadOnlyDictionary<string, CheckProbe>?> some)
    {
        var all = new Dictionary<string, CheckProbe>();
        foreach ((string kind, CheckProbe probe) in some.OfType<IReadOnlyDictionary<string, CheckProbe>>().SelectMany(probes => probes))
            all[kind] = probe;
        return all;
    }
}
