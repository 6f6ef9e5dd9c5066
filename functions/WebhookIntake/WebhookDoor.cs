using Microsoft.Extensions.Logging;

namespace Cki.WebhookIntake;

/// <summary>
/// The suite's front door: <c>POST /webhooks/{source}</c>. Genuine deliveries are archived and sent on before they are answered with 202.
/// </summary>
public sealed class WebhookDoor(SuitePorts ports, ILogger log, IntakeOptions options)
{
    private const string Prefix = "/webhooks/";

    /// <summary>What is archived of the headers: none of them holds a secret.</summary>
    private static readonly string[] ArchivedHeaders =
    [
        "content-type", "idempotency-key", "user-agent", "webhook-id", "webhook-signature", "webhook-timestamp",
        "x-gitlab-event", "x-gitlab-event-uuid", "x-gitlab-instance", "x-gitlab-webhook-uuid",
    ];

    private const int HeaderCharactersMax = 1024;

    private readonly DeliverySafe _safe = new(ports, log, options);

    /// <summary>A skin may stop reading a body beyond this size and ask <see cref="TooLarge"/> for the answer.</summary>
    public int BodyBytesMax => options.BodyBytesMax;

    public DoorAnswer TooLarge => DoorAnswers.TooLarge(options.BodyBytesMax);

    /// <summary>Never throws, except when <paramref name="cancellationToken"/> is cancelled.</summary>
    public async Task<DoorAnswer> ReceiveAsync(DoorRequest request, CancellationToken cancellationToken)
    {
        if (!request.Path.StartsWith(Prefix, StringComparison.Ordinal) || request.Path.Length == Prefix.Length)
            return DoorAnswers.NoSuchPath;
        string name = request.Path[Prefix.Length..];
        if (ports.Config.Current.Sources.FirstOrDefault(s => s.Name == name) is not { } source)
            return DoorAnswers.NoSuchSource;
        if (request.Method != "POST")
            return DoorAnswers.NotPost;
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
            case Genuineness.Wrong:
                IntakeLog.Refused(log, source.Name, DoorAnswers.WrongToken.Body);
                return Counted(source, "unauthorized", DoorAnswers.WrongToken);
            case Genuineness.Unknown:
                return Counted(source, "unavailable", DoorAnswers.Unavailable("The source's secrets cannot be read.", options.RetryAfter));
        }
        GitLabHost host = ports.Config.Current.Host(source.Host)
            ?? throw new InvalidOperationException($"source {source.Name} names host {source.Host}, which trees.yaml lacks");
        string delivery = DeliveryId.Of(request.Headers, request.Body.Span);
        WebhookEvent happened = GitLabPayload.Read(request.Body.Span, host.Url);
        WebhookRoute route = WebhookRouting.Decide(happened, host.Name, source.Name, delivery);
        var archived = new ArchivedDelivery(
            delivery, source.Name, ports.Clock.GetUtcNow(), HeadersOf(request), Convert.ToBase64String(request.Body.Span), happened.Reading);
        if (await _safe.KeepAsync(archived, route, cancellationToken) == Resting.Lost)
            return Counted(source, "unavailable", DoorAnswers.Unavailable("Neither archive nor queue took the delivery.", options.RetryAfter));
        IntakeLog.Taken(log, delivery, source.Name, happened.Reading, Outcome(route));
        return Counted(source, CountedAs(happened), DoorAnswers.Accepted(delivery));
    }

    private Task<Genuineness> CheckAsync(SourceConfig source, DoorRequest request, CancellationToken cancellationToken) =>
        TokenCheck.CheckAsync(
            source,
            request.Headers.GetValueOrDefault(TokenCheck.Header),
            name => Patience.WithinAsync(ct => ports.Secrets.GetAsync(name, ct), options.PortLimit, ports.Clock, cancellationToken),
            (name, exception) => IntakeLog.NoSecret(log, exception, name, source.Name));

    private static Dictionary<string, string> HeadersOf(DoorRequest request)
    {
        var kept = new Dictionary<string, string>();
        foreach (string name in ArchivedHeaders)
        {
            if (request.Headers.TryGetValue(name, out string? value))
                kept[name] = value.Length <= HeaderCharactersMax ? value : value[..HeaderCharactersMax];
        }
        return kept;
    }

    private static string Outcome(WebhookRoute route) => route switch
    {
        WebhookRoute.ToDetect => "to detect",
        WebhookRoute.JobToHerd or WebhookRoute.PipelineToHerd => "to herd",
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
