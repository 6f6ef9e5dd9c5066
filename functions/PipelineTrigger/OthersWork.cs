using Cki.Adapters;

namespace Cki.PipelineTrigger;

/// <summary>What start-pipeline looks at before it acts.</summary>
internal sealed record StartChecks(Twins Twins, OthersWork Others);

/// <summary>Merge requests and pipelines of others as GitLab shows them now: what justified a run may be gone.</summary>
internal sealed class OthersWork(GitLabClient gitLab)
{
    /// <summary>Null: gone.</summary>
    public Task<PipelineShown?> FindAsync(AdoptedPipeline adopted, CancellationToken cancellationToken) =>
        gitLab.GetPipelineAsync(adopted.Pipeline, cancellationToken);

    /// <summary>Why no pipeline is to be started for the merge request any more; null: it may be. One of others is there already, whatever became of it.</summary>
    public async Task<CheckDecision?> WhyNotAsync(RunDetection run, CancellationToken cancellationToken)
    {
        if (run.MergeRequest is not { } of || run.Adopted is not null)
            return null;
        MergeRequestShown? request = await gitLab.GetMergeRequestAsync(of.Project, of.Iid, cancellationToken);
        if (request is null)
            return new CheckDecision.Canceled("its project", $"merge request !{of.Iid} is gone");
        if (MergeRequests.Ended(request) is { } ended)
            return new CheckDecision.Canceled("its project", ended);
        return request.Sha == run.Sha ? null : new CheckDecision.Superseded(request.Sha);
    }

    /// <summary>The merge request's head, where it is another one and the tree wants that to end the run. A target that moved is no newer head.</summary>
    public async Task<CommitSha?> NewerHeadAsync(TreeConfig tree, RunDetection run, CancellationToken cancellationToken)
    {
        if (!tree.CancelWhenNewer || run.MergeRequest is not { } of)
            return null;
        MergeRequestShown? request = await gitLab.GetMergeRequestAsync(of.Project, of.Iid, cancellationToken);
        return request is not null && MergeRequests.Ended(request) is null && request.Sha != run.Sha ? request.Sha : null;
    }
}
