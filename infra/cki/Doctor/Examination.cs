using Cki.Adapters;

namespace Cki.Tool;

/// <summary>Looks at an installation and what it depends on, changing nothing. Whatever does not answer becomes a fact, never an exception.</summary>
internal sealed class Examination(OpenedInstallation installation, HttpClient http, Uri? frontDoor)
{
    public async Task<DoctorFacts> LookAsync(CancellationToken cancellationToken)
    {
        (ConfigReading? reading, string? trouble) = await TryAsync(() => installation.ReadConfigAsync(cancellationToken));
        var facts = new DoctorFacts(installation.Name, TimeProvider.System.GetUtcNow(), reading, trouble)
        {
            FrontDoor = frontDoor,
            Parts = await installation.PartsAsync(cancellationToken),
            Cloud = await installation.CloudAsync(cancellationToken),
        };
        if (reading is not ConfigReading.Good { Config: var config })
            return facts with { Work = await new WorkExamination(installation).LookAsync(null, cancellationToken) };
        var gitLab = new GitLabClient(http, new ReadConfig(config), installation.Secrets, new GitLabRetries(TimeProvider.System, new SystemDice()));
        var outside = new GitLabExamination(gitLab);
        IReadOnlyList<HostFact> hosts = await outside.HostsAsync(config, cancellationToken);
        return facts with
        {
            Secrets = await SecretsAsync(config, cancellationToken),
            Hosts = hosts,
            Projects = await outside.ProjectsAsync(config, hosts, cancellationToken),
            Hooks = frontDoor is null ? [] : await outside.HooksAsync(config, frontDoor, cancellationToken),
            Work = await new WorkExamination(installation).LookAsync(config, cancellationToken),
        };
    }

    private async Task<IReadOnlyList<SecretFact>> SecretsAsync(SuiteConfig config, CancellationToken cancellationToken)
    {
        var facts = new List<SecretFact>();
        foreach ((string name, string use) in NamedSecrets.Of(config))
        {
            (bool? isThere, string? trouble) = await TryAsync(async () => (bool?)(await installation.Secrets.GetAsync(name, cancellationToken) is { Length: > 0 }));
            facts.Add(new SecretFact(name, use, isThere, trouble));
        }
        return facts;
    }

    internal static async Task<(T? Value, string? Trouble)> TryAsync<T>(Func<Task<T>> look)
    {
        try
        {
            return (await look(), null);
        }
        catch (Exception e) when (PartStanding.IsOutside(e))
        {
            return (default, e.Message);
        }
    }
}

/// <summary>Every secret that the configuration names, with what needs it.</summary>
internal static class NamedSecrets
{
    /// <summary>Each name once, in ordinal order.</summary>
    public static IReadOnlyList<(string Name, string For)> Of(SuiteConfig config)
    {
        IEnumerable<(string Name, string For)> all =
        [
            .. config.Hosts.Select(h => (h.TokenSecret, $"token of GitLab host {h.Name}")),
            .. config.Sources.SelectMany(s => s.TokenSecrets.Concat(s.SigningSecrets).Select(t => (t, $"webhooks of source {s.Name}"))),
            .. config.Consumers.SelectMany(c => OfConsumer(c).Select(n => (n, $"consumer {c.Name}"))),
            .. config.Channels.SelectMany(c => OfChannel(c).Select(n => (n, $"channel {c.Name}"))),
            .. config.Checks.Checks.SelectMany(c => c.Target.Secrets.Select(n => (n, $"check {c.Name}"))),
        ];
        return [.. all.GroupBy(s => s.Name).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, string.Join(", ", g.Select(s => s.For).Distinct())))];
    }

    private static IEnumerable<string> OfConsumer(ConsumerConfig consumer) => consumer switch
    {
        ConsumerConfig.Webhook webhook => [webhook.KeySecret],
        ConsumerConfig.Amqp amqp => new[] { amqp.UserSecret, amqp.PasswordSecret }.OfType<string>(),
        _ => [],
    };

    private static IEnumerable<string> OfChannel(ChannelConfig channel) => channel switch
    {
        ChannelConfig.Mail mail => new[] { mail.UserSecret, mail.PasswordSecret, mail.MuteKeySecret, mail.TlsCaSecret }.OfType<string>(),
        ChannelConfig.Webhook webhook => [webhook.KeySecret],
        ChannelConfig.Kcidb kcidb => [kcidb.TokenSecret],
        ChannelConfig.Slack slack => new[] { slack.UrlSecret, slack.TokenSecret }.OfType<string>(),
        ChannelConfig.Irc irc => new[] { irc.TokenSecret }.OfType<string>(),
        _ => [],
    };
}
