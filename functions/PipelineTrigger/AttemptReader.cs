using Cki.Adapters;

namespace Cki.PipelineTrigger;

/// <summary>What GitLab and our records say about an attempt that has a pipeline.</summary>
/// <param name="View">Null: the pipeline is gone.</param>
internal sealed record AttemptRead(RunDetection Detection, TreeConfig Tree, PipelineRef Pipeline, PipelineView? View, IReadOnlyList<JobRecord> Records)
{
    public RunResult Result(CheckDecision ending) =>
        View is null
            ? RunResults.Without(Verdict.Infrastructure, $"pipeline {Pipeline} is gone")
            : RunResults.Of(View.Jobs, Records, View.Bridges, ending);
}

/// <summary>Gathers it, in few requests: jobs with retried ones, bridges and the pipeline itself, once each.</summary>
internal sealed class AttemptReader(GitLabClient gitLab, RunBook book, SuitePorts ports)
{
    /// <summary>Job names of one pipeline with failures; more than this is a fault, not a pipeline.</summary>
    private const int RecordsMax = 5000;

    private readonly Documents _documents = ports.Documents;

    public async Task<AttemptRead> ReadAsync(RunTask task, PipelineRef pipeline, CancellationToken cancellationToken)
    {
        RunDetection detection = await book.DetectionAsync(task.Run, cancellationToken);
        TreeConfig tree = book.Tree(detection);
        PipelineView? view = await new PipelineTree(gitLab).ReadAsync(pipeline, cancellationToken);
        IReadOnlyList<JobRecord> records = view is null ? [] : await RecordsAsync(pipeline, view.Bridges, cancellationToken);
        return new AttemptRead(detection, tree, pipeline, view, records);
    }

    /// <summary>Herding keeps records by pipeline, so the downstream ones are read as well.</summary>
    private async Task<IReadOnlyList<JobRecord>> RecordsAsync(
        PipelineRef pipeline, IReadOnlyList<PipelineBridge> bridges, CancellationToken cancellationToken)
    {
        var records = new List<JobRecord>();
        foreach (PipelineRef of in bridges.Select(b => b.Downstream).OfType<PipelineRef>().Prepend(pipeline).Distinct())
        {
            foreach (string key in await _documents.KeysAsync(JobRecord.Prefix(of), RecordsMax, cancellationToken))
            {
                if (await _documents.GetAsync(key, DocumentJson.Default.JobRecord, cancellationToken) is { } record)
                    records.Add(record.Value);
            }
        }
        return records;
    }
}
