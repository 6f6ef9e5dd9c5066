using System.Text.Json.Nodes;

namespace Cki.GitLabSimulator;

/// <summary>Entities as the REST API shows them.</summary>
internal static class ApiJson
{
    public static JsonObject User(GitLabWorld world, GitLabUser user) => new()
    {
        ["id"] = user.Id, ["username"] = user.Username, ["name"] = user.Name, ["state"] = user.Blocked ? "blocked" : "active", ["locked"] = false,
        ["avatar_url"] = $"https://www.gravatar.com/avatar/{user.Id:x32}?s=80&d=identicon", ["web_url"] = $"{world.Settings.Url}/{user.Username}",
    };

    public static JsonObject PipelineBasic(GitLabWorld world, GitLabPipeline pipeline) => new()
    {
        ["id"] = pipeline.Id, ["iid"] = pipeline.Iid, ["project_id"] = pipeline.Project.Id, ["sha"] = pipeline.Sha, ["ref"] = pipeline.Ref,
        ["status"] = pipeline.Status, ["source"] = pipeline.Source, ["created_at"] = Times.Api(pipeline.CreatedAt),
        ["updated_at"] = Times.Api(pipeline.UpdatedAt), ["web_url"] = CommonJson.Web(world, pipeline), ["name"] = pipeline.Script.Name,
    };

    public static JsonObject Pipeline(GitLabWorld world, GitLabPipeline pipeline)
    {
        JsonObject json = PipelineBasic(world, pipeline);
        json["before_sha"] = pipeline.BeforeSha;
        json["tag"] = pipeline.Tag;
        json["yaml_errors"] = null;
        json["user"] = User(world, pipeline.User);
        json["started_at"] = Times.Api(pipeline.StartedAt);
        json["finished_at"] = Times.Api(pipeline.FinishedAt);
        json["committed_at"] = null;
        json["duration"] = Times.Seconds(pipeline.StartedAt, pipeline.FinishedAt) is { } duration ? (long)duration : null;
        json["queued_duration"] = Times.Seconds(pipeline.CreatedAt, pipeline.StartedAt) is { } queued ? (long)queued : null;
        json["coverage"] = null;
        json["detailed_status"] = DetailedStatus(world, pipeline);
        return json;
    }

    private static JsonObject DetailedStatus(GitLabWorld world, GitLabPipeline pipeline)
    {
        string text = HookJson.Detailed(pipeline);
        return new JsonObject
        {
            ["icon"] = "status_" + pipeline.Status, ["text"] = text, ["label"] = text,
            ["group"] = pipeline is { Status: "success", Warned: true } ? "success-with-warnings" : pipeline.Status, ["tooltip"] = text,
            ["has_details"] = true, ["details_path"] = new Uri(CommonJson.Web(world, pipeline)).AbsolutePath, ["illustration"] = null,
            ["favicon"] = $"/assets/ci_favicons/favicon_status_{pipeline.Status}.png",
        };
    }

    private static JsonObject JobBasic(GitLabWorld world, GitLabJob job) => new()
    {
        ["id"] = job.Id, ["status"] = job.Status, ["stage"] = job.Stage, ["name"] = job.Name, ["ref"] = job.Pipeline.Ref, ["tag"] = job.Pipeline.Tag,
        ["coverage"] = null, ["allow_failure"] = job.Script.AllowFailure, ["created_at"] = Times.Api(job.CreatedAt),
        ["started_at"] = Times.Api(job.StartedAt), ["finished_at"] = Times.Api(job.FinishedAt), ["erased_at"] = Times.Api(job.ErasedAt),
        ["duration"] = Times.Seconds(job.StartedAt, job.FinishedAt ?? (job.StartedAt is null ? null : world.Now)),
        ["queued_duration"] = Times.Seconds(job.QueuedAt, job.StartedAt), ["user"] = User(world, job.User),
        ["commit"] = Commit(world, job.Pipeline.Project, world.CommitOf(job.Pipeline)), ["pipeline"] = PipelineBasic(world, job.Pipeline),
        ["web_url"] = CommonJson.Web(world, job), ["project"] = new JsonObject { ["ci_job_token_scope_enabled"] = false },
    };

    public static JsonObject Job(GitLabWorld world, GitLabJob job)
    {
        JsonObject json = JobBasic(world, job);
        if (job.FailureReason is not null)
            json["failure_reason"] = job.FailureReason;
        json["artifacts"] = Artifacts(world, job);
        json["runner"] = job.Runner is null ? null : Runner(job.Runner);
        json["runner_manager"] = null;
        json["artifacts_expire_at"] = Times.Api(ArtifactsApi.ExpireAt(job));
        json["archived"] = false;
        json["tag_list"] = CommonJson.Strings(job.Script.Tags);
        return json;
    }

    private static JsonArray Artifacts(GitLabWorld world, GitLabJob job)
    {
        var list = new JsonArray();
        if (job.Finished && job.ErasedAt is null && job.StartedAt is not null)
            list.Add((JsonNode)new JsonObject { ["file_type"] = "trace", ["size"] = 4096, ["filename"] = "job.log", ["file_format"] = null });
        if (job.Finished && job.Attempt is { Tests.Count: > 0 })
            list.Add((JsonNode)new JsonObject { ["file_type"] = "junit", ["size"] = 512, ["filename"] = "junit.xml.gz", ["file_format"] = "gzip" });
        if (HookJson.HasArtifacts(job) && !(ArtifactsApi.ExpireAt(job) <= world.Now))
            list.Add((JsonNode)new JsonObject { ["file_type"] = "archive", ["size"] = 1024, ["filename"] = "artifacts.zip", ["file_format"] = "zip" });
        return list;
    }

    public static JsonObject Bridge(GitLabWorld world, GitLabJob bridge)
    {
        JsonObject json = JobBasic(world, bridge);
        if (bridge.FailureReason is not null)
            json["failure_reason"] = bridge.FailureReason;
        json["downstream_pipeline"] = bridge.Downstream is null ? null : PipelineBasic(world, bridge.Downstream);
        return json;
    }

    public static JsonObject Runner(GitLabRunner runner) => new()
    {
        ["id"] = runner.Id, ["description"] = runner.Description, ["ip_address"] = null, ["active"] = !runner.Paused, ["paused"] = runner.Paused,
        ["is_shared"] = runner.OnlyProjects.Count == 0, ["runner_type"] = CommonJson.RunnerType(runner), ["name"] = "gitlab-runner",
        ["online"] = true, ["status"] = "online",
    };

    public static JsonObject Commit(GitLabWorld world, GitLabProject project, GitLabCommit commit) => new()
    {
        ["id"] = commit.Sha, ["short_id"] = commit.Sha[..8], ["created_at"] = Times.Commit(commit.At), ["parent_ids"] = CommonJson.Strings(commit.Parents),
        ["title"] = commit.Title, ["message"] = commit.Message, ["author_name"] = commit.AuthorName, ["author_email"] = commit.AuthorEmail,
        ["authored_date"] = Times.Commit(commit.At), ["committer_name"] = commit.AuthorName, ["committer_email"] = commit.AuthorEmail,
        ["committed_date"] = Times.Commit(commit.At), ["trailers"] = new JsonObject(), ["extended_trailers"] = new JsonObject(),
        ["web_url"] = $"{CommonJson.Web(world, project)}/-/commit/{commit.Sha}",
    };
}
