using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Cki.JobHerding;

/// <summary>What only our records know: the parent, failures that were there before, and matchers that never rescued.</summary>
internal sealed record History(Parents Parents, Failures Failures, DemotionBook Demotions);

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
        Herding herding = Compiled(await history.Demotions.ApplyAsync(config.Current.MatchersOf(ours.Tree), cancellationToken));
        HerdDecision made = herding.Decide(gathered.Facts);
        if (Confirming.IsReproduced(made, gathered.Facts))
            made = herding.Decide(gathered.Facts with { Parent = await history.Parents.OfAsync(ours, job.Name, cancellationToken) });
        return (gathered, await history.Failures.JudgeAsync(ours, job.Name, made, cancellationToken));
    }

    private bool Concerns(OurPipeline ours, PipelineJob job) =>
        job.Status is GitLabStatus.Failed or GitLabStatus.Canceled || (job.Status == GitLabStatus.Success && Compiled(config.Current.MatchersOf(ours.Tree)).Matchers.LooksAt(job));

    private Herding Compiled(MatcherTree tree) => _compiled.GetValue(tree, tree =>
    {
        Matchers matchers = Matchers.Compile(tree);
        foreach (ConfigError refused in matchers.Refused)
            log.MatcherRefused(refused);
        return new Herding(matchers);
    });
}
