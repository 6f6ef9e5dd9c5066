using Cki.Adapters;

namespace Cki.CommitDetection;

/// <summary>The wanted heads of a tree as its server shows them now.</summary>
internal sealed class TreeSight(GitLabClient gitLab, GitRefs git, IConfigSource config)
{
    private static readonly RefGlobs None = new([]);

    /// <summary>Of the GitLab that was looked at; null: it is none, or did not tell.</summary>
    public TimeSpan? ClockAhead => gitLab.ClockAhead;

    /// <summary>Throws what <see cref="IsTrouble"/> knows when the server cannot be read.</summary>
    public async Task<IReadOnlyList<SeenHead>> LookAsync(TreeConfig tree, CancellationToken cancellationToken)
    {
        var branches = new RefGlobs(tree.Branches);
        var tags = new RefGlobs(tree.Tags);
        if (tree.Project is not { } project || config.Current.Host(project.Host) is null)
            return Seen(await git.ListAsync(tree.Url, branches, tags, cancellationToken));
        IReadOnlyList<GitLabBranch> shown = await gitLab.ListBranchesAsync(project, cancellationToken);
        SeenHead[] heads = [.. shown.Where(b => branches.Matches(b.Name)).Select(b => new SeenHead(b.Name, b.Sha, b.Title))];
        // The branches API knows no tags.
        return tree.Tags.Count == 0 ? heads : [.. heads, .. Seen(await git.ListAsync(tree.Url, None, tags, cancellationToken))];
    }

    /// <summary>True for the ways in which a server or our access to it can fail, as opposed to our own mistakes.</summary>
    public static bool IsTrouble(Exception exception) =>
        exception is GitLabUnavailableException or GitLabRefusedException or GitUnavailableException or SecretsUnavailableException;

    private static IReadOnlyList<SeenHead> Seen(IReadOnlyList<RemoteRef> refs) => [.. refs.Select(r => new SeenHead(r.Name, r.Commit))];
}
