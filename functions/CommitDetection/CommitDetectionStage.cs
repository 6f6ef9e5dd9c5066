using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.CommitDetection;

public static class CommitDetectionStage
{
    public static StageEndpoints Compose(SuitePorts ports, HttpClient http, ILoggerFactory logs)
    {
        ILogger log = logs.CreateLogger("cki.detection");
        var gitLab = new GitLabClient(http, ports.Config, ports.Secrets, new GitLabRetries(ports.Clock, ports.Dice));
        var sight = new TreeSight(gitLab, new GitRefs(http, ports.Clock), ports.Config);
        var records = new HeadRecords(ports, log);
        var taking = new HeadTaking(ports, new RunOpening(ports, log), records, new CommitSight(gitLab, ports.Config));
        var desk = new HeadDesk(taking, records, ports.Clock);
        var pushes = new PushHandler(ports, sight, desk, log);
        var polls = new PollHandler(ports, sight, desk, log);
        return new StageEndpoints(
            new Dictionary<string, MessageHandler> { [QueueNames.Detect] = (message, ct) => HandleAsync(message, pushes, polls, ct) },
            new Dictionary<string, FlowTask>());
    }

    private static Task HandleAsync(ReceivedMessage message, PushHandler pushes, PollHandler polls, CancellationToken cancellationToken)
    {
        CloudEvent happened = CloudEvent.Parse(message.Body);
        return happened.Type switch
        {
            MessageTypes.PushReceived => pushes.HandleAsync(happened.Read<PushReceived>(), cancellationToken),
            MessageTypes.PollRequested => polls.HandleAsync(happened.Read<PollRequested>(), cancellationToken),
            _ => throw new UnreadableMessageException($"CommitDetection knows no messages of type {happened.Type}"),
        };
    }
}
