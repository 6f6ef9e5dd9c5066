using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Cki.JobHerding;

/// <summary>What only our records know: the parent, and failures that were there before.</summary>
internal sealed record History(Parents Parents, Failures Failures);

/// <summary>Gathers the facts of a job's attempt and decides on it.</summary>
internal sealed class JobJudge(JobFacts facts, History history, IConfigSource config, ILogger log)
{
    // Compiled anew only when the configuration changed; tenants have matchers of their own.
    private readonly ConditionalWeakTable<MatcherTree, Herding> _compiled = [];

    /// <summary>The job as GitLab shows it, where it wants a decision: failed and cancelled jobs always, others where a matcher looks at them.</summary>
    public async Task<PipelineJob?> WantedAsync(OurPipeline ours, JobRef told, CancellationToken cancellationToken) =>
        await facts.JobAsync(told, cancellationToken) is { } job && Concerns(ours, job) ? job : null;

    public async Task<(GatheredJob Gathered, HerdDecision Decision)> DecideAsync(
        OurPipeline ours, PipelineJob job, bool isSecondLook, CancellationToken cancellationToken)
    {
        GatheredJob gathered = await facts.GatherAsync(ours, job, isSecondLook, cancellationToken);
        HerdDecision made = Herding(ours).Decide(gathered.Facts);
        if (Confirming.IsReproduced(made, gathered.Facts))
            made = Herding(ours).Decide(gathered.Facts with { Parent = await history.Parents.OfAsync(ours, job.Name, cancellationToken) });
        return (gathered, await history.Failures.JudgeAsync(ours, job.Name, made, cancellationToken));
    }

    private bool Concerns(OurPipeline ours, PipelineJob job) =>
        job.Status is GitLabStatus.Failed or GitLabStatus.Canceled || (job.Status == GitLabStatus.Success && Herding(ours).Matchers.LooksAt(job));

    private Herding Herding(OurPipeline ours) => _compiled.GetValue(config.Current.MatchersOf(ours.Tree), tree =>
    {
        Matchers matchers = Matchers.Compile(tree);
        foreach (ConfigError refused in matchers.Refused)
            log.MatcherRefused(refused);
        return new Herding(matchers);
    });
}
