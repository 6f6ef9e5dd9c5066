namespace Cki.Adapters;

/// <summary>What lies between two commits. Asked once and briefly: where it is not told, the callers go on without.</summary>
public sealed partial class GitLabClient
{
    private static readonly TimeSpan CompareLimit = TimeSpan.FromSeconds(10);

    /// <summary>GitLab cuts comparisons at 1,000 to 3,000 files, by its version, and does not always say so.</summary>
    private const int FilesMost = 1000;

    /// <summary>
    /// Commits that <paramref name="to"/> holds and <paramref name="from"/> does not, children before parents, at most <paramref name="most"/>; null where
    /// GitLab does not know one of the two. Throws as reads do, but after one try.
    /// </summary>
    public async Task<IReadOnlyList<CommitShown>?> ListCommitsAsync(ProjectRef project, CommitSha from, CommitSha to, int most, CancellationToken cancellationToken)
    {
        var found = new List<CommitShown>();
        GitLabCall? call = Call(HttpMethod.Get, project, $"/repository/commits?ref_name={from}..{to}&order=topo&per_page=100") with { Limit = CompareLimit };
        while (call is not null && found.Count < most)
        {
            GitLabAnswer answer = await _wire.AskAsync(call, cancellationToken);
            if (answer.Status == 404)
                return null;
            foreach (GitLabCommitJson commit in answer.Read(call, GitLabJson.Default.GitLabCommitJsonArray))
            {
                if (!CommitSha.TryParse(commit.Id, out CommitSha sha))
                    throw new GitLabUnavailableException($"{call}: a commit has no id but '{commit.Id}'");
                found.Add(new CommitShown(sha, commit.Title));
            }
            call = answer.NextPage is null ? null : call with { Url = answer.NextPage };
        }
        return [.. found.Take(most)];
    }

    /// <summary>Names of the files in which two commits differ, old and new ones; null where GitLab does not know a commit, or not all files.</summary>
    public async Task<IReadOnlyList<string>?> CompareFilesAsync(ProjectRef project, CommitSha from, CommitSha to, CancellationToken cancellationToken)
    {
        GitLabCall call = Call(HttpMethod.Get, project, $"/repository/compare?from={from}&to={to}&straight=true") with { Limit = CompareLimit };
        GitLabAnswer answer = await _wire.AskAsync(call, cancellationToken);
        if (answer.Status == 404)
            return null;
        GitLabCompareJson compared = answer.Read(call, GitLabJson.Default.GitLabCompareJson);
        return compared.Diffs is null || compared.CompareTimeout == true || compared.Diffs.Count >= FilesMost
            ? null
            : [.. compared.Diffs.SelectMany(d => (string[])[d.OldPath, d.NewPath]).Distinct()];
    }

    /// <summary>Whether the project still has a commit. Null where that cannot be told: also where the project itself is not shown.</summary>
    public async Task<bool?> HasCommitAsync(ProjectRef project, CommitSha sha, CancellationToken cancellationToken)
    {
        GitLabAnswer answer = await _wire.AskAsync(Call(HttpMethod.Get, project, $"/repository/commits/{sha}") with { Limit = CompareLimit }, cancellationToken);
        return answer switch
        {
            { IsSuccess: true } => true,
            { Status: 404 } when answer.Message.Contains("Commit", StringComparison.Ordinal) => false,
            _ => null,
        };
    }
}

/// <param name="Title">First line of its message.</param>
public sealed record CommitShown(CommitSha Sha, string? Title);

internal sealed record GitLabCompareJson(IReadOnlyList<GitLabDiffJson>? Diffs, bool? CompareTimeout);

internal sealed record GitLabDiffJson(string OldPath, string NewPath);
