namespace Cki.Adapters;

/// <summary>A pipeline with everything that it started.</summary>
/// <param name="Jobs">Of all pipelines, retried ones included; those of downstream pipelines are named <c>bridge / job</c>.</param>
/// <param name="Bridges">Of all pipelines, named likewise.</param>
public sealed record PipelineView(PipelineShown Pipeline, IReadOnlyList<PipelineJob> Jobs, IReadOnlyList<PipelineBridge> Bridges);

/// <summary>Walks a pipeline and its downstream pipelines, level by level.</summary>
public sealed class PipelineTree(GitLabClient gitLab)
{
    /// <summary>GitLab allows two levels of child pipelines and more of multi-project ones; beyond this it is a loop.</summary>
    private const int PipelinesMax = 50;

    /// <summary>Null: the pipeline itself is gone (404).</summary>
    /// <param name="expected">Pipelines that belong to it though GitLab keeps no relation, as bridges of the top.</param>
    public async Task<PipelineView?> ReadAsync(PipelineRef pipeline, IReadOnlyList<PipelineBridge> expected, CancellationToken cancellationToken)
    {
        if (await gitLab.GetPipelineAsync(pipeline, cancellationToken) is not { } shown)
            return null;
        var jobs = new List<PipelineJob>();
        var bridges = new List<PipelineBridge>();
        var open = new Queue<(PipelineRef Pipeline, string Prefix)>([(pipeline, "")]);
        foreach (PipelineBridge bridge in expected)
        {
            bridges.Add(bridge);
            if (bridge.Downstream is { } started)
                open.Enqueue((started, $"{bridge.Name} / "));
        }
        for (int read = 0; read < PipelinesMax && open.TryDequeue(out (PipelineRef Pipeline, string Prefix) next); read++)
        {
            IReadOnlyList<PipelineJob> own = await gitLab.GetJobsAsync(next.Pipeline, includeRetried: true, cancellationToken);
            jobs.AddRange(own.Select(j => j with { Name = next.Prefix + j.Name, OwnName = j.Name, Project = next.Pipeline.Project, PipelineId = next.Pipeline.Id }));
            foreach (PipelineBridge bridge in await gitLab.GetBridgesAsync(next.Pipeline, cancellationToken))
            {
                bridges.Add(bridge with { Name = next.Prefix + bridge.Name });
                if (bridge.Downstream is { } downstream)
                    open.Enqueue((downstream, $"{next.Prefix}{bridge.Name} / "));
            }
        }
        return new PipelineView(shown, jobs, bridges);
    }
}
