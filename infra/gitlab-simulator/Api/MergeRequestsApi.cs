using System.Text.Json.Nodes;

namespace Cki.GitLabSimulator;

/// <summary>Merge requests and their notes.</summary>
internal static class MergeRequestsApi
{
    public static Answer One(GitLabWorld world, ApiRequest request) => With(request, found =>
    {
        JsonObject json = Json(world, request.Project, found);
        json["diff_refs"] = new JsonObject
        {
            ["base_sha"] = found.BaseSha.Length > 0 ? found.BaseSha : null, ["head_sha"] = found.Sha, ["start_sha"] = found.BaseSha.Length > 0 ? found.BaseSha : null,
        };
        return Answer.Ok(json);
    });

    /// <summary>By state and time of the last change; oldest or newest first.</summary>
    public static Answer List(GitLabWorld world, ApiRequest request)
    {
        string state = request.Text("state") ?? "all";
        IEnumerable<GitLabMergeRequest> chosen = request.Project.MergeRequests.Where(found =>
            (state == "all" || found.State == state) && !(found.UpdatedAt <= request.Time("updated_after")) && !(found.UpdatedAt >= request.Time("updated_before")));
        GitLabMergeRequest[] ordered = request.Text("sort") == "asc" ? [.. chosen.OrderBy(found => found.Id)] : [.. chosen.OrderByDescending(found => found.Id)];
        return Paging.Page(world, request, ordered, found => Json(world, request.Project, found));
    }

    public static Answer Pipelines(GitLabWorld world, ApiRequest request) => With(request, found => Paging.Page(
        world, request, [.. request.Project.Pipelines.Where(pipeline => pipeline.MergeRequest == found).OrderByDescending(pipeline => pipeline.Id)],
        pipeline => ApiJson.PipelineBasic(world, pipeline)));

    private static JsonObject Json(GitLabWorld world, GitLabProject project, GitLabMergeRequest found) => new()
    {
        ["id"] = found.Id, ["iid"] = found.Iid, ["project_id"] = project.Id, ["title"] = found.Title, ["state"] = found.State,
        ["source_branch"] = found.SourceBranch, ["target_branch"] = found.TargetBranch, ["source_project_id"] = project.Id,
        ["target_project_id"] = project.Id, ["sha"] = found.Sha, ["draft"] = found.Draft, ["work_in_progress"] = found.Draft,
        ["labels"] = CommonJson.Strings(found.Labels), ["updated_at"] = Times.Api(found.UpdatedAt), ["merge_status"] = "can_be_merged",
        ["detailed_merge_status"] = "mergeable", ["web_url"] = $"{CommonJson.Web(world, project)}/-/merge_requests/{found.Iid}",
    };

    public static Answer Notes(GitLabWorld world, ApiRequest request) => With(request, found =>
    {
        GitLabNote[] notes = [.. found.Notes.OrderByDescending(note => note.Id)];
        if (request.Text("sort") == "asc")
            Array.Reverse(notes);
        return Paging.Page(world, request, notes, note => Json(world, found, note));
    });

    public static Answer AddNote(GitLabWorld world, ApiRequest request) => With(request, found =>
    {
        if (request.Text("body") is not { Length: > 0 } body)
            return Answer.Invalid("body is missing");
        GitLabNote note = world.AddNoteNow(request.Project, found, (request.Caller, body));
        return Answer.Created(Json(world, found, note));
    });

    /// <summary>A note that stands alone becomes a thread by its first answer; GitLab's own words take none.</summary>
    public static Answer Reply(GitLabWorld world, ApiRequest request) => With(request, found =>
    {
        string thread = request.Path["discussion"];
        if (found.Notes.FirstOrDefault(note => note.Discussion == thread) is not { } first)
            return Answer.NotFound("Discussion");
        if (first.IsSystem)
            return Answer.Refuse(400, "400 Bad request - Discussion can not be replied to.");
        if (request.Text("body") is not { Length: > 0 } body)
            return Answer.Invalid("body is missing");
        return Answer.Created(Json(world, found, world.ReplyNow(request.Project, found, thread, (request.Caller, body))));
    });

    public static Answer OneNote(GitLabWorld world, ApiRequest request) => With(request, found =>
        found.Notes.FirstOrDefault(note => note.Id == request.Number("note")) is { } note ? Answer.Ok(Json(world, found, note)) : Answer.NotFound("Note"));

    public static Answer EditNote(GitLabWorld world, ApiRequest request) => With(request, found =>
    {
        GitLabNote? note = found.Notes.FirstOrDefault(note => note.Id == request.Number("note"));
        if (note is null)
            return Answer.NotFound("Note");
        if (note.Author != request.User)
            return Answer.Forbidden();
        if (request.Text("body") is not { Length: > 0 } body)
            return Answer.Invalid("body is missing");
        note.Body = body;
        note.UpdatedAt = world.Now;
        world.AnnounceNote(request.Project, found, note, "update");
        return Answer.Ok(Json(world, found, note));
    });

    private static Answer With(ApiRequest request, Func<GitLabMergeRequest, Answer> act)
    {
        GitLabMergeRequest? found = request.Project.MergeRequests.FirstOrDefault(found => found.Iid == request.Number("iid"));
        return found is null ? Answer.Refuse(404, "404 Not found") : act(found);
    }

    private static JsonObject Json(GitLabWorld world, GitLabMergeRequest of, GitLabNote note) => new()
    {
        ["id"] = note.Id, ["type"] = note.IsReply ? "DiscussionNote" : null, ["body"] = note.Body, ["author"] = ApiJson.User(world, note.Author),
        ["created_at"] = Times.Api(note.CreatedAt), ["updated_at"] = Times.Api(note.UpdatedAt), ["system"] = note.IsSystem,
        ["noteable_id"] = of.Id, ["noteable_type"] = "MergeRequest", ["noteable_iid"] = of.Iid, ["resolvable"] = false,
        ["confidential"] = false, ["internal"] = false,
    };
}
