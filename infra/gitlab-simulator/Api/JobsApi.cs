namespace Cki.GitLabSimulator;

/// <summary>Reading jobs.</summary>
internal static class JobsApi
{
    public static Answer OfPipeline(GitLabWorld world, ApiRequest request) => PipelinesApi.With(request, pipeline =>
    {
        bool retried = request.Flag("include_retried");
        return List(world, request, pipeline.Jobs.Where(job => !job.IsBridge && (retried || !job.Superseded)));
    });

    public static Answer OfProject(GitLabWorld world, ApiRequest request) =>
        List(world, request, request.Project.Pipelines.SelectMany(pipeline => pipeline.Jobs).Where(job => !job.IsBridge));

    private static Answer List(GitLabWorld world, ApiRequest request, IEnumerable<GitLabJob> jobs)
    {
        GitLabJob[] chosen = InScope(request, jobs);
        return request.Text("pagination") == "keyset"
            ? Paging.Keyset(world, request, chosen, (job => job.Id, job => ApiJson.Job(world, job)))
            : Paging.Page(world, request, chosen, job => ApiJson.Job(world, job));
    }

    public static Answer Bridges(GitLabWorld world, ApiRequest request) => PipelinesApi.With(request, pipeline =>
        Paging.Page(world, request, InScope(request, pipeline.Latest.Where(job => job.IsBridge)), job => ApiJson.Bridge(world, job)));

    private static GitLabJob[] InScope(ApiRequest request, IEnumerable<GitLabJob> jobs)
    {
        IReadOnlyList<string> scope = request.Many("scope");
        return [.. jobs.Where(job => scope.Count == 0 || scope.Contains(job.Status)).OrderByDescending(job => job.Id)];
    }

    public static Answer One(GitLabWorld world, ApiRequest request) =>
        With(world, request, job => job.IsBridge ? Answer.Refuse(404, "404 Not found") : Answer.Ok(ApiJson.Job(world, job)));

    /// <summary>The whole raw log; 200 and nothing when there is none.</summary>
    public static Answer Trace(GitLabWorld world, ApiRequest request) =>
        With(world, request, job => new Answer(200, TraceText.At(job, world.Now), "text/plain"));

    internal static Answer With(GitLabWorld world, ApiRequest request, Func<GitLabJob, Answer> act)
    {
        GitLabJob? job = world.FindJob(request.Number("job"));
        return job is null || job.Pipeline.Project != request.Project ? Answer.Refuse(404, "404 Not found") : act(job);
    }
}
