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
        var opening = new RunOpening(ports, log);
        var taking = new HeadTaking(ports, opening, records, new CommitSight(gitLab, ports.Config));
        var desk = new HeadDesk(taking, records, ports.Clock);
        var pushes = new ProbePush(opening, new PushHandler(ports, sight, desk, log));
        var polls = new PollHandler(ports, sight, desk, log);
        var others = new OthersDesk(new MergeRequestDesk(gitLab, ports, log), new PipelineDesk(gitLab, ports, log), gitLab, ports);
        return new StageEndpoints(
            new Dictionary<string, MessageHandler> { [QueueNames.Detect] = (message, ct) => HandleAsync(message, pushes, polls, others, ct) },
            new Dictionary<string, FlowTask>()).Watched("commit-detection", ports.Clock);
    }

    private static Task HandleAsync(ReceivedMessage message, ProbePush pushes, PollHandler polls, OthersDesk others, CancellationToken cancellationToken)
    {
        CloudEvent happened = CloudEvent.Parse(message.Body);
        return happened.Type switch
        {
            MessageTypes.PushReceived => pushes.HandleAsync(happened.Read<PushReceived>(), happened.Time, cancellationToken),
            MessageTypes.PollRequested => PollAsync(happened.Read<PollRequested>(), polls, others, cancellationToken),
            MessageTypes.PipelineSeen => others.HandleAsync(happened.Read<PipelineSeen>(), cancellationToken),
            MessageTypes.MergeRequestChanged => others.HandleAsync(happened.Read<MergeRequestChanged>(), cancellationToken),
            _ => throw new UnreadableMessageException($"CommitDetection knows no messages of type {happened.Type}"),
        };
    }

    /// <summary>Both looks keep their own time: one that failed does not hold up the other's next.</summary>
    private static async Task PollAsync(PollRequested request, PollHandler polls, OthersDesk others, CancellationToken cancellationToken)
    {
        await polls.HandleAsync(request, cancellationToken);
        await others.HandleAsync(request, cancellationToken);
    }
}
