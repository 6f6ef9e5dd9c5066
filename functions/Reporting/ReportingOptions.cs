using Cki.Adapters;

namespace Cki.Reporting;

/// <summary>Opens a mail or webhook channel. Null: no adapter for this kind.</summary>
public delegate IReportChannel? OpenChannel(ChannelConfig channel);

/// <summary>What Reporting can be told beside channels.yaml.</summary>
public sealed record ReportingOptions
{
    /// <summary>Public address of the board for links in reports, ending in a slash, e.g. <c>https://cki.example.org/board/</c>. Default null: no such links.</summary>
    public Uri? BoardUrl { get; init; }

    /// <summary>How long changes are gathered before the board's index is rewritten, 0 to 15 minutes. Default 60 s.</summary>
    public TimeSpan IndexDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Replaces the adapters, where sockets do not exist (simulation). Default null: MailKit and HttpClient.</summary>
    public OpenChannel? Open { get; init; }

    /// <summary>AWS, by region (null: the environment's), for consumers that are SQS queues. Default null: such a consumer gets nothing, and its
    /// deliveries become dead letters.</summary>
    public Func<string?, AwsSession>? Aws { get; init; }

    /// <summary>Replaces the adapters of consumers of deliveries. Default null.</summary>
    public OpenConsumer? OpenConsumer { get; init; }
}
