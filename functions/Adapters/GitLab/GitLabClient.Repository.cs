using System.Text.Json.Nodes;

namespace Cki.Adapters;

public sealed partial class GitLabClient
{
    /// <summary>GitLab's bound on a status' description.</summary>
    private const int DescriptionCharactersMax = 255;

    /// <summary>All pages, by name. A missing or hidden project is <see cref="GitLabRefusedException"/> 404.</summary>
    public async Task<IReadOnlyList<GitLabBranch>> ListBranchesAsync(ProjectRef project, CancellationToken cancellationToken)
    {
        const string path = "/repository/branches?per_page=100";
        List<GitLabBranchJson> found = await ListAsync(project, path, GitLabJson.Default.GitLabBranchJsonArray, cancellationToken);
        return [.. found.DistinctBy(b => b.Name).OrderBy(b => b.Name, StringComparer.Ordinal).Select(b => Branch(project, b))];
    }

    /// <summary>The commit's parents, the first one first; empty where GitLab does not know the commit, or it is none for our eyes.</summary>
    public async Task<IReadOnlyList<CommitSha>> GetParentsAsync(ProjectRef project, CommitSha commit, CancellationToken cancellationToken)
    {
        GitLabCommitJson? found = await GetAsync(project, $"/repository/commits/{commit}", GitLabJson.Default.GitLabCommitJson, cancellationToken);
        return [.. (found?.ParentIds ?? []).Where(id => CommitSha.TryParse(id, out _)).Select(CommitSha.Parse)];
    }

    /// <summary>The status' id; null when the commit's status was in that state already. Sent once, but setting it again does no harm.</summary>
    public async Task<long?> SetCommitStatusAsync(ProjectRef project, CommitStatusPost status, CancellationToken cancellationToken)
    {
        GitLabCall call = Call(HttpMethod.Post, project, $"/statuses/{status.Sha}");
        string description = status.Description;
        var body = new JsonObject
        {
            ["state"] = status.State,
            ["name"] = status.Context,
            ["description"] = description.Length <= DescriptionCharactersMax ? description : description[..(DescriptionCharactersMax - 3)] + "...",
        };
        if (status.GitRef is not null)
            body["ref"] = status.GitRef;
        if (status.TargetUrl is not null)
            body["target_url"] = status.TargetUrl;
        GitLabAnswer answer = await PostAsync(call, body, cancellationToken);
        if (answer.Status == 400 && answer.Message.Contains("Cannot transition status", StringComparison.OrdinalIgnoreCase))
            return null;
        return answer.Read(call, GitLabJson.Default.GitLabStatusJson).Id;
    }

    private static GitLabBranch Branch(ProjectRef project, GitLabBranchJson branch) =>
        CommitSha.TryParse(branch.Commit.Id, out CommitSha sha)
            ? new GitLabBranch(branch.Name, sha, branch.Commit.Title ?? "")
            : throw new GitLabUnavailableException($"GitLab GET branches of {project}: branch {branch.Name} has no commit id but '{branch.Commit.Id}'");
}
