using System.Text.Json.Nodes;

namespace Cki.GitLabSimulator;

/// <summary>Merge request events.</summary>
internal static class MergeRequestJson
{
    public static JsonObject Payload(GitLabWorld world, GitLabProject project, (GitLabMergeRequest Request, string Action) what, GitLabUser user) => new()
    {
        ["object_kind"] = "merge_request", ["event_type"] = "merge_request", ["user"] = CommonJson.HookUser(user),
        ["project"] = CommonJson.HookProject(world, project), ["repository"] = CommonJson.HookRepository(world, project),
        ["object_attributes"] = Attributes(world, project, what.Request, what.Action),
        ["labels"] = Labels(what.Request), ["changes"] = new JsonObject(),
    };

    private static JsonObject Attributes(GitLabWorld world, GitLabProject project, GitLabMergeRequest request, string action) => new()
    {
        ["id"] = request.Id, ["iid"] = request.Iid, ["target_branch"] = request.TargetBranch, ["source_branch"] = request.SourceBranch,
        ["source_project_id"] = project.Id, ["target_project_id"] = project.Id, ["title"] = request.Title, ["state"] = request.State,
        ["draft"] = request.Draft, ["work_in_progress"] = request.Draft, ["merge_status"] = "unchecked", ["labels"] = Labels(request),
        ["updated_at"] = Times.Hook(request.UpdatedAt), ["url"] = $"{CommonJson.Web(world, project)}/-/merge_requests/{request.Iid}",
        ["last_commit"] = new JsonObject { ["id"] = request.Sha }, ["action"] = action,
    };

    private static JsonArray Labels(GitLabMergeRequest request) => CommonJson.Array(request.Labels.Select(label => new JsonObject { ["title"] = label, ["type"] = "ProjectLabel" }));
}
