namespace Cki;

/// <summary>Where a delivery goes.</summary>
public abstract record WebhookRoute
{
    private WebhookRoute() { }

    public sealed record ToDetect(PushReceived Message) : WebhookRoute;

    public sealed record JobToHerd(JobFinished Message) : WebhookRoute;

    public sealed record PipelineToHerd(PipelineChanged Message) : WebhookRoute;

    /// <summary>Operators must know.</summary>
    public sealed record ToOperators(NoticeRaised Message) : WebhookRoute;

    /// <summary>Archived and done.</summary>
    public sealed record Nowhere(string Reason) : WebhookRoute;
}

/// <summary>Which stage wants a delivery. Events that cannot cause an act go no further.</summary>
public static class WebhookRouting
{
    public static WebhookRoute Decide(WebhookEvent happened, string host, string source, string delivery) => happened switch
    {
        WebhookEvent.Push push => new WebhookRoute.ToDetect(
            new PushReceived(delivery, new ProjectRef(host, push.ProjectPath), push.Ref, push.Before, push.After, push.Title)),
        WebhookEvent.Job job => OfJob(job, host),
        WebhookEvent.Pipeline pipeline => OfPipeline(pipeline, host),
        WebhookEvent.NotOurs other => new WebhookRoute.Nowhere($"no stage wants events of kind {other.Kind}"),
        WebhookEvent.Unreadable bad => new WebhookRoute.ToOperators(new NoticeRaised(
            $"unreadable-delivery-{source}",
            $"A webhook delivery of source {source} cannot be read",
            $"Delivery {delivery} came with the right token, but: {bad.Reason}.\n"
            + "It is archived. Nothing was done about it; polling finds what it may have announced. Look at the hook's settings (custom payload template?).")),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    // A job that succeeded needs no decision; that its pipeline settled is told by the pipeline's own event.
    private static WebhookRoute OfJob(WebhookEvent.Job job, string host) =>
        job.Status is GitLabStatus.Failed or GitLabStatus.Canceled
            ? new WebhookRoute.JobToHerd(new JobFinished(new JobRef(new ProjectRef(host, job.ProjectPath), job.JobId), job.PipelineId, job.Name, job.Status))
            : new WebhookRoute.Nowhere($"a job in status {job.Status} causes no act");

    private static WebhookRoute OfPipeline(WebhookEvent.Pipeline pipeline, string host) =>
        GitLabStatus.IsTerminal(pipeline.Status)
            ? new WebhookRoute.PipelineToHerd(new PipelineChanged(new PipelineRef(new ProjectRef(host, pipeline.ProjectPath), pipeline.PipelineId), pipeline.Status))
            : new WebhookRoute.Nowhere($"a pipeline in status {pipeline.Status} causes no act");
}
