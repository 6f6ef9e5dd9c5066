using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.Reporting;

/// <summary>Queue <c>report</c>: who gets what, on which channel; the operators' notices; the board.</summary>
public static class ReportingStage
{
    public static StageEndpoints Compose(SuitePorts ports, HttpClient http, ILoggerFactory logs) => Compose(ports, http, logs, new ReportingOptions());

    public static StageEndpoints Compose(SuitePorts ports, HttpClient http, ILoggerFactory logs, ReportingOptions options)
    {
        if (options.BoardUrl is { } board && !board.AbsoluteUri.EndsWith('/'))
            throw new ArgumentException($"BoardUrl must end in a slash, else links would lose its last segment: {board}", nameof(options));
        ILogger log = logs.CreateLogger("cki.reporting");
        var gitLab = new GitLabClient(http, ports.Config, ports.Secrets, new GitLabRetries(ports.Clock, ports.Dice));
        var courier = new Courier(ports, new ChannelDoor(gitLab, options.Open ?? (c => ReportChannels.Create(c, http, ports.Secrets, ports.Clock))), log);
        var index = new BoardIndexer(ports, options, log);
        var forwarding = new Forwarding(ports, options.OpenConsumer ?? new DeliveryConsumers(http, ports.Secrets, ports.Clock, options.Aws ?? Nowhere).Open, log);
        var notices = new NoticeDesk(new Notices(ports, courier, index, log), forwarding);
        var desk = new ReportDesk(new RunReports(ports, courier, options, log), notices, new RunPages(ports, index, log), index);
        return new StageEndpoints(
            new Dictionary<string, MessageHandler> { [QueueNames.Report] = desk.HandleAsync }, new Dictionary<string, FlowTask>()).Watched("reporting", ports.Clock);
    }

    private static AwsSession Nowhere(string? region) => throw new InvalidOperationException("A consumer is an SQS queue, but this process was given no AWS");
}

/// <summary>One dispatcher for everything that comes to the queue. Reports go first, the board after them: it is optional.</summary>
internal sealed class ReportDesk(RunReports reports, NoticeDesk notices, RunPages pages, BoardIndexer index)
{
    public async Task HandleAsync(ReceivedMessage message, CancellationToken cancellationToken)
    {
        CloudEvent told = CloudEvent.Parse(message.Body);
        switch (told.Type)
        {
            case MessageTypes.RunStarted:
                RunStarted started = told.Read<RunStarted>();
                await reports.StartedAsync(started, cancellationToken);
                await pages.RewriteAsync(started.Run, cancellationToken);
                break;
            case MessageTypes.RunSettled:
                RunSettled settled = told.Read<RunSettled>();
                await reports.SettledAsync(settled, cancellationToken);
                await pages.RewriteAsync(settled.Run, cancellationToken);
                break;
            case MessageTypes.EvidenceFound:
                await reports.EvidenceAsync(told.Read<EvidenceFound>(), cancellationToken);
                break;
            case MessageTypes.DeliverReport:
                DeliverReport delivery = told.Read<DeliverReport>();
                await reports.DeliverAsync(message, delivery, cancellationToken);
                await pages.RewriteAsync(delivery.Run, cancellationToken);
                break;
            case MessageTypes.BoardIndex:
                await index.RewriteAsync(message, cancellationToken);
                break;
            default:
                await notices.HandleAsync(message, told, cancellationToken);
                break;
        }
    }
}

/// <summary>What the queue carries beside runs: notices, and deliveries on their way to consumers.</summary>
internal sealed class NoticeDesk(Notices notices, Forwarding forwarding)
{
    public Task HandleAsync(ReceivedMessage message, CloudEvent told, CancellationToken cancellationToken) => told.Type switch
    {
        MessageTypes.NoticeRaised => notices.RaisedAsync(message, told.Read<NoticeRaised>(), told.Time, cancellationToken),
        MessageTypes.ForwardDelivery => forwarding.ForwardAsync(message, told.Read<ForwardDelivery>(), cancellationToken),
        _ when told.Type == DeliverNotice.TypeName => notices.DeliverAsync(message, told.Read<DeliverNotice>(), cancellationToken),
        _ when told.Type == NoticeReminderDue.TypeName => notices.ReminderDueAsync(message, told.Read<NoticeReminderDue>(), cancellationToken),
        _ => throw new UnreadableMessageException($"the report queue knows no '{told.Type}'"),
    };
}
