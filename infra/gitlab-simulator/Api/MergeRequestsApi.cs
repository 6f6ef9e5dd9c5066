using System.Text.Json.Nodes;

namespace Cki.GitLabSimulator;

/// <summary>Merge requests and their notes.</summary>
internal static class MergeRequestsApi
{
    public static Answer One(GitLabWorld world, ApiRequest request) => With(request, found => Answer.Ok(new JsonObject
    {
        ["id"] = found.Id, ["iid"] = found.Iid, ["project_id"] = request.Project.Id, ["title"] = found.Title, ["state"] = found.State,
        ["source_branch"] = found.SourceBranch, ["target_branch"] = found.TargetBranch, ["source_project_id"] = request.Project.Id,
        ["target_project_id"] = request.Project.Id, ["sha"] = found.Sha, ["draft"] = false, ["merge_status"] = "can_be_merged",
        ["detailed_merge_status"] = "mergeable", ["web_url"] = $"{CommonJson.Web(world, request.Project)}/-/merge_requests/{found.Iid}",
    }));

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
        var note = new GitLabNote(world.NextId("note", 701), request.Caller, world.Now) { Body = body };
        found.Notes.Add(note);
        return Answer.Created(Json(world, found, note));
    });

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
        return Answer.Ok(Json(world, found, note));
    });

    private static Answer With(ApiRequest request, Func<GitLabMergeRequest, Answer> act)
    {
        GitLabMergeRequest? found = request.Project.MergeRequests.FirstOrDefault(found => found.Iid == request.Number("iid"));
        return found is null ? Answer.Refuse(404, "404 Not found") : act(found);
    }

    private static JsonObject Json(GitLabWorld world, GitLabMergeRequest of, GitLabNote note) => new()
    {
        ["id"] = note.Id, ["type"] = null, ["body"] = note.Body, ["author"] = ApiJson.User(world, note.Author),
        ["created_at"] = Times.Api(note.CreatedAt), ["updated_at"] = Times.Api(note.UpdatedAt), ["system"] = false,
        ["noteable_id"] = of.Id, ["noteable_type"] = "MergeRequest", ["noteable_iid"] = of.Iid, ["resolvable"] = false,
        ["confidential"] = false, ["internal"] = false,
    };
}
