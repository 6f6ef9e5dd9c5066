using Cki.Adapters;

namespace Cki.PipelineTrigger;

/// <summary>What GitLab and our records say about an attempt that has a pipeline.</summary>
/// <param name="View">Null: the pipeline is gone, only our records still speak.</param>
internal sealed record AttemptRead(RunDetection Detection, TreeConfig Tree, PipelineRef Pipeline, PipelineView? View, IReadOnlyList<JobRecord> Records)
{
    public RunResult Result(CheckDecision ending) =>
        View is null
            ? RunResults.OfRecords(Records, Verdict.Infrastructure, $"pipeline {Pipeline} is gone")
            : RunResults.Of(View.Jobs, Records, View.Bridges, ending);
}

/// <summary>Gathers it, in few requests: jobs with retried ones, bridges and the pipeline itself, once each.</summary>
internal sealed class AttemptReader(GitLabClient gitLab, RunBook book, RecordedJobs recorded)
{
    public async Task<AttemptRead> ReadAsync(RunTask task, PipelineRef pipeline, CancellationToken cancellationToken)
    {
        RunDetection detection = await book.DetectionAsync(task.Run, cancellationToken);
        TreeConfig tree = book.Tree(detection);
        PipelineView? view = await new PipelineTree(gitLab).ReadAsync(pipeline, cancellationToken);
        IReadOnlyList<JobRecord> records = view is null
            ? await recorded.LeftOfAsync(pipeline, cancellationToken)
            : await recorded.OfAsync(view.Bridges.Select(b => b.Downstream).OfType<PipelineRef>().Prepend(pipeline), cancellationToken);
        return new AttemptRead(detection, tree, pipeline, view, records);
    }
}
