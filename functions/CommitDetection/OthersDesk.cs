using Cki.Adapters;

namespace Cki.CommitDetection;

/// <summary>What others start: announced by webhooks, and looked for at every poll, so that a webhook that was dropped loses nothing.</summary>
internal sealed class OthersDesk(MergeRequestDesk requests, PipelineDesk pipelines, GitLabClient gitLab, SuitePorts ports)
{
    /// <summary>More news than this wait for the next poll: one invocation has minutes, not hours.</summary>
    private const int NewsMax = 100;

    /// <summary>How far a look reaches behind the last one: clocks differ, and GitLab's lists lag.</summary>
    private static readonly TimeSpan LookBack = TimeSpan.FromMinutes(5);

    private readonly OtherBook _book = new(ports);
    private readonly OthersTrouble _trouble = new(ports);

    public Task HandleAsync(PipelineSeen seen, CancellationToken cancellationToken)
    {
        TreeConfig[] trees = [.. ports.Config.Current.Trees.Where(t => Adopting.Concerns(t, seen.Pipeline.Project))];
        return trees.Length == 0 ? Task.CompletedTask : pipelines.SeeAsync(trees, seen.Pipeline, (FoundBy.Webhook, seen.Delivery), cancellationToken);
    }

    public async Task HandleAsync(MergeRequestChanged changed, CancellationToken cancellationToken)
    {
        foreach (TreeConfig tree in ports.Config.Current.Trees.Where(t => t.MergeRequests.Act != MergeRequestAct.Ignore && t.Project == changed.Project))
        {
            if (await requests.LookAsync(tree, changed.Iid, (FoundBy.Webhook, changed.Delivery), cancellationToken))
                await SeePipelinesAsync(tree, changed.Iid, (FoundBy.Webhook, changed.Delivery), cancellationToken);
        }
    }

    public async Task HandleAsync(PollRequested request, CancellationToken cancellationToken)
    {
        if (ports.Config.Current.Tree(request.Tree) is not { } tree || !Adopting.Watches(tree))
            return;
        if (await _book.LeaseAsync(tree, request.Why == PollPlan.Scheduled, cancellationToken) is not { } known)
            return;
        DateTimeOffset start = ports.Clock.GetUtcNow();
        string hash = ports.Config.Current.Hash;
        try
        {
            bool isWhole = await SeeMergeRequestsAsync(tree, known, cancellationToken) & await SeePipelinesAsync(tree, known, start, cancellationToken);
            await _trouble.OverAsync(tree, known, cancellationToken);
            await _book.ChangeAsync(tree.Name, others => others with
            {
                FirstSeenAt = others.FirstSeenAt ?? start,
                MergeRequestsSeenAt = tree.MergeRequests.Act == MergeRequestAct.Ignore ? null : others.MergeRequestsSeenAt ?? start,
                LookedTo = isWhole ? start : others.LookedTo, PolledAt = start,
                ConfigHash = isWhole ? hash : others.ConfigHash, PollLeaseUntil = null, PollError = null, PollFailingSince = null,
            }, cancellationToken);
        }
        catch (Exception e) when (TreeSight.IsTrouble(e))
        {
            await _trouble.NoteAsync(tree, known, e.Message, cancellationToken);
            await _book.ChangeAsync(tree.Name, others => others with
            {
                PolledAt = start, PollLeaseUntil = null, PollError = e.Message, PollFailingSince = known.PollFailingSince ?? start,
            }, cancellationToken);
        }
    }

    /// <summary>False when some had to wait.</summary>
    private async Task<bool> SeeMergeRequestsAsync(TreeConfig tree, TreeOthers known, CancellationToken cancellationToken)
    {
        if (tree.MergeRequests.Act == MergeRequestAct.Ignore)
            return true;
        IReadOnlyList<MergeRequestShown> shown = await MergeRequestsAsync(tree, known, cancellationToken);
        if (known.MergeRequestsSeenAt is null && !tree.TestOnFirstSight)
        {
            await requests.TakeBaselineAsync(tree, shown, cancellationToken);
            return true;
        }
        int news = 0;
        foreach (MergeRequestShown request in shown.Where(r => IsNews(tree, known.Of(r.Iid), r)))
        {
            if (++news > NewsMax)
                return false;
            if (await requests.LookAsync(tree, request.Iid, (FoundBy.Poll, null), cancellationToken))
                await SeePipelinesAsync(tree, request.Iid, (FoundBy.Poll, null), cancellationToken);
        }
        return true;
    }

    /// <summary>What changed since the last look; by other rules what did not change may be wanted as well.</summary>
    private async Task<IReadOnlyList<MergeRequestShown>> MergeRequestsAsync(TreeConfig tree, TreeOthers known, CancellationToken cancellationToken)
    {
        if (known.MergeRequestsSeenAt is null || known.LookedTo is not { } last)
            return await gitLab.ListMergeRequestsAsync(tree.Project!, null, cancellationToken);
        IReadOnlyList<MergeRequestShown> changed = await gitLab.ListMergeRequestsAsync(tree.Project!, last - LookBack, cancellationToken);
        return known.ConfigHash == ports.Config.Current.Hash
            ? changed
            : [.. changed.Concat(await gitLab.ListMergeRequestsAsync(tree.Project!, null, cancellationToken)).DistinctBy(r => r.Iid)];
    }

    private static bool IsNews(TreeConfig tree, KnownMergeRequest? was, MergeRequestShown now) => MergeRequests.Ended(now) is null
        ? was is null || was.Sha != now.Sha || was.WhyNot != tree.MergeRequests.WhyNot(tree, now)
        : was is not null;

    /// <summary>False when some had to wait.</summary>
    private async Task<bool> SeePipelinesAsync(TreeConfig tree, TreeOthers known, DateTimeOffset start, CancellationToken cancellationToken)
    {
        int news = 0;
        bool isWhole = true;
        foreach (ProjectRef project in Adopting.Projects(tree))
        {
            TreeConfig[] trees = [.. ports.Config.Current.Trees.Where(t => Adopting.Concerns(t, project))];
            IReadOnlyList<PipelineShown> listed = await gitLab.ListPipelinesAsync(project, null, (known.LookedTo ?? start) - LookBack, null, cancellationToken);
            foreach (PipelineShown pipeline in listed.Where(p => p.CreatedAt >= (known.FirstSeenAt ?? start)).OrderBy(p => p.Ref.Id))
            {
                if (await pipelines.IsKnownAsync(trees, pipeline, cancellationToken))
                    continue;
                if (++news > NewsMax)
                    return false;
                isWhole &= await pipelines.SeeAsync(trees, pipeline.Ref, (FoundBy.Poll, null), cancellationToken);
            }
        }
        return isWhole;
    }

    private async Task SeePipelinesAsync(TreeConfig tree, long iid, (FoundBy, string?) origin, CancellationToken cancellationToken)
    {
        // The newest alone: what it replaced would be superseded at once.
        IReadOnlyList<PipelineRef> listed = await gitLab.ListMergeRequestPipelinesAsync(tree.Project!, iid, cancellationToken);
        if (listed.Count > 0)
            await pipelines.SeeAsync([tree], listed[0], origin, cancellationToken);
    }
}
