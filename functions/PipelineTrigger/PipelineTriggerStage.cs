using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.PipelineTrigger;

/// <summary>Queue <c>trigger</c> and the tasks of the <c>test-commit</c> flow: a detected commit becomes one pipeline per attempt, and a result.</summary>
public static class PipelineTriggerStage
{
    public static StageEndpoints Compose(SuitePorts ports, HttpClient http, ILoggerFactory logs)
    {
        ILogger log = logs.CreateLogger("cki.trigger");
        var gitLab = new GitLabClient(http, ports.Config, ports.Secrets, new GitLabRetries(ports.Clock, ports.Dice));
        var recorded = new RecordedJobs(ports, log);
        var book = new RunBook(ports, recorded);
        var flows = new RunFlows(ports);
        var twins = new Twins(gitLab, book, ports, log);
        var reader = new AttemptReader(gitLab, book, recorded);
        var others = new OthersWork(gitLab);
        var desk = new TriggerDesk(
            new Commits(book, flows, ports, log),
            new Overdue(book, flows, ports, log),
            new Cancellation(new AttemptEnding(reader, twins, book, gitLab), flows, ports, log),
            new SecondThoughts(new Retesting(book, flows, ports, log), new Reconsidering(reader, book, ports, log)));
        var fallBack = new FallBackTask(reader, book, flows, new FallBackActs(gitLab, book, ports));
        return new StageEndpoints(
            new Dictionary<string, MessageHandler> { [QueueNames.Trigger] = desk.HandleAsync },
            new Dictionary<string, FlowTask>
            {
                ["start-pipeline"] = new StartPipelineTask(new PipelinePoster(new Remotes(gitLab, new GitRefs(http, ports.Clock)), book, ports, log), new StartChecks(twins, others), book, ports).RunAsync,
                ["check-pipeline"] = new CheckPipelineTask(reader, new CheckActs(twins, new ManualJobs(gitLab), others), book, ports).RunAsync,
                ["cancel-pipeline"] = new CancelPipelineTask(reader, book, gitLab).RunAsync,
                ["fall-back"] = fallBack.RunAsync,
                ["refuse-run"] = new RefuseRunTask(book).RunAsync,
            }).Watched("pipeline-trigger", ports.Clock);
    }
}

/// <summary>One dispatcher for everything that comes to the queue.</summary>
internal sealed class TriggerDesk(Commits commits, Overdue overdue, Cancellation cancellation, SecondThoughts second)
{
    public Task HandleAsync(ReceivedMessage message, CancellationToken cancellationToken)
    {
        CloudEvent told = CloudEvent.Parse(message.Body);
        return told.Type switch
        {
            MessageTypes.CommitDetected => commits.HandleAsync(message, told.Read<CommitDetected>(), cancellationToken),
            MessageTypes.RunOverdue => overdue.HandleAsync(message, told.Read<RunOverdue>(), cancellationToken),
            MessageTypes.CancelRun => cancellation.HandleAsync(message, told.Read<CancelRun>(), cancellationToken),
            MessageTypes.RetestRun => second.Retesting.HandleAsync(message, told.Read<RetestRun>(), cancellationToken),
            MessageTypes.ReconsiderRun => second.Reconsidering.HandleAsync(message, told.Read<ReconsiderRun>(), cancellationToken),
            _ => throw new UnreadableMessageException($"the trigger queue knows no '{told.Type}'"),
        };
    }
}

/// <summary>What people want of a run that has settled.</summary>
internal sealed record SecondThoughts(Retesting Retesting, Reconsidering Reconsidering);
