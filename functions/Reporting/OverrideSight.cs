using Cki.Adapters;

namespace Cki.Reporting;

/// <summary>Gathers what an order is judged by: whose it is, the run it is about, and that run's jobs.</summary>
internal sealed class OverrideSight(GitLabClient gitLab, SuitePorts ports)
{
    private const int RecordsMax = 5000;

    /// <summary>Null: no tree looks at merge requests of the project.</summary>
    public async Task<OverrideFacts?> LookAsync(MergeRequestRef request, GitLabNote note, CancellationToken cancellationToken)
    {
        TreeConfig[] trees =
        [
            .. ports.Config.Current.Trees.Where(t => t.Project == request.Project && t.MergeRequests.Act != MergeRequestAct.Ignore)
                .OrderBy(t => t.Name.Value, StringComparer.Ordinal),
        ];
        if (trees.Length == 0)
            return null;
        (TreeConfig Tree, RunDetection Run)? newest = null;
        foreach (TreeConfig tree in trees)
        {
            foreach (RunDetection run in await RunsAsync(tree, request, cancellationToken))
                newest = newest is null || run.DetectedAt > newest.Value.Run.DetectedAt ? (tree, run) : newest;
        }
        RunPipeline? pipeline = newest is { Run.Run: var id }
            ? (await ports.Documents.GetAsync(RunIds.PipelineKey(id), DocumentJson.Default.RunPipeline, cancellationToken))?.Value
            : null;
        int level = await gitLab.GetAccessLevelAsync(request.Project, note.AuthorId, cancellationToken);
        return new OverrideFacts(newest?.Tree ?? trees[0], newest?.Run, pipeline, await JobsAsync(pipeline?.Latest.Pipeline, cancellationToken), level);
    }

    private async Task<IReadOnlyList<RunDetection>> RunsAsync(TreeConfig tree, MergeRequestRef request, CancellationToken cancellationToken)
    {
        TreeOthers? others = (await ports.Documents.GetAsync(TreeOthers.Key(tree.Name), DocumentJson.Default.TreeOthers, cancellationToken))?.Value;
        if (others?.Of(request.Iid) is not { } known)
            return [];
        var runs = new List<RunDetection>();
        // A run of ours for its head is known by its name.
        foreach (RunId run in known.Runs.Append(RunIds.Of(tree.Name, MergeRequests.Branch(request.Iid), known.Sha)).Distinct())
        {
            if (await ports.Documents.GetAsync(RunIds.DetectionKey(run), DocumentJson.Default.RunDetection, cancellationToken) is { Value.State: DetectionState.Detected } found)
                runs.Add(found.Value);
        }
        return runs;
    }

    private async Task<IReadOnlyList<JobRecord>> JobsAsync(PipelineRef? top, CancellationToken cancellationToken)
    {
        if (top is null)
            return [];
        PipelineState? state = (await ports.Documents.GetAsync(top.Key, DocumentJson.Default.PipelineState, cancellationToken))?.Value;
        var records = new List<JobRecord>();
        foreach (PipelineRef pipeline in (state?.Downstream ?? []).Prepend(top).Distinct())
        {
            foreach (string key in await ports.Documents.KeysAsync(JobRecord.Prefix(pipeline), RecordsMax, cancellationToken))
            {
                if (await ports.Documents.GetAsync(key, DocumentJson.Default.JobRecord, cancellationToken) is { } record)
                    records.Add(record.Value);
            }
        }
        return records;
    }
}
