using Cki.Adapters;

namespace Cki.CommitDetection;

/// <summary>What lies between a head and the one before it.</summary>
/// <param name="Covered">Newest first, without the head itself.</param>
/// <param name="Unknown">Why that is not all; null when it is.</param>
internal sealed record CommitRange(IReadOnlyList<CoveredCommit> Covered, string? Unknown);

/// <summary>Asks the tree's GitLab about commits. Other git servers do not tell without a clone.</summary>
internal sealed class CommitSight(GitLabClient gitLab, IConfigSource config)
{
    /// <summary>A merge window brings 15,000; the runs of so many would help nobody, and ten pages of 100 take seconds.</summary>
    public const int CommitsMost = 1000;

    /// <summary>Trouble becomes <see cref="CommitRange.Unknown"/>.</summary>
    public async Task<CommitRange> BetweenAsync(TreeConfig tree, CommitSha? previous, CommitSha head, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(tree, previous, head, cancellationToken);
        }
        catch (Exception e) when (TreeSight.IsTrouble(e))
        {
            return new CommitRange([], $"GitLab could not be asked: {SafeText.Line(e.Message, 300)}");
        }
    }

    /// <summary>Throws what <see cref="TreeSight.IsTrouble"/> knows.</summary>
    public async Task<CommitRange> ReadAsync(TreeConfig tree, CommitSha? previous, CommitSha head, CancellationToken cancellationToken)
    {
        if (previous is not { } from)
            return new CommitRange([], null);
        if (Project(tree) is not { } project)
            return new CommitRange([], $"what lies between {from.Short} and {head.Short} is not told by a git server without its GitLab");
        IReadOnlyList<CommitShown>? shown = await gitLab.ListCommitsAsync(project, from, head, CommitsMost, cancellationToken);
        if (shown is null)
            return new CommitRange([], $"GitLab does not know what lies between {from.Short} and {head.Short}: one of them is gone");
        string? unknown = shown.Count < CommitsMost ? null : $"there are {CommitsMost} or more: the oldest are not listed";
        return new CommitRange([.. shown.Where(c => c.Sha != head).Select(c => new CoveredCommit(c.Sha, c.Title))], unknown);
    }

    /// <summary>Null where the changes cannot be known, for whatever reason: then the head is tested.</summary>
    public async Task<IReadOnlyList<string>?> ChangesAsync(TreeConfig tree, CommitSha? previous, CommitSha head, CancellationToken cancellationToken)
    {
        if (previous is not { } from || Project(tree) is not { } project)
            return null;
        try
        {
            return await gitLab.CompareFilesAsync(project, from, head, cancellationToken);
        }
        catch (Exception e) when (TreeSight.IsTrouble(e))
        {
            return null;
        }
    }

    private ProjectRef? Project(TreeConfig tree) => tree.Project is { } project && config.Current.Host(project.Host) is not null ? project : null;
}
