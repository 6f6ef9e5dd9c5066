namespace Cki;

/// <summary>sources.yaml, <c>consumers</c>.</summary>
internal sealed class ConsumersReader(ConfigErrors errors)
{
    private const int ConsumersMax = 100;
    private const int BindingsMax = 100;
    private static readonly TimeSpan s_paceMax = TimeSpan.FromHours(1);

    private readonly HashSet<string> _names = [];

    public IReadOnlyList<ConsumerConfig> Read(EntryReader file) => [.. file.Entries("consumers", ConsumersMax, Consumer).OfType<ConsumerConfig>()];

    private ConsumerConfig? Consumer(ConfigNode node, string path)
    {
        string? kind = node is ConfigNode.Map map ? (map.Entries.FirstOrDefault(e => e.Key.Text == "kind").Value as ConfigNode.Scalar)?.Text : null;
        var entry = new EntryReader(node, path, kind switch
        {
            "amqp" => ConfigFields.AmqpConsumer,
            "sqs" => ConfigFields.SqsConsumer,
            _ => ConfigFields.WebhookConsumer,
        }, errors);
        string name = entry.Name("name");
        entry.Unique("name", _names, name);
        entry.Required("kind");
        entry.Choice("kind", ["webhook", "amqp", "sqs"], "webhook");
        IReadOnlyList<string> bindings = Bindings(entry);
        TimeSpan pace = entry.Duration("pace", TimeSpan.Zero, TimeSpan.Zero, s_paceMax);
        return kind switch
        {
            "webhook" => new ConsumerConfig.Webhook(name, bindings, entry.Address("url"), entry.RequiredSecretName("key_secret")) { Pace = pace },
            "amqp" => Amqp(entry, name, bindings) with { Pace = pace },
            "sqs" => new ConsumerConfig.Sqs(name, bindings, entry.Address("queue_url")) { Pace = pace },
            _ => null,
        };
    }

    private static ConsumerConfig.Amqp Amqp(EntryReader entry, string name, IReadOnlyList<string> bindings)
    {
        string text = entry.Required("broker");
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? broker) || broker.Scheme is not ("amqp" or "amqps") || broker.Host.Length == 0)
        {
            if (text.Length > 0)
                entry.Wrong("broker", $"'{EntryChecks.WithoutUser(text)}' must be an address such as amqps://broker.example:5671/vhost");
            broker = new Uri("amqp://invalid.invalid/");
        }
        else if (broker.UserInfo.Length > 0)
        {
            entry.Wrong("broker", "must not hold a user or password: this file is no place for secrets");
        }
        if (entry.Has("user_secret") != entry.Has("password_secret"))
            entry.Wrong("user_secret", "user_secret and password_secret come together");
        return new ConsumerConfig.Amqp(name, bindings, broker, entry.Required("exchange"), entry.SecretName("user_secret"), entry.SecretName("password_secret"));
    }

    private static IReadOnlyList<string> Bindings(EntryReader entry)
    {
        IReadOnlyList<ConfigNode.Scalar> bindings = entry.Scalars("bindings", BindingsMax) ?? [];
        if (bindings.Count == 0 && entry.Node is ConfigNode.Map)
            entry.Wrong("bindings", "must name at least one, such as gitlab.com.cki-project.#");
        foreach (ConfigNode.Scalar binding in bindings)
        {
            if (RoutingKeys.BindingFault(binding.Text) is { } fault)
                entry.Errors.Add(binding.Place, entry.PathOf("bindings"), fault);
        }
        return [.. bindings.Select(b => b.Text)];
    }
}
