using System.Text.Json.Nodes;

namespace Cki.Adapters;

public sealed partial class GitLabClient
{
    /// <summary>Starts a pipeline on a ref (GitLab never takes a sha). Sent once: <see cref="GitLabUnavailableException"/> means that it may exist.</summary>
    /// <param name="how">Whether <paramref name="values"/> travel as CI variables or as pipeline inputs (GitLab 18.1).</param>
    public async Task<PipelineCreation> CreatePipelineAsync(
        ProjectRef project, string gitRef, IReadOnlyList<KeyValuePair<string, string>> values, CommitTo how, CancellationToken cancellationToken)
    {
        GitLabCall call = Call(HttpMethod.Post, project, "/pipeline");
        var body = new JsonObject { ["ref"] = gitRef };
        if (how == CommitTo.Inputs)
            body["inputs"] = new JsonObject(values.Select(v => KeyValuePair.Create(v.Key, (JsonNode?)JsonValue.Create(v.Value))));
        else
            body["variables"] = new JsonArray([.. values.Select(v => new JsonObject { ["key"] = v.Key, ["value"] = v.Value })]);
        try
        {
            GitLabAnswer answer = await PostAsync(call, body, cancellationToken);
            if (answer.Status is >= 400 and not 401)
                return new PipelineCreation.Refused(answer.Status, answer.Message);
            return new PipelineCreation.Created(Shown(project, answer.Read(call, GitLabJson.Default.GitLabPipelineJson), call));
        }
        catch (GitLabRefusedException moved) when (moved.Status is >= 300 and < 400)
        {
            return new PipelineCreation.Refused(moved.Status, moved.Message);
        }
    }

    /// <summary>Null: no such pipeline, or not for our eyes (404).</summary>
    public async Task<PipelineShown?> GetPipelineAsync(PipelineRef pipeline, CancellationToken cancellationToken)
    {
        string path = $"/pipelines/{pipeline.Id}";
        GitLabPipelineJson? found = await GetAsync(pipeline.Project, path, GitLabJson.Default.GitLabPipelineJson, cancellationToken);
        return found is null ? null : Shown(pipeline.Project, found, Call(HttpMethod.Get, pipeline.Project, path));
    }

    /// <summary>All pages, highest id first. A list carries no user (<see cref="PipelineShown.User"/> is null): ask by <paramref name="username"/>.</summary>
    public async Task<IReadOnlyList<PipelineShown>> ListPipelinesAsync(
        ProjectRef project, string? gitRef, DateTimeOffset? updatedAfter, string? username, CancellationToken cancellationToken)
    {
        string path = "/pipelines?per_page=100&order_by=id&sort=desc"
            + Filter("ref", gitRef)
            + Filter("updated_after", updatedAfter?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"))
            + Filter("username", username);
        List<GitLabPipelineJson> found = await ListAsync(project, path, GitLabJson.Default.GitLabPipelineJsonArray, cancellationToken);
        GitLabCall call = Call(HttpMethod.Get, project, path);
        // A pipeline that starts while we turn pages shifts the rest by one: the same record comes twice.
        return [.. found.DistinctBy(p => p.Id).OrderByDescending(p => p.Id).Select(p => Shown(project, p, call))];
    }

    /// <summary>As given when it was created. Needs the Maintainer role where GitLab hides variables: <see cref="GitLabRefusedException"/> 403.</summary>
    public async Task<IReadOnlyList<KeyValuePair<string, string>>> GetPipelineVariablesAsync(PipelineRef pipeline, CancellationToken cancellationToken)
    {
        GitLabVariableJson[]? found = await GetAsync(
            pipeline.Project, $"/pipelines/{pipeline.Id}/variables", GitLabJson.Default.GitLabVariableJsonArray, cancellationToken);
        return [.. (found ?? []).Select(v => KeyValuePair.Create(v.Key, v.Value ?? ""))];
    }

    /// <summary>Cancelling what has ended has no effect. Sent once.</summary>
    public async Task CancelPipelineAsync(PipelineRef pipeline, CancellationToken cancellationToken)
    {
        GitLabCall call = Call(HttpMethod.Post, pipeline.Project, $"/pipelines/{pipeline.Id}/cancel");
        GitLabAnswer answer = await PostAsync(call, body: null, cancellationToken);
        if (!answer.IsSuccess)
            throw answer.Refusal(call);
    }

    private static PipelineShown Shown(ProjectRef project, GitLabPipelineJson pipeline, GitLabCall call)
    {
        if (!CommitSha.TryParse(pipeline.Sha, out CommitSha sha))
            throw new GitLabUnavailableException($"{call}: pipeline {pipeline.Id} has no commit id but '{pipeline.Sha}'");
        return new PipelineShown(
            new PipelineRef(project, pipeline.Id), pipeline.Status, pipeline.Ref, sha, pipeline.Source ?? "", pipeline.WebUrl ?? "")
        {
            CreatedAt = pipeline.CreatedAt ?? default,
            User = pipeline.User?.Username,
            Name = pipeline.Name,
        };
    }

    private static string Filter(string name, string? value) => value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";
}
