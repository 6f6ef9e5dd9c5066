namespace Cki.Adapters;

/// <summary>Finds the pipelines that a script started in other projects by the run's variables that they carry: GitLab keeps no relation.</summary>
public sealed class ExpectedPipelines(GitLabClient gitLab, Documents documents)
{
    /// <summary>How far before our start one may seem to be: clocks differ.</summary>
    private static readonly TimeSpan LookBack = TimeSpan.FromMinutes(5);

    /// <summary>Newest first; a project that started more than these since is beyond looking.</summary>
    private const int CandidatesMax = 100;

    /// <summary>One bridge per expected pipeline: with what it stands for, still to come (<c>created</c>), or missing.</summary>
    public async Task<IReadOnlyList<PipelineBridge>> FindAsync(
        RunId run, RunAttempt attempt, TreePipeline tree, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = new List<PipelineBridge>();
        DateTimeOffset start = attempt.StartedAt ?? now;
        foreach (ExpectedPipeline expected in tree.Expects)
        {
            PipelineRef? started = await FindAsync(run, attempt.Number, expected.Project, start, cancellationToken);
            bool isOverdue = started is null && now - start >= expected.Within;
            var bridge = new PipelineBridge(started?.Id ?? long.MaxValue, expected.Project.Path, "expected", isOverdue ? GitLabStatus.Skipped : "created", false, started);
            found.Add(isOverdue ? bridge with { Missing = $"no pipeline of {expected.Project.Path} started within {ConfigDuration.Write(expected.Within)}" } : bridge);
        }
        return found;
    }

    private async Task<PipelineRef?> FindAsync(RunId run, int attempt, ProjectRef project, DateTimeOffset start, CancellationToken cancellationToken)
    {
        IReadOnlyList<PipelineShown> candidates = await gitLab.ListPipelinesAsync(project, null, start - LookBack, null, cancellationToken);
        foreach (PipelineShown candidate in candidates.Where(c => c.CreatedAt >= start - LookBack).Take(CandidatesMax))
        {
            PipelineState? known = (await documents.GetAsync(candidate.Ref.Key, DocumentJson.Default.PipelineState, cancellationToken))?.Value;
            if (known?.Run is { } owner ? owner == run && known.Attempt == attempt : await CarriesAsync(run, attempt, candidate, cancellationToken))
                return candidate.Ref;
        }
        return null;
    }

    private async Task<bool> CarriesAsync(RunId run, int attempt, PipelineShown candidate, CancellationToken cancellationToken) =>
        PipelineValues.AreOf(run, attempt, await gitLab.GetPipelineVariablesAsync(candidate.Ref, cancellationToken), candidate.Name);
}
