using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Cki.Adapters;

internal sealed record GitLabUserJson(string? Username);

internal sealed record GitLabRunnerJson(string? Description, string? Name)
{
    public long? Id { get; init; }

    public bool? Online { get; init; }

    public bool Paused { get; init; }

    public IReadOnlyList<string>? TagList { get; init; }

    public bool? RunUntagged { get; init; }
}

internal sealed record GitLabMergeRequestJson(long Iid, string State, string? Sha)
{
    public string? TargetBranch { get; init; }

    public string? Title { get; init; }

    public bool Draft { get; init; }

    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>Shown of one at a time; lists have none.</summary>
    public GitLabDiffRefsJson? DiffRefs { get; init; }
}

internal sealed record GitLabDiffRefsJson(string? BaseSha);

internal sealed record GitLabRunnerManagerJson(string? SystemId);

internal sealed record GitLabArtifactJson(string? FileType);

internal sealed record GitLabPipelineJson(
    long Id, string Sha, string Ref, string Status, string? Source, string? WebUrl, DateTimeOffset? CreatedAt, string? Name, GitLabUserJson? User)
{
    public long? ProjectId { get; init; }
}

internal sealed record GitLabJobPipelineJson(long Id, long? ProjectId);

internal sealed record GitLabJobJson(long Id, string Name, string? Stage, string Status)
{
    public bool AllowFailure { get; init; }

    public string? FailureReason { get; init; }

    public string? WebUrl { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public double? Duration { get; init; }

    public IReadOnlyList<string>? TagList { get; init; }

    public GitLabUserJson? User { get; init; }

    public GitLabRunnerJson? Runner { get; init; }

    public GitLabRunnerManagerJson? RunnerManager { get; init; }

    public DateTimeOffset? ArtifactsExpireAt { get; init; }

    public IReadOnlyList<GitLabArtifactJson>? Artifacts { get; init; }

    public GitLabJobPipelineJson? Pipeline { get; init; }

    /// <summary>Only on bridges, and there null until the downstream pipeline exists.</summary>
    public GitLabDownstreamJson? DownstreamPipeline { get; init; }
}

internal sealed record GitLabDownstreamJson(long Id, long? ProjectId, string? WebUrl);

internal sealed record GitLabVariableJson(string Key, string? Value);

internal sealed record GitLabBranchJson(string Name, GitLabCommitJson Commit);

internal sealed record GitLabCommitJson(string Id, string? Title)
{
    public IReadOnlyList<string>? ParentIds { get; init; }

    public string? Message { get; init; }

    public string? AuthorEmail { get; init; }
}

internal sealed record GitLabStatusJson(long Id);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(GitLabTimeJson)], RespectNullableAnnotations = true)]
[JsonSerializable(typeof(GitLabPipelineJson))]
[JsonSerializable(typeof(GitLabPipelineJson[]))]
[JsonSerializable(typeof(GitLabJobJson))]
[JsonSerializable(typeof(GitLabJobJson[]))]
[JsonSerializable(typeof(GitLabVariableJson[]))]
[JsonSerializable(typeof(GitLabBranchJson[]))]
[JsonSerializable(typeof(GitLabCommitJson[]))]
[JsonSerializable(typeof(GitLabCompareJson))]
[JsonSerializable(typeof(GitLabStatusJson))]
[JsonSerializable(typeof(GitLabRunnerJson))]
[JsonSerializable(typeof(GitLabRunnerJson[]))]
[JsonSerializable(typeof(GitLabMergeRequestJson))]
[JsonSerializable(typeof(GitLabMergeRequestJson[]))]
[JsonSerializable(typeof(GitLabCommitJson))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(JsonObject[]))]
internal sealed partial class GitLabJson : JsonSerializerContext;
