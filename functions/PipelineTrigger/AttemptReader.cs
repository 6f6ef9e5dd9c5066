using Cki.Adapters;

namespace Cki.PipelineTrigger;

/// <summary>What GitLab and our records say about an attempt that has a pipeline.</summary>
/// <param name="View">Null: the pipeline is gone, only our records still speak.</param>
internal sealed record AttemptRead(RunDetection Detection, TreeConfig Tree, PipelineRef Pipeline, PipelineView? View, IReadOnlyList<JobRecord> Records)
{
    public RunResult Result(CheckDecision ending) =>
        View is null
            ? RunResults.OfRecords(Records, Verdict.Infrastructure, $"pipeline {Pipeline} is gone")
            : RunResults.Of(View.Jobs, Records, View.Bridges, ending, new VerdictStatement(Tree.Pipeline.VerdictFrom, Stated));

    /// <summary>A retry was dropped because artefacts were gone.</summary>
    public bool WantsNewAttempt => Records.Any(r => r.Retries.Any(t => t.WantsNewAttempt));

    /// <summary>What a kcidb file says, where the tree wants that to be the verdict.</summary>
    public TestResults? Stated { get; init; }
}

/// <summary>Gathers it, in few requests: jobs with retried ones, bridges and the pipeline itself, once each.</summary>
internal sealed class AttemptReader(GitLabClient gitLab, RunBook book, RecordedJobs recorded)
{
    private const int KcidbBytesMax = 32 << 20;
    private const int KcidbJobsMax = 10;

    public async Task<AttemptRead> ReadAsync(RunTask task, PipelineRef pipeline, CancellationToken cancellationToken)
    {
        RunDetection detection = await book.DetectionAsync(task.Run, cancellationToken);
        TreeConfig tree = book.Tree(detection);
        IReadOnlyList<PipelineBridge> expected = tree.Pipeline.Expects.Count == 0
            ? []
            : await book.Expected(gitLab).FindAsync(task.Run, await book.AttemptAsync(task, cancellationToken), tree.Pipeline, book.Now, cancellationToken);
        PipelineView? view = await new PipelineTree(gitLab).ReadAsync(pipeline, expected, cancellationToken);
        IReadOnlyList<JobRecord> records = view is null
            ? await recorded.LeftOfAsync(pipeline, cancellationToken)
            : await recorded.OfAsync(view.Bridges.Select(b => b.Downstream).OfType<PipelineRef>().Prepend(pipeline), cancellationToken);
        return new AttemptRead(detection, tree, pipeline, view, records);
    }

    /// <summary>Reads what the pipeline itself says, before the attempt is settled by it: the last job that left such a file has the word.</summary>
    public async Task<AttemptRead> WithStatementAsync(AttemptRead read, CancellationToken cancellationToken)
    {
        if (read.View is not { } view || read.Tree.Pipeline.VerdictFrom.Source != VerdictSource.Kcidb)
            return read;
        PipelineJob[] candidates = [.. Settling.Latest(view.Jobs).Where(j => j.Artifacts.Contains("archive")).OrderByDescending(j => j.FinishedAt).ThenByDescending(j => j.Id).Take(KcidbJobsMax)];
        foreach (PipelineJob job in candidates)
        {
            foreach (string path in read.Tree.Pipeline.Results.Where(p => p.EndsWith(".json", StringComparison.Ordinal)))
            {
                ArtifactFile file = await gitLab.GetArtifactAsync(new JobRef(job.Project ?? read.Pipeline.Project, job.Id), path, KcidbBytesMax, cancellationToken);
                if (file is ArtifactFile.Found { Bytes: var bytes } && TestResultFile.Read(path, bytes) is { } stated)
                    return read with { Stated = stated };
            }
        }
        return read;
    }
}
