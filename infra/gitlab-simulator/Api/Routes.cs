namespace Cki.GitLabSimulator;

/// <summary>Every endpoint, literals before names.</summary>
internal static class Routes
{
    public static readonly Route Unknown = new("GET", "(unknown)", GitLabRole.None, (_, _) => new Answer(404, """{"error":"404 Not Found"}"""));

    private static readonly Route[] s_all =
    [
        new("GET", "/version", GitLabRole.None, MiscApi.Version),
        new("GET", "/user", GitLabRole.None, MiscApi.User),
        new("GET", "/runners/:runner", GitLabRole.None, MiscApi.OneRunner),
        new("GET", "/personal_access_tokens/self", GitLabRole.None, AccessApi.TokenItself),
        new("GET", "/runners/:runner/jobs", GitLabRole.None, MiscApi.RunnerJobs),
        new("PUT", "/runners/:runner", GitLabRole.None, MiscApi.EditRunner),
        new("GET", "/projects/:id", GitLabRole.Guest, MiscApi.Project),
        new("GET", "/projects/:id/members/all/:user", GitLabRole.Guest, AccessApi.Member),
        new("GET", "/projects/:id/protected_branches", GitLabRole.Developer, AccessApi.ProtectedBranches),
        new("GET", "/projects/:id/runners", GitLabRole.Maintainer, MiscApi.Runners),

        new("POST", "/projects/:id/pipeline", GitLabRole.Developer, PipelinesApi.Create),
        new("POST", "/projects/:id/trigger/pipeline", GitLabRole.None, PipelinesApi.Trigger) { NeedsToken = false },
        new("POST", "/projects/:id/ref/:ref/trigger/pipeline", GitLabRole.None, PipelinesApi.Trigger) { NeedsToken = false },
        new("GET", "/projects/:id/pipelines", GitLabRole.Reporter, PipelinesApi.List),
        new("GET", "/projects/:id/pipelines/latest", GitLabRole.Reporter, PipelinesApi.Latest),
        new("GET", "/projects/:id/pipelines/:pipeline", GitLabRole.Reporter, PipelinesApi.One),
        new("GET", "/projects/:id/pipelines/:pipeline/variables", GitLabRole.Developer, PipelinesApi.Variables),
        new("GET", "/projects/:id/pipelines/:pipeline/test_report", GitLabRole.Reporter, TestReportApi.Report),
        new("GET", "/projects/:id/pipelines/:pipeline/jobs", GitLabRole.Reporter, JobsApi.OfPipeline),
        new("GET", "/projects/:id/pipelines/:pipeline/bridges", GitLabRole.Reporter, JobsApi.Bridges),
        new("POST", "/projects/:id/pipelines/:pipeline/retry", GitLabRole.Developer, PipelinesApi.Retry),
        new("POST", "/projects/:id/pipelines/:pipeline/cancel", GitLabRole.Developer, PipelinesApi.Cancel),

        new("GET", "/projects/:id/jobs", GitLabRole.Reporter, JobsApi.OfProject),
        new("GET", "/projects/:id/jobs/:job", GitLabRole.Reporter, JobsApi.One),
        new("GET", "/projects/:id/jobs/:job/trace", GitLabRole.Reporter, JobsApi.Trace),
        new("POST", "/projects/:id/jobs/:job/retry", GitLabRole.Developer, JobActsApi.Retry),
        new("POST", "/projects/:id/jobs/:job/cancel", GitLabRole.Developer, JobActsApi.Cancel),
        new("POST", "/projects/:id/jobs/:job/play", GitLabRole.Developer, JobActsApi.Play),
        new("POST", "/projects/:id/jobs/:job/erase", GitLabRole.Developer, JobActsApi.Erase),
        new("GET", "/projects/:id/jobs/:job/artifacts", GitLabRole.Reporter, ArtifactsApi.Archive),
        new("GET", "/projects/:id/jobs/:job/artifacts/*path", GitLabRole.Reporter, ArtifactsApi.File),

        new("POST", "/projects/:id/statuses/:sha", GitLabRole.Developer, StatusesApi.Set),
        new("GET", "/projects/:id/repository/commits/:sha/statuses", GitLabRole.Reporter, StatusesApi.List),
        new("GET", "/projects/:id/repository/branches", GitLabRole.Reporter, RepositoryApi.Branches),
        new("GET", "/projects/:id/repository/branches/:branch", GitLabRole.Reporter, RepositoryApi.Branch),
        new("GET", "/projects/:id/repository/compare", GitLabRole.Reporter, RepositoryApi.Compare),
        new("GET", "/projects/:id/repository/commits", GitLabRole.Reporter, RepositoryApi.Commits),
        new("GET", "/projects/:id/repository/commits/:sha", GitLabRole.Reporter, RepositoryApi.Commit),
        new("GET", "/projects/:id/repository/tags", GitLabRole.Reporter, RepositoryApi.Tags),

        new("GET", "/projects/:id/merge_requests", GitLabRole.Reporter, MergeRequestsApi.List),
        new("GET", "/projects/:id/merge_requests/:iid/pipelines", GitLabRole.Reporter, MergeRequestsApi.Pipelines),
        new("GET", "/projects/:id/merge_requests/:iid", GitLabRole.Reporter, MergeRequestsApi.One),
        new("GET", "/projects/:id/merge_requests/:iid/notes", GitLabRole.Reporter, MergeRequestsApi.Notes),
        new("POST", "/projects/:id/merge_requests/:iid/notes", GitLabRole.Reporter, MergeRequestsApi.AddNote),
        new("POST", "/projects/:id/merge_requests/:iid/discussions/:discussion/notes", GitLabRole.Reporter, MergeRequestsApi.Reply),
        new("GET", "/projects/:id/merge_requests/:iid/notes/:note", GitLabRole.Reporter, MergeRequestsApi.OneNote),
        new("PUT", "/projects/:id/merge_requests/:iid/notes/:note", GitLabRole.Reporter, MergeRequestsApi.EditNote),

        new("GET", "/projects/:id/hooks", GitLabRole.Maintainer, HooksApi.List),
        new("POST", "/projects/:id/hooks", GitLabRole.Maintainer, HooksApi.Create),
        new("GET", "/projects/:id/hooks/:hook", GitLabRole.Maintainer, HooksApi.One),
        new("PUT", "/projects/:id/hooks/:hook", GitLabRole.Maintainer, HooksApi.Edit),
        new("DELETE", "/projects/:id/hooks/:hook", GitLabRole.Maintainer, HooksApi.Delete),
        new("POST", "/projects/:id/hooks/:hook/test/:trigger", GitLabRole.Maintainer, HooksApi.Test),
        new("GET", "/projects/:id/hooks/:hook/events", GitLabRole.Maintainer, HooksApi.Events),
        new("POST", "/projects/:id/hooks/:hook/events/:event/resend", GitLabRole.Maintainer, HooksApi.Resend),
    ];

    /// <summary>As faults name a route: <c>POST /projects/:id/jobs/:job/retry</c>.</summary>
    public static bool Knows(string name) => s_all.Any(route => route.Name == name);

    public static Route Find(ApiRequest request)
    {
        const string prefix = "/api/v4/";
        string path = request.Uri.AbsolutePath;
        if (!path.StartsWith(prefix, StringComparison.Ordinal))
            return Unknown;
        string[] segments = path[prefix.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        return s_all.FirstOrDefault(route => route.Matches(request.Method, segments, request.Path)) ?? Unknown;
    }
}
