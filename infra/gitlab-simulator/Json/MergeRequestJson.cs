using System.Text.Json.Nodes;

namespace Cki.GitLabSimulator;

/// <summary>Merge request events.</summary>
internal static class MergeRequestJson
{
    public static JsonObject Payload(GitLabWorld world, GitLabProject project, (GitLabMergeRequest Request, string Action) what, GitLabUser user) => new()
    {
        ["object_kind"] = "merge_request", ["event_type"] = "merge_request", ["user"] = CommonJson.HookUser(user),
        ["project"] = CommonJson.HookProject(world, project), ["repository"] = CommonJson.HookRepository(world, project),
        ["object_attributes"] = With(Attributes(world, project, what.Request), what.Action),
        ["labels"] = Labels(what.Request), ["changes"] = new JsonObject(),
    };

    public static JsonObject NotePayload(GitLabWorld world, GitLabProject project, GitLabMergeRequest request, (GitLabNote Note, string Action) what) => new()
    {
        ["object_kind"] = "note", ["event_type"] = "note", ["user"] = CommonJson.HookUser(what.Note.Author), ["project_id"] = project.Id,
        ["project"] = CommonJson.HookProject(world, project), ["repository"] = CommonJson.HookRepository(world, project),
        ["object_attributes"] = new JsonObject
        {
            ["id"] = what.Note.Id, ["note"] = what.Note.Body, ["noteable_type"] = "MergeRequest", ["author_id"] = what.Note.Author.Id,
            ["created_at"] = Times.Hook(what.Note.CreatedAt), ["updated_at"] = Times.Hook(what.Note.UpdatedAt), ["project_id"] = project.Id,
            ["attachment"] = null, ["line_code"] = null, ["commit_id"] = "", ["discussion_id"] = what.Note.Discussion, ["noteable_id"] = request.Id, ["system"] = false, ["st_diff"] = null,
            ["action"] = what.Action, ["url"] = $"{CommonJson.Web(world, project)}/-/merge_requests/{request.Iid}#note_{what.Note.Id}",
        },
        ["merge_request"] = Attributes(world, project, request),
    };

    private static JsonObject Attributes(GitLabWorld world, GitLabProject project, GitLabMergeRequest request) => new()
    {
        ["id"] = request.Id, ["iid"] = request.Iid, ["target_branch"] = request.TargetBranch, ["source_branch"] = request.SourceBranch,
        ["source_project_id"] = project.Id, ["target_project_id"] = project.Id, ["title"] = request.Title, ["state"] = request.State,
        ["draft"] = request.Draft, ["work_in_progress"] = request.Draft, ["merge_status"] = "unchecked", ["labels"] = Labels(request),
        ["updated_at"] = Times.Hook(request.UpdatedAt), ["url"] = $"{CommonJson.Web(world, project)}/-/merge_requests/{request.Iid}",
        ["last_commit"] = new JsonObject { ["id"] = request.Sha },
    };

    private static JsonObject With(JsonObject attributes, string action)
    {
        attributes["action"] = action;
        return attributes;
    }

    private static JsonArray Labels(GitLabMergeRequest request) => CommonJson.Array(request.Labels.Select(label => new JsonObject { ["title"] = label, ["type"] = "ProjectLabel" }));
}
