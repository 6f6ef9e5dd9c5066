using Microsoft.Extensions.Logging;

namespace Cki.WebhookIntake;

/// <summary>
/// The suite's front door: <c>POST /webhooks/{source}</c>, <c>POST /heartbeats/{name}</c>, and mails' links <c>/mute/{token}</c>. Genuine deliveries are archived and sent on before they are answered with 202.
/// </summary>
public sealed class WebhookDoor(SuitePorts ports, ILogger log, IntakeOptions options)
{
    private const string Prefix = "/webhooks/";

    private const int HeaderCharactersMax = 1024;

    private readonly DeliverySafe _safe = new(ports, log, options);
    private readonly HeartbeatDoor _heartbeats = new(ports, log, options);
    private readonly MuteDoor _mutes = new(ports, log, options);

    /// <summary>A skin may stop reading a body beyond this size and ask <see cref="TooLarge"/> for the answer.</summary>
    public int BodyBytesMax => options.BodyBytesMax;

    public DoorAnswer TooLarge => DoorAnswers.TooLarge(options.BodyBytesMax);

    /// <summary>Never throws, except when <paramref name="cancellationToken"/> is cancelled.</summary>
    public async Task<DoorAnswer> ReceiveAsync(DoorRequest request, CancellationToken cancellationToken)
    {
        if (HeartbeatDoor.IsFor(request))
            return DoorBounds.OfHeaders(request.Headers, options) ?? await _heartbeats.ReceiveAsync(request, cancellationToken);
        if (request.Path.StartsWith(MuteDoor.Prefix, StringComparison.Ordinal))
            return await _mutes.ReceiveAsync(request, cancellationToken);
        if (!request.Path.StartsWith(Prefix, StringComparison.Ordinal) || request.Path.Length == Prefix.Length)
            return DoorAnswers.NoSuchPath;
        string name = request.Path[Prefix.Length..];
        if (ports.Config.Current.Sources.FirstOrDefault(s => s.Name == name) is not { } source)
            return DoorAnswers.NoSuchSource;
        if (request.Method != "POST")
            return DoorAnswers.NotPost;
        if (DoorBounds.OfHeaders(request.Headers, options) is { } refused)
            return Counted(source, "too-large", refused);
        if (request.Body.Length > options.BodyBytesMax)
            return Counted(source, "too-large", TooLarge);
        try
        {
            return await ReceiveAsync(source, request, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            IntakeLog.DoorFailed(log, e, source.Name);
            return Counted(source, "unavailable", DoorAnswers.Unavailable("The delivery could not be taken.", options.RetryAfter));
        }
    }

    private async Task<DoorAnswer> ReceiveAsync(SourceConfig source, DoorRequest request, CancellationToken cancellationToken)
    {
        switch (await CheckAsync(source, request, cancellationToken))
        {
            case Genuineness.Wrong wrong:
                IntakeLog.Refused(log, source.Name, wrong.Reason);
                return Counted(source, "unauthorized", DoorAnswers.NotGenuine(wrong.Reason));
            case Genuineness.Unknown:
                return Counted(source, "unavailable", DoorAnswers.Unavailable("The source's secrets cannot be read.", options.RetryAfter));
        }
        if (DoorBounds.IsTooDeep(request.Body.Span))
            return Counted(source, "too-deep", DoorAnswers.TooDeep);
        string delivery = DeliveryId.Of(request.Headers, request.Body.Span);
        using IDisposable trail = Trail.Begin(new Trail(delivery) { Kind = "delivery", Delivery = delivery });
        WebhookEvent happened = Read(source, request, out string origin);
        var archived = new ArchivedDelivery(
            delivery, source.Name, ports.Clock.GetUtcNow(), HeadersOf(source, request), Convert.ToBase64String(request.Body.Span), happened.Reading)
        {
            RoutingKey = RoutingKeys.Of(origin, happened.Project, happened.RoutingKind),
        };
        WebhookRoute route = WebhookRouting.Decide(happened, origin, source.Name, delivery, ports.Config.Current.Trees, ports.Config.Current.Host(origin)?.BotUser);
        Rest rest = await _safe.KeepAsync(archived, route, cancellationToken);
        if (rest == Rest.Lost)
            return Counted(source, "unavailable", DoorAnswers.Unavailable("Neither archive nor queue took the delivery.", options.RetryAfter));
        IntakeLog.Taken(log, delivery, source.Name, happened.Reading, rest == Rest.Again ? $"{Outcome(route)}, again" : Outcome(route));
        return Counted(source, rest == Rest.Again ? "duplicate" : CountedAs(happened), DoorAnswers.Accepted(delivery));
    }

    /// <param name="origin">What stands first in the routing key: the forge's host, or the source's name.</param>
    private WebhookEvent Read(SourceConfig source, DoorRequest request, out string origin)
    {
        if (source.Kind != SourceKinds.GitLab)
        {
            origin = source.Host.Length > 0 ? source.Host : source.Kind == SourceKinds.Sentry ? SourceKinds.Sentry : source.Name;
            return OtherPayloads.Read(source, request.Headers, request.Body.Span);
        }
        GitLabHost host = ports.Config.Current.Host(source.Host)
            ?? throw new InvalidOperationException($"source {source.Name} names host {source.Host}, which trees.yaml lacks");
        origin = host.Name;
        return GitLabPayload.Read(request.Body.Span, host.Url);
    }

    private Task<Genuineness> CheckAsync(SourceConfig source, DoorRequest request, CancellationToken cancellationToken) =>
        ProofDesk.CheckAsync(
            source,
            request,
            ports.Clock.GetUtcNow(),
            name => Patience.WithinAsync(ct => ports.Secrets.GetAsync(name, ct), options.PortLimit, ports.Clock, cancellationToken),
            (name, exception) => IntakeLog.NoSecret(log, exception, name, source.Name));

    private static Dictionary<string, string> HeadersOf(SourceConfig source, DoorRequest request)
    {
        var kept = new Dictionary<string, string>();
        string proof = SourceKinds.ProofHeader(source);
        IEnumerable<string> names = source.EventHeader is { } given && given != proof && given != "authorization" ? ArchivedDelivery.HeadersKept.Append(given) : ArchivedDelivery.HeadersKept;
        foreach (string name in names)
        {
            if (request.Headers.TryGetValue(name, out string? value))
                kept[name] = value.Length <= HeaderCharactersMax ? value : value[..HeaderCharactersMax];
        }
        return kept;
    }

    private static string Outcome(WebhookRoute route) => route switch
    {
        WebhookRoute.PipelineToDetect { Ended: not null } => "to detect and to herd",
        WebhookRoute.ToDetect or WebhookRoute.ToPoll or WebhookRoute.PipelineToDetect or WebhookRoute.MergeRequestToDetect => "to detect",
        WebhookRoute.JobToHerd or WebhookRoute.PipelineToHerd => "to herd",
        WebhookRoute.NoteToReport or WebhookRoute.AlertsToReport => "to report",
        WebhookRoute.ToOperators => "operators are told",
        WebhookRoute.Nowhere nowhere => nowhere.Reason,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string CountedAs(WebhookEvent happened) => happened switch
    {
        WebhookEvent.NotOurs => "unknown-kind",
        WebhookEvent.Unreadable => "unreadable",
        _ => "accepted",
    };

    private static DoorAnswer Counted(SourceConfig source, string outcome, DoorAnswer answer)
    {
        SuiteMetrics.Deliveries.Add(1, new("source", source.Name), new("outcome", outcome));
        return answer;
    }
}
