using Cki.Adapters;

namespace Cki.PipelineTrigger;

/// <summary>What checking does besides looking.</summary>
internal sealed record CheckActs(Twins Twins, ManualJobs Manual, OthersWork Others);

/// <summary>Starts the manual jobs that the tree wants started. One that is started is manual no more, so that repeating does no harm.</summary>
internal sealed class ManualJobs(GitLabClient gitLab)
{
    /// <summary>True when one was started: what was read is old.</summary>
    public async Task<bool> PlayAsync(AttemptRead read, CancellationToken cancellationToken)
    {
        bool isAny = false;
        foreach (PipelineJob job in Settling.Latest(read.View?.Jobs ?? []).Where(j => ManualRules.Of(read.Tree.Pipeline, j)?.Act == ManualAct.Play))
            isAny |= await gitLab.PlayJobAsync(new JobRef(job.Project ?? read.Pipeline.Project, job.Id), cancellationToken);
        return isAny;
    }
}
