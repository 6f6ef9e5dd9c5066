using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.Watch;

/// <summary>
/// A delivery that GitLab logged: where it failed, or is not in the archive, it goes the way of a genuine one, marked. Taking it twice does no harm: it is
/// archived as pending, sent, and then marked as done.
/// </summary>
internal sealed class FoundDeliveries(SuitePorts ports, ILogger log)
{
    /// <summary>GitLab logs a delivery up to some minutes after we received it.</summary>
    private static readonly TimeSpan LoggedWithin = TimeSpan.FromMinutes(10);

    private const int HoursMax = 3;

    private readonly Post _post = ports.PostFrom("watch");

    /// <param name="since">When the log was read before.</param>
    public async Task TakeAsync(WantedHook wanted, GitLabHookEvent happened, DateTimeOffset since, CancellationToken cancellationToken)
    {
        SourceConfig source = ports.Config.Current.Sources.First(s => s.Name == wanted.Source);
        string delivery = DeliveryId.Of(happened.Headers, happened.Body.Span);
        // Older GitLabs name no delivery, and the log's body is not the one that was sent: then only a failure can be told.
        bool isNamed = happened.Headers.ContainsKey("idempotency-key") || happened.Headers.ContainsKey("webhook-id");
        if (happened.IsDelivered && !isNamed)
            return;
        DateTimeOffset now = ports.Clock.GetUtcNow();
        ArchivedDelivery? archived = await FindAsync(source.Name, delivery, happened.CreatedAt, since, now, cancellationToken);
        if (archived is { IsPending: false } && (archived.IsReconciled || happened.IsDelivered))
            return;
        GitLabHost host = ports.Config.Current.Host(source.Host)!;
        WebhookEvent read = GitLabPayload.Read(happened.Body.Span, host.Url);
        ArchivedDelivery taken = archived ?? ToArchive(source, delivery, happened, read, now);
        if (archived is null)
            await ports.Documents.CreateAsync(taken.Key, taken, DocumentJson.Default.ArchivedDelivery, cancellationToken);
        await SendAsync(taken, WebhookRouting.Decide(read, source.Host, source.Name, delivery, ports.Config.Current.Trees, host.BotUser), cancellationToken);
        await ports.Documents.PutAsync(taken.Key, taken with { IsReconciled = true, IsPending = false }, DocumentJson.Default.ArchivedDelivery, cancellationToken);
        string why = archived is null && happened.IsDelivered ? "absent" : "failed";
        WatchLog.DeliveryFound(log, delivery, wanted.Project, why);
        SuiteMetrics.DeliveriesReconciled.Add(1, new("source", source.Name), new("why", why));
    }

    private async Task SendAsync(ArchivedDelivery taken, WebhookRoute route, CancellationToken cancellationToken)
    {
        WebhookRoute marked = route is WebhookRoute.ToDetect push ? new WebhookRoute.ToDetect(push.Message with { FoundBy = FoundBy.Reconciliation }) : route;
        await marked.SendAsync(new Sink(_post, cancellationToken));
        foreach (ConsumerConfig consumer in ports.Config.Current.Consumers.Where(c => c.Wants(taken.RoutingKey ?? "")))
            await _post.SendAsync(new ForwardDelivery(consumer.Name, taken.Delivery, taken.RoutingKey ?? "", taken.Key), cancellationToken);
    }

    private static ArchivedDelivery ToArchive(SourceConfig source, string delivery, GitLabHookEvent happened, WebhookEvent read, DateTimeOffset now)
    {
        var kept = new Dictionary<string, string>();
        foreach (string name in ArchivedDelivery.HeadersKept)
        {
            if (happened.Headers.TryGetValue(name, out string? value))
                kept[name] = value;
        }
        return new ArchivedDelivery(delivery, source.Name, happened.CreatedAt ?? now, kept, Convert.ToBase64String(happened.Body.Span), read.Reading)
        {
            RoutingKey = RoutingKeys.Of(source.Host, read.Project, read.RoutingKind), IsReconciled = true, IsPending = true,
        };
    }

    private async Task<ArchivedDelivery?> FindAsync(
        string source, string delivery, DateTimeOffset? loggedAt, DateTimeOffset since, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (DateTimeOffset hour in Hours(loggedAt, since, now))
        {
            string key = new ArchivedDelivery(delivery, source, hour, DoorlessHeaders, "", "").Key;
            try
            {
                if (await ports.Documents.GetAsync(key, DocumentJson.Default.ArchivedDelivery, cancellationToken) is { } found)
                    return found.Value;
            }
            catch (UnreadableDocumentException e)
            {
                // It is there, and not ours to mend: what it tells is in the log as well.
                WatchLog.SetAside(log, key, e.Message);
            }
        }
        return null;
    }

    /// <summary>The hours in which it may have been received, the likeliest first.</summary>
    private static IEnumerable<DateTimeOffset> Hours(DateTimeOffset? loggedAt, DateTimeOffset since, DateTimeOffset now)
    {
        if (loggedAt is { } at)
            return new[] { at, at - LoggedWithin, at + TimeSpan.FromMinutes(1) }.DistinctBy(Hour);
        DateTimeOffset from = since - LoggedWithin;
        return Enumerable.Range(0, HoursMax).Select(n => now - TimeSpan.FromHours(n)).Where(h => Hour(h) >= Hour(from));
    }

    private static long Hour(DateTimeOffset at) => at.UtcTicks / TimeSpan.TicksPerHour;

    private static readonly IReadOnlyDictionary<string, string> DoorlessHeaders = new Dictionary<string, string>();

    private sealed class Sink(Post post, CancellationToken cancellationToken) : IRouteSink
    {
        public async Task<bool> SendAsync<T>(T message, string part)
            where T : class, IStageMessage<T>
        {
            await post.SendAsync(message, cancellationToken);
            return true;
        }
    }
}
