using System.Text.Json.Nodes;

namespace Cki.GitLabSimulator;

/// <summary>Branches, tags and commits.</summary>
internal static class RepositoryApi
{
    public static Answer Branches(GitLabWorld world, ApiRequest request)
    {
        string? search = request.Text("search");
        KeyValuePair<string, string>[] found = [.. request.Project.Branches.Where(branch => IsFound(branch.Key, search))];
        return Paging.Page(world, request, found, branch => Branch(world, request.Project, branch.Key));
    }

    /// <summary><c>^begin</c>, <c>end$</c>, or anywhere.</summary>
    private static bool IsFound(string name, string? search) =>
        string.IsNullOrEmpty(search) ||
        (search[0] == '^' ? name.StartsWith(search[1..], StringComparison.Ordinal)
            : search[^1] == '$' ? name.EndsWith(search[..^1], StringComparison.Ordinal)
            : name.Contains(search, StringComparison.Ordinal));

    public static Answer Branch(GitLabWorld world, ApiRequest request) =>
        request.Project.Branches.ContainsKey(request.Path["branch"])
            ? Answer.Ok(Branch(world, request.Project, request.Path["branch"]))
            : Answer.NotFound("Branch");

    private static JsonObject Branch(GitLabWorld world, GitLabProject project, string name) => new()
    {
        ["name"] = name, ["commit"] = CommitOrBare(world, project, project.Branches[name]), ["merged"] = false, ["protected"] = false,
        ["developers_can_push"] = false, ["developers_can_merge"] = false, ["can_push"] = true, ["default"] = name == project.DefaultBranch,
        ["web_url"] = $"{CommonJson.Web(world, project)}/-/tree/{name}",
    };

    public static Answer Tags(GitLabWorld world, ApiRequest request) =>
        Paging.Page(world, request, request.Project.Tags.Reverse().ToArray(), tag => new JsonObject
        {
            ["name"] = tag.Key, ["message"] = "", ["target"] = tag.Value, ["commit"] = CommitOrBare(world, request.Project, tag.Value),
            ["release"] = null, ["protected"] = false, ["created_at"] = null,
        });

    public static Answer Commits(GitLabWorld world, ApiRequest request)
    {
        string reference = request.Text("ref_name") ?? request.Project.DefaultBranch;
        if (reference.Split("..") is [var from, var to])
            return Range(world, request, from, to);
        string? head = request.Project.Resolve(reference) ?? (request.Project.Commits.ContainsKey(reference) ? reference : null);
        if (head is null)
            return Answer.NotFound("Tree");
        GitLabCommit[] history = [.. FirstParents(request.Project, head)
            .Where(commit => !(commit.At < request.Time("since")) && !(commit.At > request.Time("until")))];
        // GitLab counts no totals here; offset paging is otherwise the same.
        return Paging.Page(world, request, history, commit => ApiJson.Commit(world, request.Project, commit));
    }

    /// <summary>A revision range: what the second holds and the first does not.</summary>
    private static Answer Range(GitLabWorld world, ApiRequest request, string from, string to)
    {
        if (!request.Project.Commits.ContainsKey(from) || !request.Project.Commits.ContainsKey(to))
            return Answer.NotFound("Tree");
        HashSet<string> old = [.. FirstParents(request.Project, from).Select(c => c.Sha)];
        GitLabCommit[] range = [.. FirstParents(request.Project, to).TakeWhile(c => !old.Contains(c.Sha))];
        return Paging.Page(world, request, range, commit => ApiJson.Commit(world, request.Project, commit));
    }

    /// <summary>Of two commits on one line; GitLab compares any two.</summary>
    public static Answer Compare(GitLabWorld world, ApiRequest request)
    {
        string from = request.Text("from") ?? "", to = request.Text("to") ?? "";
        if (!request.Project.Commits.ContainsKey(from) || !request.Project.Commits.ContainsKey(to))
            return Answer.NotFound("Commit");
        HashSet<string> old = [.. FirstParents(request.Project, from).Select(c => c.Sha)];
        GitLabCommit[] range = [.. FirstParents(request.Project, to).TakeWhile(c => !old.Contains(c.Sha))];
        JsonNode[] diffs = [.. range.SelectMany(c => c.Modified).Distinct().Order(StringComparer.Ordinal).Select(f => (JsonNode)new JsonObject { ["old_path"] = f, ["new_path"] = f, ["diff"] = "" })];
        return Answer.Ok(new JsonObject
        {
            ["commit"] = range.Length == 0 ? null : ApiJson.Commit(world, request.Project, range[0]),
            ["commits"] = new JsonArray([.. range.Reverse().Select(c => (JsonNode)ApiJson.Commit(world, request.Project, c))]),
            ["diffs"] = new JsonArray(diffs), ["compare_timeout"] = false, ["compare_same_ref"] = from == to,
        });
    }

    public static Answer Commit(GitLabWorld world, ApiRequest request)
    {
        string reference = request.Path["sha"];
        string sha = request.Project.Resolve(reference) ?? reference;
        if (!request.Project.Commits.TryGetValue(sha, out GitLabCommit? commit))
            return Answer.NotFound("Commit");
        JsonObject json = ApiJson.Commit(world, request.Project, commit);
        GitLabPipeline? last = request.Project.Pipelines.LastOrDefault(pipeline => pipeline.Sha == sha);
        json["stats"] = new JsonObject { ["additions"] = 1, ["deletions"] = 1, ["total"] = 2 };
        json["status"] = last?.Status;
        json["project_id"] = request.Project.Id;
        json["last_pipeline"] = last is null ? null : ApiJson.PipelineBasic(world, last);
        return Answer.Ok(json);
    }

    private static IEnumerable<GitLabCommit> FirstParents(GitLabProject project, string head)
    {
        for (string? sha = head; sha is not null && project.Commits.TryGetValue(sha, out GitLabCommit? commit); sha = commit.Parents.FirstOrDefault())
            yield return commit;
    }

    private static JsonObject CommitOrBare(GitLabWorld world, GitLabProject project, string sha) =>
        ApiJson.Commit(world, project, project.Commits.GetValueOrDefault(sha) ?? new GitLabCommit(sha, "(unknown)", world.Now));
}
