using Cki.Adapters;
using Cki.Tool.Telemetry;

namespace Cki.Tool;

/// <summary>How a queue stands. Counts of SQS are approximate.</summary>
/// <param name="Queue"><c>herd</c>, or <c>herd-dead</c> for its dead-letter queue.</param>
/// <param name="OldestSent">When the oldest message was first sent; null where the queue is empty or the engine cannot tell.</param>
internal sealed record QueueDepth(string Queue, long Ready, long Delayed, long InFlight, DateTimeOffset? OldestSent)
{
    /// <summary>Why <see cref="OldestSent"/> is not known; null where it is, or where nothing waits.</summary>
    public string? AgeTrouble { get; init; }
}

/// <summary>
/// An installation as the tool's verbs see it while it runs, whichever engine runs it: its store, its queues, its configuration and secrets.
/// </summary>
internal abstract class OpenedInstallation(IObjectStore store, IMessageQueue queue) : IAsyncDisposable
{
    /// <summary>The engine of another process hears of a message at its next look, Watch's tick at the latest.</summary>
    private static readonly TimeSpan s_askedAgainAfter = TimeSpan.FromMinutes(2);
    private readonly SystemDice dice = new();

    /// <summary>As an operator would name it: <c>--data DIR</c> or <c>--stack NAME</c>.</summary>
    public abstract string Name { get; }

    public IObjectStore Store => store;

    public Documents Documents => new(store, dice, TimeProvider.System);

    public ConfigBundles Bundles => new(Documents, TimeProvider.System);

    public Switches Switches => new(Documents, TimeProvider.System);

    public DueMarkers Due => new(Documents);

    public Post Post => new(queue, dice, TimeProvider.System, "/cki/tool");

    /// <summary>How the outside reaches the front door; null where nobody said.</summary>
    public abstract Uri? FrontDoor { get; }

    /// <summary>Where verbs find secrets. Throws <see cref="BadInputException"/> where nobody said.</summary>
    public abstract ISecrets Secrets { get; }

    /// <summary>The configuration in force as it reads now; <see cref="ConfigReading.Bad"/> with every error.</summary>
    public abstract Task<ConfigReading> ReadConfigAsync(CancellationToken cancellationToken);

    /// <summary>The files in force with their text; null where there are none yet. Throws <see cref="ConfigRefusedException"/> where they are not good.</summary>
    public abstract Task<ConfigBundle?> BundleInForceAsync(CancellationToken cancellationToken);

    /// <summary>Puts it in force.</summary>
    public abstract Task<ConfigPush> PushConfigAsync(ConfigBundle bundle, bool arm, CancellationToken cancellationToken);

    /// <inheritdoc cref="ConfigBundles.RollbackAsync"/>
    public abstract Task<ConfigPush> RollbackConfigAsync(string? hash, CancellationToken cancellationToken);

    /// <summary>Every queue and dead-letter queue, also the empty ones, by name.</summary>
    public abstract Task<IReadOnlyList<QueueDepth>> QueuesAsync(CancellationToken cancellationToken);

    /// <summary>What the stages logged, oldest first.</summary>
    public abstract IAsyncEnumerable<HumanLine> LogsAsync(LogQuery query, CancellationToken cancellationToken);

    /// <summary>What else it is made of and must be reachable; none on one machine.</summary>
    public virtual Task<IReadOnlyList<PartStanding>> PartsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<PartStanding>>([]);

    /// <summary>The account it runs in, for the doctor; null on one machine.</summary>
    public virtual Task<CloudFact?> CloudAsync(CancellationToken cancellationToken) => Task.FromResult<CloudFact?>(null);

    public abstract ValueTask DisposeAsync();

    /// <summary>Throws <see cref="ConfigRefusedException"/> with every error.</summary>
    public async Task<SuiteConfig> ConfigAsync(CancellationToken cancellationToken) => await ReadConfigAsync(cancellationToken) switch
    {
        ConfigReading.Good good => good.Config,
        ConfigReading.Bad bad => throw new ConfigRefusedException(bad.Errors),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Before a person's act: who does what, and why.</summary>
    public Task AuditAsync(string act, string subject, string? reason, CancellationToken cancellationToken)
    {
        var entry = new AuditEntry(TimeProvider.System.GetUtcNow(), Environment.UserName, act, subject, reason);
        return Documents.PutAsync(entry.Key(dice.Id("audit.id")), entry, DocumentJson.Default.AuditEntry, cancellationToken);
    }

    /// <summary>A request that a stage is to act on: a marker brings it again should the message, or the stage, be lost on the way.</summary>
    public async Task AskAsync<T>(string kind, string id, T message, CancellationToken cancellationToken)
        where T : class, IStageMessage<T>
    {
        DueMarker marker = Post.Marker(kind, id, TimeProvider.System.GetUtcNow() + s_askedAgainAfter, message);
        string due = await Due.PlaceAsync(marker, cancellationToken);
        await Post.SendAsync(message, cancellationToken, due);
    }
}
