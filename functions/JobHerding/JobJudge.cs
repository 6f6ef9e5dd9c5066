using Microsoft.Extensions.Logging;

namespace Cki.JobHerding;

/// <summary>What only our records know: the parent, and failures that were there before.</summary>
internal sealed record History(Parents Parents, Failures Failures);

/// <summary>Gathers the facts of a job's attempt and decides on it.</summary>
internal sealed class JobJudge(JobFacts facts, History history, IConfigSource config, ILogger log)
{
    private (MatcherTree Tree, Herding Herding)? _compiled;

    /// <summary>The job as GitLab shows it, where it wants a decision: failed and cancelled jobs always, others where a matcher looks at them.</summary>
    public async Task<PipelineJob?> WantedAsync(JobRef told, CancellationToken cancellationToken) =>
        await facts.JobAsync(told, cancellationToken) is { } job && Concerns(job) ? job : null;

    public async Task<(GatheredJob Gathered, HerdDecision Decision)> DecideAsync(
        OurPipeline ours, PipelineJob job, bool isSecondLook, CancellationToken cancellationToken)
    {
        GatheredJob gathered = await facts.GatherAsync(ours, job, isSecondLook, cancellationToken);
        HerdDecision made = Herding().Decide(gathered.Facts);
        if (Confirming.IsReproduced(made, gathered.Facts))
            made = Herding().Decide(gathered.Facts with { Parent = await history.Parents.OfAsync(ours, job.Name, cancellationToken) });
        return (gathered, await history.Failures.JudgeAsync(ours, job.Name, made, cancellationToken));
    }

    private bool Concerns(PipelineJob job) =>
        job.Status is GitLabStatus.Failed or GitLabStatus.Canceled || (job.Status == GitLabStatus.Success && Herding().Matchers.LooksAt(job));

    // Compiled anew only when the configuration changed.
    private Herding Herding()
    {
        MatcherTree tree = config.Current.Matchers;
        if (_compiled is { } compiled && ReferenceEquals(compiled.Tree, tree))
            return compiled.Herding;
        Matchers matchers = Matchers.Compile(tree);
        foreach (ConfigError refused in matchers.Refused)
            log.MatcherRefused(refused);
        var herding = new Herding(matchers);
        _compiled = (tree, herding);
        return herding;
    }
}
