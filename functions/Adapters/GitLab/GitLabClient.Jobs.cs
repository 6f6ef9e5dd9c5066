namespace Cki.Adapters;

public sealed partial class GitLabClient
{
    /// <summary>All pages, ascending id. Without <paramref name="includeRetried"/>, earlier attempts of retried jobs are left out. No trigger jobs.</summary>
    public async Task<IReadOnlyList<PipelineJob>> GetJobsAsync(PipelineRef pipeline, bool includeRetried, CancellationToken cancellationToken)
    {
        string path = $"/pipelines/{pipeline.Id}/jobs?per_page=100&include_retried={(includeRetried ? "true" : "false")}";
        List<GitLabJobJson> found = await ListAsync(pipeline.Project, path, GitLabJson.Default.GitLabJobJsonArray, cancellationToken);
        return [.. found.DistinctBy(j => j.Id).OrderBy(j => j.Id).Select(j => Job(j, pipeline.Id))];
    }

    /// <summary>Trigger jobs, ascending id, with the pipelines that they started.</summary>
    public async Task<IReadOnlyList<PipelineBridge>> GetBridgesAsync(PipelineRef pipeline, CancellationToken cancellationToken)
    {
        string path = $"/pipelines/{pipeline.Id}/bridges?per_page=100";
        List<GitLabJobJson> found = await ListAsync(pipeline.Project, path, GitLabJson.Default.GitLabJobJsonArray, cancellationToken);
        return
        [
            .. found.DistinctBy(j => j.Id).OrderBy(j => j.Id).Select(
                j => new PipelineBridge(j.Id, j.Name, j.Stage ?? "", j.Status, j.AllowFailure, Downstream(pipeline.Project, j.DownstreamPipeline))),
        ];
    }

    /// <summary>Null: no such job, or not for our eyes (404).</summary>
    public async Task<PipelineJob?> GetJobAsync(JobRef job, CancellationToken cancellationToken)
    {
        GitLabJobJson? found = await GetAsync(job.Project, $"/jobs/{job.Id}", GitLabJson.Default.GitLabJobJson, cancellationToken);
        return found is null ? null : Job(found, 0);
    }

    /// <summary>The raw log as it comes; null: no such job. May be empty. The caller disposes it and reads no more than it wants: logs have no
    /// bound here. Reading throws <see cref="GitLabUnavailableException"/> when the connection breaks or stalls.</summary>
    public async Task<Stream?> OpenTraceAsync(JobRef job, CancellationToken cancellationToken)
    {
        GitLabCall call = Call(HttpMethod.Get, job.Project, $"/jobs/{job.Id}/trace");
        HttpResponseMessage response = await retries.SafelyAsync(token => _wire.OpenAsync(call, token), cancellationToken);
        if (response.IsSuccessStatusCode)
            return await TraceStream.OpenAsync(response, call.ToString(), retries.Clock, cancellationToken);
        using (response)
        {
            int status = (int)response.StatusCode;
            return status == 404 ? null : throw new GitLabRefusedException(status, $"{call}: {status} {response.ReasonPhrase}");
        }
    }

    /// <summary>Sent once: <see cref="GitLabUnavailableException"/> means that a successor may exist.</summary>
    public async Task<JobRetrial> RetryJobAsync(JobRef job, CancellationToken cancellationToken)
    {
        GitLabCall call = Call(HttpMethod.Post, job.Project, $"/jobs/{job.Id}/retry");
        GitLabAnswer answer = await PostAsync(call, body: null, cancellationToken);
        if (answer.Status is >= 400 and not 401)
            return new JobRetrial.NotRetryable(answer.Status, answer.Message);
        return new JobRetrial.Retried(Job(answer.Read(call, GitLabJson.Default.GitLabJobJson), 0));
    }

    private static PipelineJob Job(GitLabJobJson job, long pipelineId) =>
        new(job.Id, job.Name, job.Stage ?? "", job.Status, job.AllowFailure, job.FailureReason,
            job.Runner is null ? null : job.Runner.Description ?? job.Runner.Name, job.WebUrl ?? "")
        {
            Tags = job.TagList ?? [],
            CreatedAt = job.CreatedAt ?? default,
            StartedAt = job.StartedAt,
            FinishedAt = job.FinishedAt,
            DurationSeconds = job.Duration,
            User = job.User?.Username,
            PipelineId = job.Pipeline?.Id ?? pipelineId,
            Machine = Machine(job),
            ArtifactsExpireAt = job.ArtifactsExpireAt,
            Artifacts = [.. (job.Artifacts ?? []).Select(a => a.FileType).OfType<string>()],
        };

    private static string? Machine(GitLabJobJson job) => (job.Runner?.Id, job.RunnerManager?.SystemId) switch
    {
        (null, _) => null,
        ({ } runner, null) => $"{runner}",
        var (runner, manager) => $"{runner}/{manager}",
    };

    /// <summary>A downstream pipeline's project is named by its address only; its number works for asking where the address says nothing.</summary>
    private PipelineRef? Downstream(ProjectRef asking, GitLabDownstreamJson? pipeline)
    {
        if (pipeline is null)
            return null;
        string? path = ProjectPath(asking.Host, pipeline.WebUrl) ?? pipeline.ProjectId?.ToString();
        return new PipelineRef(path is null ? asking : asking with { Path = path }, pipeline.Id);
    }

    private string? ProjectPath(string hostName, string? webUrl)
    {
        if (!Uri.TryCreate(webUrl, UriKind.Absolute, out Uri? address) || config.Current.Host(hostName) is not { } host)
            return null;
        string root = host.Url.AbsolutePath.TrimEnd('/') + "/";
        int end = address.AbsolutePath.IndexOf("/-/", StringComparison.Ordinal);
        if (end <= root.Length || !address.AbsolutePath.StartsWith(root, StringComparison.Ordinal))
            return null;
        return Uri.UnescapeDataString(address.AbsolutePath[root.Length..end]);
    }
}
