using System.Text;
using System.Text.Json.Nodes;

namespace Cki.Adapters;

/// <summary>A comment on a merge request.</summary>
/// <param name="Body">Markdown, as it was written.</param>
public sealed record GitLabNote(long Id, string Author, long AuthorId, string Body, DateTimeOffset CreatedAt)
{
    /// <summary>Written by GitLab itself: who changed what.</summary>
    public bool IsSystem { get; init; }
}

public sealed partial class GitLabClient
{
    /// <summary>Null: no such note, or not for our eyes (404).</summary>
    public async Task<GitLabNote?> GetNoteAsync(MergeRequestRef request, long note, CancellationToken cancellationToken)
    {
        JsonObject? found = await GetAsync(request.Project, $"/merge_requests/{request.Iid}/notes/{note}", GitLabJson.Default.JsonObject, cancellationToken);
        return found is null ? null : Note(found);
    }

    /// <summary>All pages, ascending id. A missing merge request is <see cref="GitLabRefusedException"/> with status 404.</summary>
    public async Task<IReadOnlyList<GitLabNote>> ListNotesAsync(MergeRequestRef request, CancellationToken cancellationToken)
    {
        List<JsonObject> found = await ListAsync(
            request.Project, $"/merge_requests/{request.Iid}/notes?sort=asc&order_by=created_at&per_page=100", GitLabJson.Default.JsonObjectArray, cancellationToken);
        return [.. found.Select(Note).DistinctBy(n => n.Id).OrderBy(n => n.Id)];
    }

    /// <summary>Sent once: after <see cref="GitLabUnavailableException"/> look before writing again.</summary>
    public async Task<GitLabNote> CreateNoteAsync(MergeRequestRef request, string body, CancellationToken cancellationToken)
    {
        GitLabCall call = Call(HttpMethod.Post, request.Project, $"/merge_requests/{request.Iid}/notes");
        return Note((await PostAsync(call, new JsonObject { ["body"] = body }, cancellationToken)).Read(call, GitLabJson.Default.JsonObject));
    }

    /// <summary>
    /// Answers in a thread; a note that stands alone becomes one by it. Sent once, as <see cref="CreateNoteAsync"/>. Null: the thread is gone, or takes no
    /// answers (GitLab's own words).
    /// </summary>
    /// <param name="discussion">The thread's id: 40 hexadecimal digits.</param>
    public async Task<GitLabNote?> ReplyAsync(MergeRequestRef request, string discussion, string body, CancellationToken cancellationToken)
    {
        GitLabCall call = Call(HttpMethod.Post, request.Project, $"/merge_requests/{request.Iid}/discussions/{discussion}/notes");
        GitLabAnswer answer = await PostAsync(call, new JsonObject { ["body"] = body }, cancellationToken);
        return answer.Status is 400 or 404 ? null : Note(answer.Read(call, GitLabJson.Default.JsonObject));
    }

    /// <summary>False: the note is gone. Doing it twice does no harm.</summary>
    public async Task<bool> EditNoteAsync(MergeRequestRef request, long note, string body, CancellationToken cancellationToken)
    {
        GitLabCall call = Call(HttpMethod.Put, request.Project, $"/merge_requests/{request.Iid}/notes/{note}");
        byte[] json = Encoding.UTF8.GetBytes(new JsonObject { ["body"] = body }.ToJsonString());
        GitLabAnswer answer = await _wire.AskAsync(call with { Body = json }, cancellationToken);
        return answer.IsSuccess || (answer.Status == 404 ? false : throw answer.Refusal(call));
    }

    /// <summary>A user's access level in a project, inherited levels included; 0 for whoever is no member, or is blocked.</summary>
    public async Task<int> GetAccessLevelAsync(ProjectRef project, long userId, CancellationToken cancellationToken)
    {
        JsonObject? member = await GetAsync(project, $"/members/all/{userId}", GitLabJson.Default.JsonObject, cancellationToken);
        bool isActive = member is not null && (Field(member, "state", v => v.GetValue<string>()) ?? "active") == "active";
        return isActive ? Field(member!, "access_level", v => v.GetValue<int>()) : 0;
    }

    private static GitLabNote Note(JsonObject json)
    {
        JsonObject author = json["author"] as JsonObject ?? [];
        return new GitLabNote(
            Field(json, "id", v => v.GetValue<long>()),
            Field(author, "username", v => v.GetValue<string>()) ?? "",
            Field(author, "id", v => v.GetValue<long>()),
            Field(json, "body", v => v.GetValue<string>()) ?? "",
            GitLabTime.TryParse(Field(json, "created_at", v => v.GetValue<string>()), out DateTimeOffset at) ? at : default)
        {
            IsSystem = IsTrue(json["system"]),
        };
    }
}
