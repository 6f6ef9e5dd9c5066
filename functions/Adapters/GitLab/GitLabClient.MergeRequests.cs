namespace Cki.Adapters;

public sealed partial class GitLabClient
{
    /// <summary>Null: no such merge request, or not for our eyes (404).</summary>
    public async Task<MergeRequestShown?> GetMergeRequestAsync(ProjectRef project, long iid, CancellationToken cancellationToken)
    {
        GitLabMergeRequestJson? found = await GetAsync(project, $"/merge_requests/{iid}", GitLabJson.Default.GitLabMergeRequestJson, cancellationToken);
        return found is null ? null : Shown(project, found);
    }

    /// <summary>All pages, lowest iid first: those that are open, or with <paramref name="updatedAfter"/> all that changed since, ended ones as well.</summary>
    public async Task<IReadOnlyList<MergeRequestShown>> ListMergeRequestsAsync(
        ProjectRef project, DateTimeOffset? updatedAfter, CancellationToken cancellationToken)
    {
        string path = "/merge_requests?scope=all&per_page=100&order_by=created_at&sort=asc"
            + (updatedAfter is null ? "&state=opened" : $"&state=all{Filter("updated_after", Time(updatedAfter.Value))}");
        List<GitLabMergeRequestJson> found = await ListAsync(project, path, GitLabJson.Default.GitLabMergeRequestJsonArray, cancellationToken);
        // One without a head has lost its source branch before it had a commit: there is nothing to test.
        return [.. found.Where(m => m.Sha is not null).DistinctBy(m => m.Iid).OrderBy(m => m.Iid).Select(m => Shown(project, m))];
    }

    /// <summary>Highest id first.</summary>
    public async Task<IReadOnlyList<PipelineRef>> ListMergeRequestPipelinesAsync(ProjectRef project, long iid, CancellationToken cancellationToken)
    {
        List<GitLabPipelineJson> found = await ListAsync(project, $"/merge_requests/{iid}/pipelines?per_page=100", GitLabJson.Default.GitLabPipelineJsonArray, cancellationToken);
        return [.. found.Select(p => p.Id).Distinct().OrderDescending().Select(id => new PipelineRef(project, id))];
    }

    private static MergeRequestShown Shown(ProjectRef project, GitLabMergeRequestJson found) =>
        CommitSha.TryParse(found.Sha, out CommitSha sha)
            ? new MergeRequestShown(found.Iid, found.State, sha)
            {
                TargetBranch = found.TargetBranch ?? "",
                IsDraft = found.Draft,
                Labels = found.Labels ?? [],
                Title = found.Title,
                BaseSha = CommitSha.TryParse(found.DiffRefs?.BaseSha, out CommitSha left) ? left : null,
            }
            : throw new GitLabUnavailableException($"GitLab: merge request !{found.Iid} of {project} has no commit id but '{found.Sha}'");

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
