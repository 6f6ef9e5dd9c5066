namespace Cki.GitLabSimulator;

/// <summary>Retry, cancel, play, erase.</summary>
internal static class JobActsApi
{
    public static Answer Retry(GitLabWorld world, ApiRequest request) => JobsApi.With(world, request, job =>
        GitLabWorld.IsRetryable(job) ? Show(world, world.RetryJob(job, request.Caller)) : Answer.Forbidden("Job is not retryable"));

    /// <summary>Cancelling what has ended changes nothing and is answered as done.</summary>
    public static Answer Cancel(GitLabWorld world, ApiRequest request) => JobsApi.With(world, request, job =>
    {
        world.CancelJob(job);
        return Show(world, job);
    });

    public static Answer Play(GitLabWorld world, ApiRequest request) => JobsApi.With(world, request, job =>
    {
        if (job.Status is not ("manual" or "scheduled"))
            return Answer.Refuse(400, "400 Bad request - Unplayable Job");
        world.PlayJob(job, request.Caller);
        return Answer.Ok(Json(world, job));
    });

    public static Answer Erase(GitLabWorld world, ApiRequest request) => JobsApi.With(world, request, job =>
    {
        if (!job.Finished || job.ErasedAt is not null)
            return Answer.Forbidden("Job is not erasable!");
        job.ErasedAt = world.Now;
        return Show(world, job);
    });

    private static Answer Show(GitLabWorld world, GitLabJob job) => Answer.Created(Json(world, job));

    private static System.Text.Json.Nodes.JsonObject Json(GitLabWorld world, GitLabJob job) =>
        job.IsBridge ? ApiJson.Bridge(world, job) : ApiJson.Job(world, job);
}
