using System.Text.Json.Nodes;
using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.JobHerding;

/// <summary>
/// Queue <c>herd</c> and the task of the <c>retry-job</c> flow: every job that ended badly gets one recorded decision; what is to be retried waits in a
/// flow and is looked at again before it is posted; whoever waits for a pipeline hears when it looks settled.
/// </summary>
public static class JobHerdingStage
{
    public static StageEndpoints Compose(SuitePorts ports, HttpClient http, ILoggerFactory logs)
    {
        ILogger log = logs.CreateLogger("cki.herding");
        var gitLab = new GitLabClient(http, ports.Config, ports.Secrets, new GitLabRetries(ports.Clock, ports.Dice));
        var book = new PipelineBook(ports);
        var settlement = new Settlement(gitLab, book, ports, log);
        var gate = new RetryGate(gitLab, book, ports);
        var facts = new JobFacts(gitLab, new Surroundings(book, ports.Config), new ResultFiles(gitLab, ports.Config, ports.Clock), ports.Clock);
        var parents = new Parents(gitLab, book, ports.Config);
        var judge = new JobJudge(facts, new History(parents, new Failures(parents, ports), new DemotionBook(ports)), ports.Config, log);
        var decisions = new JobDecisions(book, gate, ports, log);
        var jobs = new JobDesk(judge, decisions, settlement, ports);
        var revisits = new Revisits(gitLab, book, gate, settlement);
        var afterwards = new Afterwards(new OutageDesk(gitLab, new HeldJobs(book, decisions, ports), ports, log), new LearningDesk(ports, log), revisits, new RunnerDesk(gitLab, new RunnerBooks(ports), ports, log), new LateSuccess(gitLab, book, ports));
        var orders = new OrdersDesk(book, new Orders(gitLab, gate, decisions), ports, log);
        var retry = new RetryJobTask(gitLab, gate, settlement, ports);
        return new StageEndpoints(
            new Dictionary<string, MessageHandler> { [QueueNames.Herd] = (message, ct) => HandleAsync(message, new Desks(jobs, settlement, orders, afterwards), ct) },
            new Dictionary<string, FlowTask> { ["retry-job"] = (input, ct) => RetryAsync(retry, input, log, ct) }).Watched("job-herding", ports.Clock);
    }

    private static async Task<JsonNode?> RetryAsync(RetryJobTask retry, JsonNode? input, ILogger log, CancellationToken cancellationToken)
    {
        JsonNode? ended = await retry.RunAsync(input, cancellationToken);
        log.RetryLooked((string?)input?["name"] ?? "?", (string?)ended?["state"] ?? "?", (string?)ended?["outcome"] ?? "none yet");
        return ended;
    }

    private static Task HandleAsync(ReceivedMessage message, Desks desks, CancellationToken cancellationToken)
    {
        CloudEvent told = CloudEvent.Parse(message.Body);
        return told.Type switch
        {
            MessageTypes.JobFinished => FinishedAsync(message, told.Read<JobFinished>(), desks.Jobs, desks.Afterwards.Late, cancellationToken),
            MessageTypes.PipelineChanged => ChangedAsync(told.Read<PipelineChanged>(), desks.Settlement, desks.Afterwards.Late, cancellationToken),
            MessageTypes.PipelineAwaited => desks.Settlement.AwaitedAsync(told.Read<PipelineAwaited>(), cancellationToken),
            MessageTypes.RetryJob => desks.Orders.RetryAsync(message, told.Read<RetryJob>(), cancellationToken),
            MessageTypes.OverruleJob => desks.Orders.OverruleAsync(message, told.Read<OverruleJob>(), cancellationToken),
            MessageTypes.OutageLook => desks.Afterwards.Outages.LookAsync(message, told.Read<OutageLook>(), cancellationToken),
            MessageTypes.RevisitRetries => desks.Afterwards.Revisits.HandleAsync(told.Read<RevisitRetries>(), cancellationToken),
            MessageTypes.RunnerLook => desks.Afterwards.Runners.LookAsync(message, told.Read<RunnerLook>(), cancellationToken),
            MessageTypes.LearningDue => desks.Afterwards.Learning.FoldAsync(message, told.Read<LearningDue>(), cancellationToken),
            _ => throw new UnreadableMessageException($"the herd queue knows no '{told.Type}'"),
        };
    }

    private sealed record Desks(JobDesk Jobs, Settlement Settlement, OrdersDesk Orders, Afterwards Afterwards);

    private static async Task FinishedAsync(ReceivedMessage message, JobFinished finished, JobDesk jobs, LateSuccess late, CancellationToken cancellationToken)
    {
        await jobs.HandleAsync(message, finished, cancellationToken);
        if (finished.Status == GitLabStatus.Success)
            await late.LookAsync(new PipelineRef(finished.Job.Project, finished.PipelineId), cancellationToken);
    }

    private static async Task ChangedAsync(PipelineChanged changed, Settlement settlement, LateSuccess late, CancellationToken cancellationToken)
    {
        if (await settlement.ChangedAsync(changed, cancellationToken) is { } over)
            await late.LookAsync(over, cancellationToken);
    }

    /// <summary>What follows on decisions: outages, what is learnt, and what comes after the end.</summary>
    private sealed record Afterwards(OutageDesk Outages, LearningDesk Learning, Revisits Revisits, RunnerDesk Runners, LateSuccess Late);
}
