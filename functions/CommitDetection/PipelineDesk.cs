using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.CommitDetection;

/// <summary>Looks at one pipeline in a watched project: a run's already, somebody's that becomes a run, or one that is left alone with its reason.</summary>
internal sealed class PipelineDesk(GitLabClient gitLab, SuitePorts ports, ILogger log)
{
    private static readonly TimeSpan UpstreamClaimsAtLeast = TimeSpan.FromMinutes(30);

    private readonly OtherBook _book = new(ports);
    private readonly RunOpening _runs = new(ports, log);

    /// <summary>Idempotent. A pipeline is adopted by the first tree that wants it.</summary>
    /// <param name="trees">In the order of the configuration.</param>
    /// <returns>False where it is too early to say: it must be looked at again.</returns>
    public async Task<bool> SeeAsync(IReadOnlyList<TreeConfig> trees, PipelineRef pipeline, (FoundBy FoundBy, string? Delivery) origin, CancellationToken cancellationToken)
    {
        if (await RunOfAsync(pipeline, cancellationToken) is { } run)
        {
            DetectionLog.PipelineIgnored(log, pipeline, $"it is of run {run}");
            return true;
        }
        if (await gitLab.GetPipelineAsync(pipeline, cancellationToken) is not { } shown)
        {
            DetectionLog.PipelineIgnored(log, pipeline, "it is gone");
            return true;
        }
        if (shown.Source == "pipeline" && ports.Clock.GetUtcNow() - shown.CreatedAt < UpstreamClaimsWithin())
        {
            DetectionLog.PipelineIgnored(log, pipeline, "for now: the run of the pipeline that started it may not know it yet");
            return false;
        }
        var reasons = new List<(TreeConfig Tree, string Reason)>();
        foreach (TreeConfig tree in trees)
        {
            switch (Adopting.Decide(tree, shown, await FactsAsync(tree, shown, cancellationToken)))
            {
                case AdoptionDecision.Adopt adopt:
                    await AdoptAsync(Detection(tree, shown, origin), adopt, cancellationToken);
                    return true;
                case AdoptionDecision.Belongs belongs:
                    DetectionLog.PipelineIgnored(log, pipeline, belongs.Reason);
                    return true;
                case AdoptionDecision.Ignore ignore:
                    reasons.Add((tree, ignore.Reason));
                    break;
                case var unknown:
                    throw new System.Diagnostics.UnreachableException($"{unknown}");
            }
        }
        await IgnoreAsync(shown, reasons, origin, cancellationToken);
        return true;
    }

    /// <summary>True for what was recorded before, adopted or not: a poll need not look again.</summary>
    public async Task<bool> IsKnownAsync(IReadOnlyList<TreeConfig> trees, PipelineShown listed, CancellationToken cancellationToken)
    {
        if (await RunOfAsync(listed.Ref, cancellationToken) is not null)
            return true;
        foreach (TreeConfig tree in trees)
        {
            string key = RunIds.DetectionKey(RunIds.OfPipeline(tree.Name, listed));
            if (await ports.Documents.GetAsync(key, DocumentJson.Default.RunDetection, cancellationToken) is { Value.State: DetectionState.Skipped })
                return true;
        }
        return false;
    }

    /// <summary>GitLab's API does not tell what started a downstream pipeline; herding finds those of our runs at each look at theirs.</summary>
    private TimeSpan UpstreamClaimsWithin() => ports.Config.Current.Trees.Select(t => 2 * t.Pipeline.CheckInterval).Append(UpstreamClaimsAtLeast).Max();

    private async Task<RunId?> RunOfAsync(PipelineRef pipeline, CancellationToken cancellationToken) =>
        (await ports.Documents.GetAsync(pipeline.Key, DocumentJson.Default.PipelineState, cancellationToken))?.Value.Run;

    private async Task<AdoptionFacts> FactsAsync(TreeConfig tree, PipelineShown shown, CancellationToken cancellationToken)
    {
        var facts = new AdoptionFacts(ports.Config.Current.Host(shown.Ref.Project.Host)?.BotUser)
        {
            FirstSeenAt = (await _book.ReadAsync(tree.Name, cancellationToken))?.FirstSeenAt,
            Variables = Adopting.WantsVariables(tree, shown) ? await VariablesAsync(shown.Ref, cancellationToken) : [],
        };
        if (tree.MergeRequests.Act != MergeRequestAct.Watch || tree.Project != shown.Ref.Project || MergeRequests.OfRef(shown.GitRef) is not { } named)
            return facts;
        return facts with
        {
            MergeRequest = await gitLab.GetMergeRequestAsync(shown.Ref.Project, named.Iid, cancellationToken),
            Parents = named.Kind == "head" ? [] : await gitLab.GetParentsAsync(shown.Ref.Project, shown.Sha, cancellationToken),
        };
    }

    private async Task<IReadOnlyList<KeyValuePair<string, string>>> VariablesAsync(PipelineRef pipeline, CancellationToken cancellationToken)
    {
        try
        {
            return await gitLab.GetPipelineVariablesAsync(pipeline, cancellationToken);
        }
        catch (GitLabRefusedException refused) when (refused.Status == 403)
        {
            // Shown to maintainers only.
            return [];
        }
    }

    private async Task AdoptAsync(RunDetection seen, AdoptionDecision.Adopt adopt, CancellationToken cancellationToken)
    {
        RunDetection run = seen with
        {
            Branch = adopt.Branch, Sha = adopt.Sha, MergeRequest = adopt.MergeRequest, Title = adopt.Title, Previous = adopt.Base?.Sha, PreviousBranch = adopt.Base?.Branch,
        };
        // The merge request knows its run first: its end must reach every retry that waits.
        if (adopt.MergeRequest is { } request)
        {
            await _book.ChangeAsync(
                run.Tree, others => others.With(request.Iid, (others.Of(request.Iid) ?? new KnownMergeRequest(adopt.Sha, seen.DetectedAt)).With(run.Run)), cancellationToken);
        }
        await _runs.OpenAsync(run, cancellationToken);
    }

    private async Task IgnoreAsync(
        PipelineShown shown, IReadOnlyList<(TreeConfig Tree, string Reason)> reasons, (FoundBy, string?) origin, CancellationToken cancellationToken)
    {
        string reason = string.Join("; ", reasons.Select(r => r.Reason).Distinct());
        DetectionLog.PipelineIgnored(log, shown.Ref, reason);
        if (reasons.Count > 0)
            await _runs.SkipAsync(Detection(reasons[0].Tree, shown, origin), reason, cancellationToken);
    }

    private RunDetection Detection(TreeConfig tree, PipelineShown shown, (FoundBy FoundBy, string? Delivery) origin) =>
        new(RunIds.OfPipeline(tree.Name, shown), tree.Name, shown.GitRef, shown.Sha, origin.FoundBy, ports.Clock.GetUtcNow())
        {
            Adopted = new AdoptedPipeline(shown.Ref, shown.Source, shown.GitRef, shown.Sha),
            Delivery = origin.Delivery,
        };
}
