namespace Cki.Adapters;

/// <summary>A job that waits for a runner.</summary>
/// <param name="Since">When GitLab made it.</param>
public sealed record PendingJob(string Name, IReadOnlyList<string> Tags, DateTimeOffset Since);

public sealed partial class GitLabClient
{
    /// <summary>The newest 100 that wait for a runner. A missing project is <see cref="GitLabRefusedException"/> with status 404.</summary>
    public async Task<IReadOnlyList<PendingJob>> ListPendingJobsAsync(ProjectRef project, CancellationToken cancellationToken)
    {
        GitLabCall call = Call(HttpMethod.Get, project, "/jobs?per_page=100&scope[]=pending");
        (GitLabJobJson[] jobs, _) = await retries.SafelyAsync(token => PageAsync(call, GitLabJson.Default.GitLabJobJsonArray, token), cancellationToken);
        return [.. jobs.Select(j => new PendingJob(j.Name, j.TagList ?? [], j.CreatedAt ?? retries.Clock.GetUtcNow()))];
    }
}
