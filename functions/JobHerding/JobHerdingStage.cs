using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.JobHerding;

/// <summary>
/// Queue <c>herd</c> and the task of the <c>retry-job</c> flow: every job that ended badly gets one recorded decision; what is to be retried waits in a
/// flow and is looked at again before it is posted; whoever waits for a pipeline hears when it looks settled.
/// </summary>
/// <remarks>
/// <see cref="HerdAct.Confirm"/> is recorded and not carried out: weak evidence counts as undetermined and blames nobody. The re-run elsewhere beside
/// the parent comes with its own issue.
/// </remarks>
public static class JobHerdingStage
{
    public static StageEndpoints Compose(SuitePorts ports, HttpClient http, ILoggerFactory logs)
    {
        ILogger log = logs.CreateLogger("cki.herding");
        var gitLab = new GitLabClient(http, ports.Config, ports.Secrets, new GitLabRetries(ports.Clock, ports.Dice));
        var book = new PipelineBook(ports);
        var settlement = new Settlement(gitLab, book, ports, log);
        var facts = new JobFacts(gitLab, ports.Clock);
        var decisions = new JobDecisions(book, ports, log);
        var jobs = new JobDesk(facts, decisions, settlement, ports);
        var outages = new OutageDesk(gitLab, new HeldJobs(book, decisions, ports), ports, log);
        var retry = new RetryJobTask(gitLab, book, settlement, ports);
        return new StageEndpoints(
            new Dictionary<string, MessageHandler> { [QueueNames.Herd] = (message, ct) => HandleAsync(message, jobs, settlement, outages, ct) },
            new Dictionary<string, FlowTask> { ["retry-job"] = retry.RunAsync });
    }

    private static Task HandleAsync(ReceivedMessage message, JobDesk jobs, Settlement settlement, OutageDesk outages, CancellationToken cancellationToken)
    {
        CloudEvent told = CloudEvent.Parse(message.Body);
        if (told.Type == OutageLook.TypeName)
            return outages.LookAsync(message, told.Read<OutageLook>(), cancellationToken);
        return told.Type switch
        {
            MessageTypes.JobFinished => jobs.HandleAsync(message, told.Read<JobFinished>(), cancellationToken),
            MessageTypes.PipelineChanged => settlement.ChangedAsync(told.Read<PipelineChanged>(), cancellationToken),
            MessageTypes.PipelineAwaited => settlement.AwaitedAsync(told.Read<PipelineAwaited>(), cancellationToken),
            _ => throw new UnreadableMessageException($"the herd queue knows no '{told.Type}'"),
        };
    }
}
