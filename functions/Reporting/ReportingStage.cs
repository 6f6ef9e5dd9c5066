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
        var poster = new NotePoster(gitLab, ports, log);
        var kcidb = new KcidbDesk(new KcidbJobs(gitLab, ports), channel => new KcidbChannel(channel, http, ports.Secrets, ports.Clock), ports, log);
        var digests = new Digests(ports, log);
        var distribution = new Distribution(ports, new MailFactsDesk(ports, gitLab, new BranchPast(ports)), digests, log);
        OpenChannel open = distribution.Around(options.Open ?? (c => ReportChannels.Create(c, http, ports.Secrets, ports.Clock)));
        var courier = new Courier(ports, new ChannelDoor(gitLab, poster, kcidb, open), log);
        var index = new BoardIndexer(ports, options, log);
        var forwarding = new Forwarding(ports, options.OpenConsumer ?? new DeliveryConsumers(http, ports.Secrets, ports.Clock, options.Aws ?? Nowhere).Open, log);
        var people = new PeopleDesk(new Overrides(gitLab, poster, ports, log), new MailDesk(ports, digests, courier, log));
        var notices = new NoticeDesk(new Notices(ports, courier, index, log), forwarding, people, kcidb);
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
            case MessageTypes.RunChanged:
                RunChanged changed = told.Read<RunChanged>();
                await pages.RewriteAsync(changed.Run, cancellationToken, changed.Anew);
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

/// <summary>What people ask for: orders in notes, mutes; and the digests of their mails.</summary>
internal sealed record PeopleDesk(Overrides Overrides, MailDesk Mails);

/// <summary>What the queue carries beside runs: notices, deliveries on their way to consumers, what people ask for, looks at KCIDB.</summary>
internal sealed class NoticeDesk(Notices notices, Forwarding forwarding, PeopleDesk people, KcidbDesk kcidb)
{
    public Task HandleAsync(ReceivedMessage message, CloudEvent told, CancellationToken cancellationToken) => told.Type switch
    {
        MessageTypes.NoticeRaised => notices.RaisedAsync(message, told.Read<NoticeRaised>(), told.Time, cancellationToken),
        MessageTypes.ForwardDelivery => forwarding.ForwardAsync(message, told.Read<ForwardDelivery>(), cancellationToken),
        MessageTypes.NoteSeen => people.Overrides.HandleAsync(message, told.Read<NoteSeen>(), cancellationToken),
        MessageTypes.KcidbStatusDue => kcidb.LookAsync(message, told.Read<KcidbStatusDue>(), cancellationToken),
        _ when told.Type == DeliverNotice.TypeName => notices.DeliverAsync(message, told.Read<DeliverNotice>(), cancellationToken),
        _ when told.Type == NoticeReminderDue.TypeName => notices.ReminderDueAsync(message, told.Read<NoticeReminderDue>(), cancellationToken),
        _ when told.Type == DigestDue.TypeName => people.Mails.DigestAsync(message, told.Read<DigestDue>(), cancellationToken),
        _ when told.Type == MuteAsked.TypeName => people.Mails.MuteAsync(message, told.Read<MuteAsked>(), cancellationToken),
        _ => throw new UnreadableMessageException($"the report queue knows no '{told.Type}'"),
    };
}
