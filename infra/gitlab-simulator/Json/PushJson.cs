using System.Text.Json.Nodes;

namespace Cki.GitLabSimulator;

/// <summary>Push and tag push events.</summary>
internal static class PushJson
{
    /// <summary>GitLab lists the newest commits only; their true number is in total_commits_count.</summary>
    private const int CommitsListedMax = 20;

    public static JsonObject Payload(GitLabWorld world, GitLabProject project, RefUpdate update, string before, GitLabUser user)
    {
        bool isTag = update.Ref.StartsWith("refs/tags/", StringComparison.Ordinal);
        string kind = isTag ? "tag_push" : "push";
        return new JsonObject
        {
            ["object_kind"] = kind, ["event_name"] = kind, ["before"] = before, ["after"] = update.After ?? GitLabWorld.NoSha,
            ["ref"] = (isTag ? "refs/tags/" : "refs/heads/") + GitLabProject.Short(update.Ref), ["ref_protected"] = false,
            ["checkout_sha"] = update.After, ["message"] = null, ["user_id"] = user.Id, ["user_name"] = user.Name,
            ["user_username"] = user.Username, ["user_email"] = "", ["user_avatar"] = $"https://www.gravatar.com/avatar/{user.Id:x32}?s=80&d=identicon",
            ["project_id"] = project.Id, ["project"] = PushProject(world, project),
            ["commits"] = CommonJson.Array(update.Commits.TakeLast(CommitsListedMax).Select(commit => Commit(world, project, commit))),
            ["total_commits_count"] = update.Commits.Count, ["push_options"] = new JsonObject(),
            ["repository"] = CommonJson.HookRepository(world, project),
        };
    }

    /// <summary>Push events repeat some of the project's addresses under older names.</summary>
    private static JsonObject PushProject(GitLabWorld world, GitLabProject project)
    {
        JsonObject json = CommonJson.HookProject(world, project);
        string ssh = (string)json["git_ssh_url"]!;
        json["homepage"] = CommonJson.Web(world, project);
        json["url"] = ssh;
        json["ssh_url"] = ssh;
        json["http_url"] = CommonJson.Web(world, project) + ".git";
        return json;
    }

    private static JsonObject Commit(GitLabWorld world, GitLabProject project, GitLabCommit commit) => new()
    {
        ["id"] = commit.Sha, ["message"] = commit.Message, ["title"] = commit.Title, ["timestamp"] = Times.Commit(commit.At),
        ["url"] = $"{CommonJson.Web(world, project)}/-/commit/{commit.Sha}",
        ["author"] = new JsonObject { ["name"] = commit.AuthorName, ["email"] = commit.AuthorEmail },
        ["added"] = new JsonArray(), ["modified"] = CommonJson.Strings(commit.Modified), ["removed"] = new JsonArray(),
    };
}
