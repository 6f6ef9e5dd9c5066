using System.Text.Json.Nodes;

namespace Cki.GitLabSimulator;

/// <summary>Pipeline, job and note events.</summary>
internal static class HookJson
{
    public static JsonObject Pipeline(GitLabWorld world, GitLabPipeline pipeline)
    {
        var json = new JsonObject
        {
            ["object_kind"] = "pipeline", ["object_attributes"] = Attributes(world, pipeline),
            ["merge_request"] = MergeRequest(world, pipeline), ["user"] = CommonJson.HookUser(pipeline.User),
            ["project"] = CommonJson.HookProject(world, pipeline.Project), ["commit"] = Commit(world, pipeline),
            // Superseded tries are left out; the API's include_retried shows them.
            ["builds"] = CommonJson.Array(pipeline.Latest.Where(job => !job.IsBridge).OrderByDescending(job => job.Id).Select(Build)),
        };
        if (CommonJson.SourcePipeline(world, pipeline) is { } source)
            json["source_pipeline"] = source;
        return json;
    }

    private static JsonObject Attributes(GitLabWorld world, GitLabPipeline pipeline) => new()
    {
        ["id"] = pipeline.Id, ["iid"] = pipeline.Iid, ["name"] = pipeline.Script.Name, ["ref"] = pipeline.Ref, ["tag"] = pipeline.Tag,
        ["sha"] = pipeline.Sha, ["before_sha"] = pipeline.BeforeSha, ["source"] = pipeline.Source, ["status"] = pipeline.Status,
        ["detailed_status"] = Detailed(pipeline), ["stages"] = CommonJson.Strings(pipeline.Script.Stages),
        ["created_at"] = Times.Hook(pipeline.CreatedAt), ["finished_at"] = Times.Hook(pipeline.FinishedAt),
        ["duration"] = Whole(Times.Seconds(pipeline.StartedAt, pipeline.FinishedAt)),
        ["queued_duration"] = Whole(Times.Seconds(pipeline.CreatedAt, pipeline.StartedAt)),
        ["variables"] = CommonJson.Array(pipeline.Variables.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => new JsonObject { ["key"] = pair.Key, ["value"] = pair.Value })),
        ["url"] = CommonJson.Web(world, pipeline),
    };

    public static string Detailed(GitLabPipeline pipeline) => pipeline.Status switch
    {
        "success" when pipeline.Warned => "passed with warnings",
        "success" => "passed",
        "manual" => "blocked",
        _ => pipeline.Status,
    };

    private static JsonObject? MergeRequest(GitLabWorld world, GitLabPipeline pipeline) => pipeline.MergeRequest is not { } request ? null : new()
    {
        ["id"] = request.Id, ["iid"] = request.Iid, ["title"] = request.Title, ["source_branch"] = request.SourceBranch,
        ["source_project_id"] = pipeline.Project.Id, ["target_branch"] = request.TargetBranch, ["target_project_id"] = pipeline.Project.Id,
        ["state"] = request.State, ["merge_status"] = "can_be_merged", ["detailed_merge_status"] = "mergeable",
        ["url"] = $"{CommonJson.Web(world, pipeline.Project)}/-/merge_requests/{request.Iid}",
    };

    private static JsonObject Commit(GitLabWorld world, GitLabPipeline pipeline)
    {
        GitLabCommit commit = world.CommitOf(pipeline);
        return new JsonObject
        {
            ["id"] = commit.Sha, ["message"] = commit.Message, ["title"] = commit.Title, ["timestamp"] = Times.Commit(commit.At),
            ["url"] = $"{CommonJson.Web(world, pipeline.Project)}/-/commit/{commit.Sha}",
            ["author"] = new JsonObject { ["name"] = commit.AuthorName, ["email"] = commit.AuthorEmail },
        };
    }

    private static JsonObject Build(GitLabJob job) => new()
    {
        ["id"] = job.Id, ["stage"] = job.Stage, ["name"] = job.Name, ["status"] = job.Status, ["created_at"] = Times.Hook(job.CreatedAt),
        ["started_at"] = Times.Hook(job.StartedAt), ["finished_at"] = Times.Hook(job.FinishedAt),
        ["duration"] = Times.Seconds(job.StartedAt, job.FinishedAt), ["queued_duration"] = Times.Seconds(job.QueuedAt, job.StartedAt),
        ["failure_reason"] = job.FailureReason, ["when"] = job.Script.When, ["manual"] = job.Script.When == "manual",
        ["allow_failure"] = job.Script.AllowFailure, ["user"] = CommonJson.HookUser(job.User), ["runner"] = CommonJson.HookRunner(job.Runner),
        ["artifacts_file"] = new JsonObject { ["filename"] = HasArtifacts(job) ? "artifacts.zip" : null, ["size"] = HasArtifacts(job) ? 1024 : null },
        ["environment"] = null,
    };

    public static bool HasArtifacts(GitLabJob job) => job is { Finished: true, ErasedAt: null, Attempt.Artifacts.Count: > 0 };

    public static JsonObject Job(GitLabWorld world, GitLabJob job)
    {
        GitLabPipeline pipeline = job.Pipeline;
        var json = new JsonObject
        {
            ["object_kind"] = "build", ["ref"] = pipeline.Ref, ["tag"] = pipeline.Tag, ["before_sha"] = pipeline.BeforeSha,
            ["sha"] = pipeline.Sha, ["build_id"] = job.Id, ["build_name"] = job.Name, ["build_stage"] = job.Stage, ["build_status"] = job.Status,
            ["build_created_at"] = Times.Hook(job.CreatedAt), ["build_started_at"] = Times.Hook(job.StartedAt),
            ["build_finished_at"] = Times.Hook(job.FinishedAt), ["build_duration"] = Times.Seconds(job.StartedAt, job.FinishedAt),
            ["build_queued_duration"] = Times.Seconds(job.QueuedAt, job.StartedAt), ["build_allow_failure"] = job.Script.AllowFailure,
            // GitLab writes unknown_failure where there is none.
            ["build_failure_reason"] = job.FailureReason ?? "unknown_failure", ["retries_count"] = job.Retries, ["pipeline_id"] = pipeline.Id,
            ["runner"] = CommonJson.HookRunner(job.Runner), ["project_id"] = pipeline.Project.Id,
            ["project_name"] = $"{pipeline.Project.Namespace} / {pipeline.Project.Name}", ["user"] = CommonJson.HookUser(job.User),
            ["commit"] = JobCommit(world, pipeline), ["repository"] = CommonJson.HookRepository(world, pipeline.Project),
            ["project"] = CommonJson.HookProject(world, pipeline.Project), ["environment"] = null,
        };
        if (CommonJson.SourcePipeline(world, pipeline) is { } source)
            json["source_pipeline"] = source;
        return json;
    }

    /// <summary>Its id is the pipeline's: so GitLab has it.</summary>
    private static JsonObject JobCommit(GitLabWorld world, GitLabPipeline pipeline)
    {
        GitLabCommit commit = world.CommitOf(pipeline);
        return new JsonObject
        {
            ["id"] = pipeline.Id, ["name"] = pipeline.Script.Name, ["sha"] = pipeline.Sha, ["message"] = commit.Message,
            ["author_name"] = commit.AuthorName, ["author_email"] = commit.AuthorEmail, ["author_url"] = $"mailto:{commit.AuthorEmail}",
            ["status"] = pipeline.Status, ["duration"] = Whole(Times.Seconds(pipeline.StartedAt, pipeline.FinishedAt)),
            ["started_at"] = Times.Hook(pipeline.StartedAt), ["finished_at"] = Times.Hook(pipeline.FinishedAt),
        };
    }

    private static JsonNode? Whole(double? seconds) => seconds is null ? null : JsonValue.Create((long)seconds.Value);
}
