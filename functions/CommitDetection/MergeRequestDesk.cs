using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.CommitDetection;

/// <summary>Looks at one merge request and does what follows: a run for its head, a note why not, or an end to what waits for it.</summary>
internal sealed class MergeRequestDesk(GitLabClient gitLab, SuitePorts ports, ILogger log)
{
    private const int TriesMax = 3;

    private readonly OtherBook _book = new(ports);
    private readonly RunOpening _runs = new(ports, log);
    private readonly Post _post = ports.PostFrom("commit-detection");

    /// <summary>True where pipelines that were ignored may be wanted now.</summary>
    public async Task<bool> LookAsync(TreeConfig tree, long iid, (FoundBy FoundBy, string? Delivery) origin, CancellationToken cancellationToken)
    {
        for (int tries = 1; tries <= TriesMax; tries++)
        {
            // Before the look: what is read later can only be newer.
            TreeOthers? known = await _book.ReadAsync(tree.Name, cancellationToken);
            MergeRequestShown? now = await gitLab.GetMergeRequestAsync(tree.Project!, iid, cancellationToken);
            if (await TakeAsync(tree, iid, (known?.Of(iid), now, false), origin, cancellationToken) is { } looksAtPipelines)
                return looksAtPipelines;
        }
        throw new StoreContendedException($"{TreeOthers.Key(tree.Name)}: merge request !{iid} changed {TriesMax} times while it was looked at");
    }

    /// <summary>First sight: all that is open is known from now on, in one write. What a webhook announced before stays as it is.</summary>
    public Task TakeBaselineAsync(TreeConfig tree, IReadOnlyList<MergeRequestShown> open, CancellationToken cancellationToken) => _book.ChangeAsync(
        tree.Name,
        standing => open.Where(r => standing.Of(r.Iid) is null).Aggregate(
            standing, (others, r) => others.With(r.Iid, MergeRequests.Decide(tree, r.Iid, (null, r, true), ports.Clock.GetUtcNow()).Entry)),
        cancellationToken);

    /// <summary>Null when another changed what is known of it meanwhile.</summary>
    private async Task<bool?> TakeAsync(
        TreeConfig tree, long iid, (KnownMergeRequest? Was, MergeRequestShown? Now, bool IsBaseline) look, (FoundBy FoundBy, string? Delivery) origin, CancellationToken cancellationToken)
    {
        MergeRequestDecision decision = MergeRequests.Decide(tree, iid, look, ports.Clock.GetUtcNow());
        KnownMergeRequest? entry = decision.Entry;
        if (decision.Doubts is { } doubt && look.Was is { } was)
        {
            DetectionLog.MergeRequest(log, tree.Name, iid, doubt);
            foreach (RunId run in was.Runs)
                await _post.SendAsync(new RevisitRetries(run, doubt), cancellationToken);
        }
        if (decision.Tests || decision.Skips is not null)
        {
            RunDetection head = Detection(tree, look.Now!, look.Was, origin);
            if (decision.Skips is { } reason)
            {
                DetectionLog.MergeRequest(log, tree.Name, iid, reason);
                await _runs.SkipAsync(head, reason, cancellationToken);
            }
            else
            {
                await _runs.OpenAsync(head, cancellationToken);
                entry = entry!.With(head.Run);
            }
        }
        return await _book.ApplyAsync(tree.Name, iid, (look.Was, entry), cancellationToken) ? decision.LooksAtPipelines : null;
    }

    private RunDetection Detection(TreeConfig tree, MergeRequestShown now, KnownMergeRequest? was, (FoundBy FoundBy, string? Delivery) origin)
    {
        string branch = MergeRequests.Branch(now.Iid);
        bool isFollowing = was is not null && was.Sha != now.Sha;
        return new RunDetection(RunIds.Of(tree.Name, branch, now.Sha), tree.Name, branch, now.Sha, origin.FoundBy, ports.Clock.GetUtcNow())
        {
            MergeRequest = new MergeRequestRef(tree.Project!, now.Iid),
            // Compared with where it left its target, else with its own head before.
            Previous = now.BaseSha ?? (isFollowing ? was!.Sha : null),
            PreviousBranch = now.BaseSha is null ? null : now.TargetBranch,
            Title = now.Title,
            Delivery = origin.Delivery,
        };
    }
}
