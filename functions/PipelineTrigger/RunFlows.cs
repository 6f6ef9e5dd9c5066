using System.Text.Json.Nodes;

namespace Cki.PipelineTrigger;

/// <summary>Executions of <c>test-commit</c>, and the due markers that watch over them.</summary>
internal sealed class RunFlows(SuitePorts ports)
{
    public const string Flow = "test-commit";

    /// <summary>First look whether a new execution is alive; Watch lets the looks grow to every 30 minutes.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromMinutes(10);

    private readonly Post _post = ports.PostFrom("pipeline-trigger");

    public Task<FlowExecution?> FindAsync(RunTask task, int redrives, CancellationToken cancellationToken) =>
        ports.Flows.DescribeAsync(Flow, RunIds.Execution(task.Run, task.Attempt, redrives), cancellationToken);

    /// <summary>Starting what was started before has no effect.</summary>
    public Task StartAsync(RunTask task, int redrives, CancellationToken cancellationToken)
    {
        var input = new JsonObject { ["runId"] = task.Run.Value, ["attempt"] = task.Attempt };
        if (Trail.Current is { } trail)
            input[TrailReading.Correlation] = trail.AnnouncedBy ?? trail.Correlation;
        return ports.Flows.StartAsync(Flow, RunIds.Execution(task.Run, task.Attempt, redrives), input.ToJsonString(), cancellationToken);
    }

    public Task WatchOverAsync(RunTask task, CancellationToken cancellationToken) =>
        ports.Due.PlaceAsync(
            _post.Marker("run", $"{task.Run}-{task.Attempt}", ports.Clock.GetUtcNow() + FirstLook, new RunOverdue(task.Run, task.Attempt)), cancellationToken);

    public Task SendAsync<T>(T message, CancellationToken cancellationToken)
        where T : class, IStageMessage<T> =>
        _post.SendAsync(message, cancellationToken);
}
