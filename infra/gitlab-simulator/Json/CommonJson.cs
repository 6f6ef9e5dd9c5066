using System.Text.Json.Nodes;

namespace Cki.GitLabSimulator;

/// <summary>Parts that several payloads share.</summary>
internal static class CommonJson
{
    public static JsonArray Array(IEnumerable<JsonNode?> items) => new([.. items]);

    public static JsonArray Strings(IEnumerable<string> items) => new([.. items.Select(item => (JsonNode)JsonValue.Create(item))]);

    public static JsonObject HookUser(GitLabUser user) => new()
    {
        ["id"] = user.Id, ["name"] = user.Name, ["username"] = user.Username,
        ["avatar_url"] = $"https://www.gravatar.com/avatar/{user.Id:x32}?s=80&d=identicon", ["email"] = "[REDACTED]",
    };

    public static JsonObject HookProject(GitLabWorld world, GitLabProject project) => new()
    {
        ["id"] = project.Id, ["name"] = project.Name, ["description"] = "", ["web_url"] = Web(world, project), ["avatar_url"] = null,
        ["git_ssh_url"] = Ssh(world, project), ["git_http_url"] = Web(world, project) + ".git", ["namespace"] = project.Namespace,
        ["visibility_level"] = project.Public ? 20 : 0, ["path_with_namespace"] = project.Path, ["default_branch"] = project.DefaultBranch,
        ["ci_config_path"] = null,
    };

    public static JsonObject HookRepository(GitLabWorld world, GitLabProject project) => new()
    {
        ["name"] = project.Name, ["url"] = Ssh(world, project), ["description"] = "", ["homepage"] = Web(world, project),
        ["git_http_url"] = Web(world, project) + ".git", ["git_ssh_url"] = Ssh(world, project), ["visibility_level"] = project.Public ? 20 : 0,
    };

    public static JsonObject? HookRunner(GitLabRunner? runner) => runner is null ? null : new()
    {
        ["id"] = runner.Id, ["description"] = runner.Description, ["runner_type"] = RunnerType(runner), ["active"] = !runner.Paused,
        ["is_shared"] = runner.OnlyProjects.Count == 0, ["tags"] = Strings(runner.Tags),
    };

    /// <summary>Where a bridge of another pipeline started this one.</summary>
    public static JsonObject? SourcePipeline(GitLabWorld world, GitLabPipeline pipeline) => pipeline.SourceBridge is not { } bridge ? null : new()
    {
        ["project"] = new JsonObject
        {
            ["id"] = bridge.Pipeline.Project.Id, ["web_url"] = Web(world, bridge.Pipeline.Project),
            ["path_with_namespace"] = bridge.Pipeline.Project.Path,
        },
        ["pipeline_id"] = bridge.Pipeline.Id, ["job_id"] = bridge.Id,
    };

    public static string RunnerType(GitLabRunner runner) => runner.OnlyProjects.Count == 0 ? "instance_type" : "project_type";

    public static string Web(GitLabWorld world, GitLabProject project) => $"{world.Settings.Url}/{project.Path}";

    public static string Web(GitLabWorld world, GitLabPipeline pipeline) => $"{Web(world, pipeline.Project)}/-/pipelines/{pipeline.Id}";

    public static string Web(GitLabWorld world, GitLabJob job) => $"{Web(world, job.Pipeline.Project)}/-/jobs/{job.Id}";

    private static string Ssh(GitLabWorld world, GitLabProject project) => $"git@{new Uri(world.Settings.Url).Host}:{project.Path}.git";
}
