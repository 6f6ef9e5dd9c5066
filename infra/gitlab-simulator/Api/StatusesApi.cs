using System.Text.Json.Nodes;

namespace Cki.GitLabSimulator;

/// <summary>Commit statuses set from outside.</summary>
internal static class StatusesApi
{
    private static readonly string[] s_states = ["pending", "running", "success", "failed", "canceled", "skipped"];

    public static Answer Set(GitLabWorld world, ApiRequest request)
    {
        string sha = request.Path["sha"];
        string? state = request.Text("state") ?? request.Text("status");
        if (state is null)
            return Answer.Invalid("state is missing");
        if (!s_states.Contains(state))
            return Answer.Invalid("state does not have a valid value");
        if (!request.Project.Commits.ContainsKey(sha))
            return Answer.NotFound("Commit");
        GitLabCommitStatus status = FindOrAdd(world, request, sha);
        if (status.State == state)
            return Answer.Refuse(400, $"Cannot transition status via :{Event(state)} from :{state} (Reason(s): Status cannot transition via \"{Event(state)}\")");
        Apply(status, request, state);
        return Answer.Created(Json(world, status));
    }

    private static GitLabCommitStatus FindOrAdd(GitLabWorld world, ApiRequest request, string sha)
    {
        string name = request.Text("name") ?? request.Text("context") ?? "default";
        string? reference = request.Text("ref");
        GitLabCommitStatus? known = request.Project.Statuses.LastOrDefault(status =>
            status.Sha == sha && status.Name == name && (reference is null || status.Ref == reference));
        // A finished status does not start again: GitLab makes a new one, which supersedes it.
        if (known is not null && !(Statuses.IsFinished(known.State) && request.Text("state") is "pending" or "running"))
            return known;
        var made = new GitLabCommitStatus(world.NextId("job", 20001), request.Project, sha, name)
        {
            CreatedAt = world.Now, Author = request.Caller, Ref = reference ?? request.Project.DefaultBranch,
        };
        request.Project.Statuses.Add(made);
        world.StatusLog.Add(made);
        return made;
    }

    private static void Apply(GitLabCommitStatus status, ApiRequest request, string state)
    {
        status.State = state;
        status.History.Add(state);
        status.TargetUrl = request.Text("target_url") ?? status.TargetUrl;
        status.Description = request.Text("description") ?? status.Description;
        status.PipelineId = long.TryParse(request.Text("pipeline_id"), out long id) ? id : status.PipelineId;
    }

    private static string Event(string state) => state switch
    {
        "pending" => "enqueue",
        "running" => "run",
        "success" => "success",
        "failed" => "drop",
        "canceled" => "cancel",
        _ => "skip",
    };

    public static Answer List(GitLabWorld world, ApiRequest request)
    {
        bool all = request.Flag("all");
        GitLabCommitStatus[] statuses = [.. request.Project.Statuses
            .Where(status => status.Sha == request.Path["sha"] && Is(request.Text("ref"), status.Ref) && Is(request.Text("name"), status.Name))
            .GroupBy(status => (status.Name, status.Ref)).SelectMany(same => all ? same : same.TakeLast(1)).OrderBy(status => status.Id)];
        if (request.Text("sort") == "desc")
            Array.Reverse(statuses);
        return Paging.Page(world, request, statuses, status => Json(world, status));
    }

    private static bool Is(string? wanted, string? actual) => wanted is null || wanted == actual;

    private static JsonObject Json(GitLabWorld world, GitLabCommitStatus status) => new()
    {
        ["id"] = status.Id, ["sha"] = status.Sha, ["ref"] = status.Ref, ["status"] = status.State, ["name"] = status.Name,
        ["target_url"] = status.TargetUrl, ["description"] = status.Description, ["created_at"] = Times.Api(status.CreatedAt),
        ["started_at"] = null, ["finished_at"] = null, ["allow_failure"] = false, ["coverage"] = null, ["pipeline_id"] = status.PipelineId,
        ["author"] = status.Author is null ? null : ApiJson.User(world, status.Author),
    };
}
