using System.Text.Json.Nodes;

namespace Cki.GitLabSimulator;

/// <summary>The instance, the caller, the project, its runners.</summary>
internal static class MiscApi
{
    public static Answer Version(GitLabWorld world, ApiRequest request) =>
        Answer.Ok(new JsonObject { ["version"] = world.Settings.Version, ["revision"] = "5c1d0a7e0b2", ["enterprise"] = true });

    public static Answer User(GitLabWorld world, ApiRequest request)
    {
        JsonObject json = ApiJson.User(world, request.Caller);
        json["email"] = request.Caller.Email;
        return Answer.Ok(json);
    }

    public static Answer Project(GitLabWorld world, ApiRequest request)
    {
        GitLabProject project = request.Project;
        var json = new JsonObject
        {
            ["id"] = project.Id, ["name"] = project.Name, ["path"] = project.Name, ["path_with_namespace"] = project.Path,
            ["default_branch"] = project.DefaultBranch, ["visibility"] = project.Public ? "public" : "private", ["archived"] = false,
            ["web_url"] = CommonJson.Web(world, project), ["http_url_to_repo"] = CommonJson.Web(world, project) + ".git",
            ["namespace"] = new JsonObject { ["full_path"] = project.Namespace }, ["jobs_enabled"] = true,
        };
        // As in GitLab, settings are for those who may change them.
        if (request.User is { } user && project.Members.GetValueOrDefault(user.Id) >= GitLabRole.Maintainer)
            json["ci_pipeline_variables_minimum_override_role"] = project.VariablesAllowed ? "developer" : "no_one_allowed";
        return Answer.Ok(json);
    }

    public static Answer Runners(GitLabWorld world, ApiRequest request) => Paging.Page(world, request,
        [.. world.Runners.Where(runner => runner.OnlyProjects.Count == 0 || runner.OnlyProjects.Contains(request.Project.Path)).OrderByDescending(runner => runner.Id)],
        ApiJson.Runner);

    /// <summary>Pausing keeps a runner from new jobs; those it has go on. Maintainers of any of its projects may.</summary>
    public static Answer EditRunner(GitLabWorld world, ApiRequest request)
    {
        GitLabRunner? runner = world.Runners.FirstOrDefault(runner => runner.Id == request.Number("runner"));
        if (runner is null)
            return Answer.NotFound("Runner");
        if (!world.Maintains(request.Caller, runner))
            return Answer.Forbidden("No access granted");
        world.Pause(runner, request.MaybeFlag("paused") ?? runner.Paused);
        return Answer.Ok(Whole(runner));
    }

    /// <summary>What it ran, newest first.</summary>
    public static Answer RunnerJobs(GitLabWorld world, ApiRequest request)
    {
        GitLabRunner? runner = world.Runners.FirstOrDefault(runner => runner.Id == request.Number("runner"));
        if (runner is null)
            return Answer.NotFound("Runner");
        if (!world.Maintains(request.Caller, runner))
            return Answer.Forbidden("No access granted");
        return Paging.Page(world, request, [.. world.Jobs.Where(job => job.Runner == runner).OrderByDescending(job => job.Id)], job => ApiJson.Job(world, job));
    }

    /// <summary>Tags are shown of one runner at a time.</summary>
    public static Answer OneRunner(GitLabWorld world, ApiRequest request)
    {
        GitLabRunner? runner = world.Runners.FirstOrDefault(runner => runner.Id == request.Number("runner"));
        if (runner is null)
            return Answer.NotFound("Runner");
        return world.Maintains(request.Caller, runner) ? Answer.Ok(Whole(runner)) : Answer.Forbidden("No access granted");
    }

    private static JsonObject Whole(GitLabRunner runner)
    {
        JsonObject json = ApiJson.Runner(runner);
        json["tag_list"] = CommonJson.Strings(runner.Tags);
        json["run_untagged"] = runner.RunUntagged;
        return json;
    }
}
